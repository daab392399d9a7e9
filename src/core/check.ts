import type { Hello } from './entry.ts'
import { PapergenError } from './errors.ts'
import type { Intent, RegistryEntry, UnitFile } from './facts.ts'
import { isPaperId, type PaperId, parsePaperId, type UnitId, unitNameOf } from './paper.ts'
import type { World } from './ports.ts'
import { readEntries } from './record.ts'

/** What must hold before an operation begins; nothing here changes anything. Each refusal says which. */

const protocol = 1

/** Both entry points are there and speak our protocol, and nginx is healthy before us. @throws `not-set-up`, `nginx-broken`, `nginx-down` */
export const checkHosts = async (world: World): Promise<void> => {
  await checkEntry(world, 'gpu')
  await checkEntry(world, 'edge')
  await checkNginx(world)
}

/** The entry point of one host speaks our protocol and was set up for what the config says. @throws `not-set-up` */
export const checkEntry = async ({ config, gpuEntry, edgeEntry }: World, role: 'gpu' | 'edge'): Promise<Hello> => {
  const { address, ports, systemd: scope } = config.gpu
  const { snippets, index } = config.edge
  const common = { address, base: config.site.base, ports: ports.join(' ') }
  const hello = await (role === 'gpu' ? gpuEntry : edgeEntry).hello()
  refuseOther(hello, config[role].name, role, { ...common, ...(role === 'gpu' ? { scope } : { snippets, index }) })
  return hello
}

/** What setup wrote on the host must be what the config says now. */
const refuseOther = (
  { protocol: spoken, policy }: Hello,
  host: string,
  role: 'gpu' | 'edge',
  wanted: Readonly<Record<string, string>>,
): void => {
  const refuse = (why: string) => new PapergenError({ kind: 'not-set-up', host, role, why })
  if (spoken !== protocol) throw refuse(`its entry point speaks protocol ${spoken}, this papergen speaks ${protocol}`)
  for (const [key, value] of Object.entries(wanted)) {
    const there = policy[key]
    if (there !== undefined && there !== value)
      throw refuse(`it was set up for ${key} ${there}, the config says ${value}`)
  }
}

export const checkNginx = async ({ config, edgeEntry }: World): Promise<void> => {
  const host = config.edge.name
  const { nginx, configError } = await edgeEntry.state()
  if (nginx === 'broken-config') {
    const output = configError ?? ''
    const place = / in (\/[^\s:]+):(\d+)/.exec(output)
    const [file, line] = place === null ? [null, null] : [place[1]!, Number(place[2])]
    throw new PapergenError({ kind: 'nginx-broken', host, file, line, output })
  }
  if (nginx !== 'active') throw new PapergenError({ kind: 'nginx-down', host, state: nginx })
}

/** @throws `needs-repair` when an operation on this paper was interrupted */
export const refuseUnfinished = async ({ intents }: World, id: PaperId): Promise<void> => {
  const open = (await intents.list()).find(intent => intent.id === id)
  if (open !== undefined) throw new PapergenError(needsRepair(open))
}

const needsRepair = ({ operation, id, since }: Intent) => ({ kind: 'needs-repair', operation, id, since }) as const

export type Registered = { readonly id: PaperId; readonly entry: RegistryEntry }

/** @throws `bad-argument` for an id that is not registered */
export const registered = async (world: World, text: string): Promise<Registered> => {
  const entries = await readEntries(world)
  const entry = entries.find(candidate => candidate.id === text)
  const id = isPaperId(text) ? text : parsePaperId(text)
  if (entry !== undefined) return { id, entry }
  const known = entries.map(candidate => candidate.id).join(', ')
  const hint = known === '' ? 'papergen publish NOTEBOOK publishes the first one' : `name one of the registry: ${known}`
  throw new PapergenError({ kind: 'bad-argument', what: `paper ${text}`, why: 'it is not in the registry', hint })
}

/** The paper's unit file; null when there is none. @throws `foreign` for one that is not papergen's, or was edited by hand */
export const ownUnit = async (world: World, unit: UnitId): Promise<UnitFile | null> => {
  const file = (await world.units.unitFiles()).find(candidate => candidate.unit === unit) ?? null
  if (file !== null) refuseOrigin(file.origin, unitNameOf(unit), file.path, unit)
  return file
}

/** @throws `foreign` for a snippet that is not papergen's, or was edited by hand */
export const refuseForeignSnippet = async ({ edgeEntry, texts, config }: World, id: PaperId): Promise<void> => {
  const snippet = (await edgeEntry.snippets()).find(({ name }) => name === id)
  if (snippet === undefined) return
  const { origin } = texts.readSnippet(snippet.name, snippet.text)
  refuseOrigin(origin, `the snippet ${id}.conf`, `${config.edge.snippets}/${id}.conf`, id)
}

/** @throws `foreign` for an index page of somebody else without papergen's two marker lines */
export const refuseForeignIndex = async ({ edgeEntry, texts, config }: World): Promise<void> => {
  if (texts.readIndex(await edgeEntry.index()).origin !== 'foreign') return
  const why = 'it has no papergen marker lines to write between'
  throw new PapergenError({ kind: 'foreign', what: 'the index page', path: config.edge.index, why })
}

const refuseOrigin = (origin: UnitFile['origin'], what: string, path: string, id: string): void => {
  if (origin === 'ours' || origin === 'adopted') return
  const why =
    origin === 'edited'
      ? `it was edited by hand; papergen repair ${id} overwrites it after asking`
      : 'it was not made by papergen'
  throw new PapergenError({ kind: 'foreign', what, path, why })
}
