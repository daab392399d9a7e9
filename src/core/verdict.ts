import { age, ago } from './age.ts'
import { driftOf, intentOf } from './drift.ts'
import { isRenewed } from './edge-evidence.ts'
import { problemLine } from './explain.ts'
import type { Drift, Hop, PaperFacts, Unfinished, Verdict } from './facts.ts'
import { growthOf, growthWords } from './gpu-growth.ts'
import type { Observed } from './observed.ts'
import { isPaperId } from './paper.ts'
import { lastOf, type Reading } from './reading.ts'
import { oneLine } from './text.ts'
import { edgeTrouble, insteadOfPage } from './verdict-edge.ts'
import { unitTrouble } from './verdict-unit.ts'

/**
 * One verdict from everything observed of a paper: what a visitor meets comes first, then what will hurt later. A stale answer
 * counts for two minutes, with its age named; after that the verdict is `unknown` and tells what was seen last.
 */
export const judge = (told: PaperFacts, observed: Observed, at: number): Verdict => {
  const paper = withoutFuture(told, at)
  const seen = asReadersMeet(judgeLast(paper, observed, at), paper)
  const intent = intentOf(paper, observed)
  const { level, hop, cause, fix } = intent === null ? withAge(seen, paper, at) : withIntent(seen, intent, at)
  // An adopted id that papergen refuses can be seen, not mended.
  return { level, hop, cause: oneLine(cause), fix: isPaperId(paper.id) ? fix : null }
}

/** What a clock may be ahead of another, milliseconds. */
const skew = 5_000

/** A unit that started in the future started before a clock was set back: nobody can tell when, and it is not starting up. */
const withoutFuture = (paper: PaperFacts, at: number): PaperFacts => {
  const { unit } = paper
  if (unit.kind === 'never' || unit.value === null || (unit.value.since ?? at) <= at + skew) return paper
  return { ...paper, unit: { ...unit, value: { ...unit.value, since: null } } }
}

/** Stale answers are worth this much, milliseconds. */
const worthFor = 120_000
/** Longer than any operation takes: where nobody can tell who holds the lock, it was interrupted when this is over. */
const operationTime = 300_000
const certificateWarning = 7 * 86_400_000

const judgeLast = (paper: PaperFacts, observed: Observed, at: number): Verdict =>
  missingUnit(paper, observed) ??
  unitTrouble(paper, at) ??
  routeMissing(paper, observed) ??
  edgeTrouble(paper, observed, at) ??
  drifted(driftOf(paper, observed)) ??
  unfinishedEntry(paper) ??
  unseen(paper) ??
  degraded(paper, observed, at) ??
  ok(paper)

/** Records that disagree may keep nobody from the page: where they do, that comes first. */
const asReadersMeet = (seen: Verdict, paper: PaperFacts): Verdict => {
  const page = insteadOfPage(paper)
  return seen.level !== 'drift' || page === null ? seen : { ...seen, cause: `readers get ${page}: ${seen.cause}` }
}

/** Without entry or without unit there is nothing to probe: the drift says it all. */
const missingUnit = (paper: PaperFacts, observed: Observed): Verdict | null => {
  const orphan = lastOf(paper.entry) === null
  return orphan || lastOf(paper.unit) === null ? drifted(driftOf(paper, observed)) : null
}

const routeMissing = (paper: PaperFacts, observed: Observed): Verdict | null => {
  const decisive: readonly Drift['kind'][] = ['entry-without-snippet', 'foreign-snippet', 'wrong-port']
  return drifted(driftOf(paper, observed).filter(({ kind }) => decisive.includes(kind)))
}

const drifted = (drifts: readonly Drift[]): Verdict | null => {
  const [first, ...rest] = drifts
  if (first === undefined) return null
  const cause = rest.length === 0 ? first.words : `${first.words} (and ${rest.length} more)`
  const foreign = drifts.every(({ kind }) => kind === 'foreign-unit' || kind === 'foreign-snippet')
  // Nothing papergen may do frees a port.
  const fix = foreign ? null : drifts.every(({ kind }) => kind === 'port-held') ? 'restart' : 'repair'
  return { level: 'drift', hop: hopOf[first.kind], cause, fix }
}

const hopOf: Readonly<Record<Drift['kind'], Hop>> = {
  'orphan-unit': 'registry',
  'orphan-snippet': 'registry',
  'wrong-port': 'nginx',
  'port-held': 'process',
  'entry-without-unit': 'unit',
  'entry-without-snippet': 'nginx',
  'listed-not-live': 'index',
  'live-not-listed': 'index',
  'unit-edited': 'unit',
  'snippet-edited': 'nginx',
  'foreign-unit': 'unit',
  'foreign-snippet': 'nginx',
  'unit-not-enabled': 'unit',
  'reload-pending': 'nginx',
}

const unfinishedEntry = (paper: PaperFacts): Verdict | null =>
  lastOf(paper.entry)?.pending === true
    ? { level: 'drift', hop: 'registry', cause: 'a publish was begun and never finished', fix: 'repair' }
    : null

/** `ok` says that all of these were seen; each with the hop it stands for. */
const needed = (paper: PaperFacts): readonly (readonly [Hop, string, Reading<unknown>])[] => [
  ['registry', 'the registry', paper.entry],
  ['unit', 'the unit', paper.unit],
  ['local', 'local HTTP', paper.local],
  ['public', 'the public page', paper.edge],
  ['nginx', 'the route', paper.snippet],
  ['index', 'the index page', paper.listed],
]

const unseen = (paper: PaperFacts): Verdict | null => {
  const missing = needed(paper).find(([, , reading]) => reading.kind === 'never')
  if (missing === undefined) return null
  const [hop, what, reading] = missing
  const error = reading.kind === 'never' ? reading.error : null
  if (error === null && !isPaperId(paper.id))
    return { level: 'unknown', hop, cause: 'no id papergen acts on; it is not probed', fix: null }
  const served = lastOf(paper.edge)?.ok === true ? 'the public page answers, but ' : ''
  const why = error === null ? 'was not seen yet' : `cannot be seen: ${problemLine(error)}`
  return { level: 'unknown', hop, cause: `${served}${what} ${why}`, fix: null }
}

const degraded = (paper: PaperFacts, observed: Observed, at: number): Verdict | null =>
  cellErrors(paper, at) ?? growing(paper, at) ?? brokenConfig(observed) ?? expiring(paper, observed, at)

/** It will fill the GPU, and then fail or make others fail. */
const growing = (paper: PaperFacts, at: number): Verdict | null => {
  const rise = growthOf(paper, at)
  return rise === null ? null : { level: 'degraded', hop: 'process', cause: growthWords(rise), fix: 'restart' }
}

const cellErrors = (paper: PaperFacts, at: number): Verdict | null => {
  const cells = lastOf(paper.cells)
  if (cells === undefined || cells.errors === 0) return null
  const count = cells.errors === 1 ? '1 cell error' : `${cells.errors} cell errors`
  const fix = lastOf(paper.changedSincePublish) === true ? 'publish' : null
  const when = cells.lastAt === null ? '' : ago(at - cells.lastAt)
  const cause =
    cells.last === null
      ? [count, when].filter(Boolean).join(', ')
      : `${count}: ${cells.last}${when === '' ? '' : ` (${when})`}`
  return { level: 'degraded', hop: 'cells', cause, fix }
}

const brokenConfig = ({ edgeHost }: Observed): Verdict | null => {
  const state = lastOf(edgeHost.state)
  if (state?.nginx !== 'broken-config') return null
  const why = state.configError === null ? '' : `: ${state.configError}`
  return {
    level: 'degraded',
    hop: 'nginx',
    cause: `served until nginx restarts: its configuration is broken${why}`,
    fix: null,
  }
}

const expiring = (paper: PaperFacts, { edgeHost }: Observed, at: number): Verdict | null => {
  const served = lastOf(paper.edge)?.certificate ?? null
  if (served === null || served.expires - at > certificateWarning) return null
  const renewed = isRenewed(served, edgeHost, served.expires)
  const cure = renewed ? ': a renewed one is on disk, nginx has not loaded it' : ', and it was not renewed'
  const cause = `the certificate expires in ${age(served.expires - at)}${cure}`
  return { level: 'degraded', hop: 'tls', cause, fix: null }
}

const ok = (paper: PaperFacts): Verdict => {
  const changed = lastOf(paper.changedSincePublish) === true
  return { level: 'ok', hop: null, cause: changed ? 'ok, notebook changed since' : 'ok', fix: null }
}

const withAge = (seen: Verdict, paper: PaperFacts, at: number): Verdict => {
  const stale = evidence(seen, paper).flatMap(([hop, what, reading]) =>
    reading.kind === 'stale' ? [{ hop, what, reading }] : [],
  )
  const oldest =
    stale.find(({ reading }) => reading.at > at + skew) ?? stale.sort((a, b) => a.reading.at - b.reading.at)[0]
  if (oldest === undefined) return seen
  const { hop, what, reading } = oldest
  const then = `(then: ${seen.cause}): ${problemLine(reading.error)}`
  // Nobody can tell how old it is.
  if (reading.at > at + skew)
    return { level: 'unknown', hop, cause: `${what} last seen before the clock was set back ${then}`, fix: null }
  if (at - reading.at < worthFor) return { ...seen, cause: `${seen.cause} · ${what} as of ${age(at - reading.at)} ago` }
  const cause = `${what} last seen ${age(at - reading.at)} ago ${then}`
  return { level: 'unknown', hop, cause, fix: null }
}

/** What a verdict rests on: a crashed unit is a crashed unit, however old the edge's files are. */
const evidence = ({ level, hop }: Verdict, paper: PaperFacts): ReturnType<typeof needed> => {
  if (level !== 'failing' && level !== 'stopped' && level !== 'starting') return needed(paper)
  const restsOn: readonly Hop[] = onGpuHost.includes(hop) ? ['unit', 'local'] : ['unit', 'public']
  return needed(paper).filter(([of]) => restsOn.includes(of) && (of !== 'local' || hop === 'local'))
}

const onGpuHost: readonly (Hop | null)[] = ['registry', 'unit', 'process', 'local']

const withIntent = (seen: Verdict, intent: Unfinished, at: number): Verdict => {
  const since = at - Date.parse(intent.since)
  const { operation, step, by, running } = intent
  if (running ?? since < operationTime) {
    return { level: 'starting', hop: null, cause: `${operation} under way: ${step} (${by})`, fix: null }
  }
  const words = `${operation} interrupted at ${step}, ${age(since)} ago`
  return seen.level === 'failing'
    ? { ...seen, cause: `${seen.cause}; ${words}`, fix: 'repair' }
    : { level: 'drift', hop: 'registry', cause: words, fix: 'repair' }
}
