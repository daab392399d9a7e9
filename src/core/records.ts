import type { Listener, RegistryEntry, SnippetFile, UnitFacts, UnitFile } from './facts.ts'
import { type Left, lostEntry } from './lost-entry.ts'
import { isPaperId } from './paper.ts'
import type { Release, World } from './ports.ts'
import { readEntries } from './record.ts'
import { readSidecar } from './sidecar.ts'

/** The four records of one paper, read at one time. */
export type Records = {
  readonly id: string
  readonly entry: RegistryEntry | null
  /** What the registry has lost of it and is to have again. */
  readonly lost: RegistryEntry | null
  /** There is no state.json at all, so it tells of nothing that is not wanted. */
  readonly isRegistryMissing: boolean
  readonly file: UnitFile | null
  /** The second unit of an update. */
  readonly next: UnitFile | null
  readonly facts: UnitFacts | null
  readonly snippet: SnippetFile | null
  readonly listed: boolean
  /** The index page is somebody else's. */
  readonly isIndexForeign: boolean
  /** What papergen has on the index page now; null where there is nothing of it. */
  readonly fragment: string | null
  /** The release folder the entry names, when it is there. */
  readonly release: Release | null
  readonly listener: Listener
  /** Its route is on the edge and leads to it, and nginx answers something else in public. */
  readonly isUnserved: boolean
  /** Every paper that belongs on the index page, those the registry has lost among them. */
  readonly published: readonly RegistryEntry[]
}

export type AllRecords = {
  readonly ids: readonly string[]
  readonly entries: readonly RegistryEntry[]
  readonly lost: readonly RegistryEntry[]
  readonly isRegistryMissing: boolean
  readonly files: readonly UnitFile[]
  readonly facts: readonly UnitFacts[]
  readonly snippets: readonly SnippetFile[]
  readonly listed: readonly string[]
  readonly isIndexForeign: boolean
  readonly fragment: string | null
  readonly releases: ReadonlyMap<string, Release>
  readonly listeners: ReadonlyMap<string, Listener>
  readonly unserved: ReadonlySet<string>
}

/** Reads all four records of all papers. */
export const readRecords = async (world: World): Promise<AllRecords> => {
  const entries = await readEntries(world)
  const files = await world.units.unitFiles()
  const snippets = (await world.edgeEntry.snippets())
    .filter(({ name }) => name !== '_generation' && name !== '_generation.conf')
    .map(({ name, text }) => world.texts.readSnippet(name, text))
  const { listed, origin, fragment } = world.texts.readIndex(await world.edgeEntry.index())
  const known = [entries.map(({ id }) => id), files.map(({ unit }) => paperOf(unit)), snippets.map(({ name }) => name)]
  const ids = [...new Set([...known.flat(), ...listed])]
  const facts = await world.units.units()
  const lost = await lostEntries(world, ids, { entries, files, snippets, facts })
  const papers = [...entries, ...lost]
  return {
    ids,
    entries,
    lost,
    isRegistryMissing: (await world.registry.read()) === null,
    files,
    facts,
    snippets,
    listed,
    isIndexForeign: origin === 'foreign',
    fragment,
    releases: await releasesOf(world, papers),
    listeners: await listenersOf(world, papers),
    unserved: await unservedOf(
      world,
      papers.filter(({ id, port, pending }) => !pending && snippets.some(leadsTo(id, port))),
    ),
  }
}

export const recordsOf = (all: AllRecords, id: string): Records => ({
  id,
  entry: all.entries.find(entry => entry.id === id) ?? null,
  lost: all.lost.find(entry => entry.id === id) ?? null,
  isRegistryMissing: all.isRegistryMissing,
  file: all.files.find(({ unit }) => unit === id) ?? null,
  next: all.files.find(({ unit }) => unit === `${id}--next`) ?? null,
  facts: all.facts.find(({ unit }) => unit === id) ?? null,
  snippet: all.snippets.find(({ name }) => name === id) ?? null,
  listed: all.listed.includes(id),
  isIndexForeign: all.isIndexForeign,
  fragment: all.fragment,
  release: all.releases.get(id) ?? null,
  listener: all.listeners.get(id) ?? { kind: 'nobody' },
  isUnserved: all.unserved.has(id),
  published: [...all.entries, ...all.lost].filter(({ pending }) => !pending),
})

/** In the order of their ids; of two on one port the first. */
const lostEntries = async (
  world: World,
  ids: readonly string[],
  { entries, files, snippets, facts }: Pick<AllRecords, 'entries' | 'files' | 'snippets' | 'facts'>,
): Promise<readonly RegistryEntry[]> => {
  const sidecar = readSidecar(await world.sidecar.read(), world.sidecar.path)
  const { ports, project } = world.config.gpu
  const found: RegistryEntry[] = []
  for (const id of ids.filter(one => isPaperId(one) && !entries.some(entry => entry.id === one)).sort()) {
    const left: Left = {
      id,
      file: files.find(({ unit }) => unit === id) ?? null,
      isRunning: facts.some(({ unit, state }) => unit === id && state === 'active'),
      snippet: snippets.find(({ name }) => name === id) ?? null,
      sidecar: sidecar.get(id) ?? null,
      releases: await world.releases.list(id),
    }
    const lost = lostEntry(left, { entries: [...entries, ...found], ports, project })
    if (lost !== null) found.push(lost)
  }
  return found
}

const paperOf = (unit: string): string => unit.replace(/--next$/, '')

const releasesOf = async ({ releases, config }: World, entries: readonly RegistryEntry[]) => {
  const found = new Map<string, Release>()
  for (const { id, release } of entries) {
    const wanted = config.gpu.release === 'live' ? 'live' : release
    const there = (await releases.list(id)).find(({ hash }) => hash === wanted)
    if (there !== undefined) found.set(id, there)
  }
  return found
}

const listenersOf = async ({ gpuEntry }: World, entries: readonly RegistryEntry[]) => {
  const found = new Map<string, Listener>()
  for (const { id, port } of entries) if (isPaperId(id)) found.set(id, await gpuEntry.listener(id, port))
  return found
}

const leadsTo =
  (id: string, port: number) =>
  ({ name, upstream }: SnippetFile): boolean =>
    name === id && upstream?.port === port

/** Files tell nothing of what nginx has loaded: an edit that was taken back, a reload that failed. */
const unservedOf = async ({ prober }: World, entries: readonly RegistryEntry[]) => {
  const found = new Set<string>()
  for (const { id, port } of entries) {
    if (!isPaperId(id)) continue
    const { kind, status } = await prober.public(id)
    // A site that does not answer tells nothing of any route.
    if (status === null) break
    const isOther = kind === 'bad-gateway' || kind === 'wrong-paper' || status === 404
    if (isOther && (await prober.lan(id, port)).ok) found.add(id)
  }
  return found
}
