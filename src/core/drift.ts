import type { Drift, EdgeState, PaperFacts, RegistryEntry, SnippetFile, Unfinished } from './facts.ts'
import type { Observed } from './observed.ts'
import { lastOf } from './reading.ts'
import { oneLine } from './text.ts'

/**
 * Where the four records of one paper disagree. What was never seen is no disagreement, and while an operation on the paper is
 * unfinished its halves are that operation's business, not drift.
 */
export const driftOf = (paper: PaperFacts, observed: Observed): Drift[] => {
  const entry = lastOf(paper.entry)
  if (intentOf(paper, observed) !== null || entry?.pending === true) return []
  const found =
    entry === null ? withoutEntry(paper) : entry === undefined ? [] : withEntry(paper, entry, observed.gpuHost.address)
  return [...found, ...byHand(paper), ...waitingReload(paper, lastOf(observed.edgeHost.state))].map(
    ([kind, words]): Drift => ({ kind, id: paper.id, words: oneLine(words) }),
  )
}

/** The unfinished operation on this paper, under way or interrupted. */
export const intentOf = (paper: PaperFacts, observed: Observed): Unfinished | null =>
  (lastOf(observed.unfinished) ?? []).find(intent => intent.id === paper.id) ?? null

type Found = readonly [Drift['kind'], string]

const withoutEntry = (paper: PaperFacts): Found[] => {
  const file = lastOf(paper.unitFile)
  const snippet = lastOf(paper.snippet)
  const hasUnit = (lastOf(paper.unit) ?? null) !== null || (file ?? null) !== null
  return [
    ...when(hasUnit && file?.origin !== 'foreign', 'orphan-unit', 'a unit without an entry in the registry'),
    ...when(isPapers(snippet), 'orphan-snippet', `a route${target(snippet)} without an entry in the registry`),
    ...when(lastOf(paper.listed) === true, 'listed-not-live', 'listed on the index page, but not published'),
  ]
}

const withEntry = (paper: PaperFacts, entry: RegistryEntry, address: string): Found[] => [
  ...unitDrift(paper, entry),
  ...routeDrift(paper, entry, address),
  ...listDrift(paper),
]

const unitDrift = (paper: PaperFacts, entry: RegistryEntry): Found[] => {
  const unit = lastOf(paper.unit)
  const file = lastOf(paper.unitFile)
  const listener = lastOf(paper.listener)
  const missing = unit === null && (file ?? null) === null
  const filePort = file?.origin === 'foreign' ? null : (file?.port ?? null)
  return [
    ...when(missing, 'entry-without-unit', 'in the registry, but there is no unit'),
    ...when(file?.origin === 'foreign', 'foreign-unit', `${file?.path} is not papergen's`),
    ...when(
      filePort !== null && filePort !== entry.port,
      'wrong-port',
      `unit on ${filePort}, the registry says ${entry.port}`,
    ),
    ...when(listener?.kind === 'foreign', 'port-held', `port ${entry.port} is held by ${holderWords(paper)}`),
    ...when(unit?.enabled === false, 'unit-not-enabled', 'the unit is not enabled: it will not start at boot'),
  ]
}

const routeDrift = (paper: PaperFacts, { port }: RegistryEntry, address: string): Found[] => {
  const snippet = lastOf(paper.snippet)
  const upstream = snippet?.origin === 'foreign' ? null : (snippet?.upstream ?? null)
  const isElsewhere = upstream !== null && upstream.address !== address
  return [
    ...when(snippet === null, 'entry-without-snippet', 'in the registry, but the edge has no route to it'),
    ...when(snippet?.origin === 'foreign', 'foreign-snippet', `${paper.id}.conf on the edge is not papergen's`),
    ...when(
      isElsewhere,
      'wrong-port',
      `route → ${upstream?.address}:${upstream?.port}, the paper is on ${address}:${port}`,
    ),
    ...when(
      !isElsewhere && upstream !== null && upstream.port !== port,
      'wrong-port',
      `route → ${upstream?.port}, the registry says ${port}`,
    ),
  ]
}

const listDrift = (paper: PaperFacts): Found[] => {
  const live = (lastOf(paper.unit) ?? null) !== null && isPapers(lastOf(paper.snippet))
  return when(live && lastOf(paper.listed) === false, 'live-not-listed', 'published, but not listed on the index page')
}

const byHand = (paper: PaperFacts): Found[] => [
  ...when(lastOf(paper.unitFile)?.origin === 'edited', 'unit-edited', 'the unit was edited by hand'),
  ...when(lastOf(paper.snippet)?.origin === 'edited', 'snippet-edited', 'the route was edited by hand'),
]

/**
 * The marker is one for the whole folder, and one edit by hand changes it, loaded or not: which paper's route waits cannot be told.
 * So it is told of routes that were edited and of papers the public does not get, not of the others.
 */
const waitingReload = (paper: PaperFacts, edge: EdgeState | undefined): Found[] => {
  const [disk, served] = [edge?.markerOnDisk ?? null, edge?.markerServed ?? null]
  const snippet = lastOf(paper.snippet)
  const suspect = snippet?.origin === 'edited' || lastOf(paper.edge)?.ok !== true
  const waiting = disk !== null && served !== null && disk !== served && suspect
  return [
    ...when(lastOf(paper.unit)?.needsReload === true, 'reload-pending', 'systemd has not read the changed unit file'),
    ...when(
      waiting && isPapers(snippet),
      'reload-pending',
      'routes were changed on the edge and nginx may not have loaded them',
    ),
  ]
}

/** Who sits on the port, as far as it is known. */
export const holderWords = (paper: PaperFacts): string => {
  const listener = lastOf(paper.listener)
  if (listener?.kind !== 'foreign') return 'another process'
  const { name, pid } = listener
  return `${name ?? 'another process'}${pid === null ? '' : ` (pid ${pid})`}`
}

const isPapers = (snippet: SnippetFile | null | undefined): boolean =>
  snippet !== null && snippet !== undefined && snippet.origin !== 'foreign'

const target = (snippet: SnippetFile | null | undefined): string =>
  snippet?.upstream ? ` → ${snippet.upstream.port}` : ''

const when = (so: boolean, kind: Drift['kind'], words: string): Found[] => (so ? [[kind, words]] : [])
