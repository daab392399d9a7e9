import type { Listener, RegistryEntry, SnippetFile, UnitFacts, UnitFile } from './facts.ts'
import { isPaperId } from './paper.ts'
import type { Release, World } from './ports.ts'
import { readEntries } from './record.ts'

/** The four records of one paper, read at one time. */
export type Records = {
  readonly id: string
  readonly entry: RegistryEntry | null
  readonly file: UnitFile | null
  /** The second unit of an update. */
  readonly next: UnitFile | null
  readonly facts: UnitFacts | null
  readonly snippet: SnippetFile | null
  readonly listed: boolean
  /** The index page is somebody else's. */
  readonly isIndexForeign: boolean
  /** The release folder the entry names, when it is there. */
  readonly release: Release | null
  readonly listener: Listener
  /** Its route is on the edge and leads to it, and nginx answers something else in public. */
  readonly isUnserved: boolean
  /** Every paper that belongs on the index page. */
  readonly published: readonly RegistryEntry[]
}

export type AllRecords = {
  readonly ids: readonly string[]
  readonly entries: readonly RegistryEntry[]
  readonly files: readonly UnitFile[]
  readonly facts: readonly UnitFacts[]
  readonly snippets: readonly SnippetFile[]
  readonly listed: readonly string[]
  readonly isIndexForeign: boolean
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
  const { listed, origin } = world.texts.readIndex(await world.edgeEntry.index())
  const known = [entries.map(({ id }) => id), files.map(({ unit }) => paperOf(unit)), snippets.map(({ name }) => name)]
  return {
    ids: [...new Set([...known.flat(), ...listed])],
    entries,
    files,
    facts: await world.units.units(),
    snippets,
    listed,
    isIndexForeign: origin === 'foreign',
    releases: await releasesOf(world, entries),
    listeners: await listenersOf(world, entries),
    unserved: await unservedOf(
      world,
      entries.filter(({ id, port, pending }) => !pending && snippets.some(leadsTo(id, port))),
    ),
  }
}

export const recordsOf = (all: AllRecords, id: string): Records => ({
  id,
  entry: all.entries.find(entry => entry.id === id) ?? null,
  file: all.files.find(({ unit }) => unit === id) ?? null,
  next: all.files.find(({ unit }) => unit === `${id}--next`) ?? null,
  facts: all.facts.find(({ unit }) => unit === id) ?? null,
  snippet: all.snippets.find(({ name }) => name === id) ?? null,
  listed: all.listed.includes(id),
  isIndexForeign: all.isIndexForeign,
  release: all.releases.get(id) ?? null,
  listener: all.listeners.get(id) ?? { kind: 'nobody' },
  isUnserved: all.unserved.has(id),
  published: all.entries.filter(({ pending }) => !pending),
})

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
