import { age, ago } from './age.ts'
import type { PaperFacts, Verdict } from './facts.ts'
import { matcher } from './filter.ts'
import { lastOf } from './reading.ts'
import { rowOrder } from './row-order.ts'
import type { State } from './state.ts'
import type { OperationReport } from './step.ts'
import { judge } from './verdict.ts'
import { verdictWords } from './verdict-words.ts'

export type JudgedPaper = {
  readonly paper: PaperFacts
  readonly verdict: Verdict
  /** An operation changes it just now, so that what was seen of it says nothing. */
  readonly busy?: true
  /** It fails after all that this session did to mend it; how long after, in milliseconds. */
  readonly again?: { readonly operation: string; readonly after: number }
  /** It is well since an operation of the last few minutes, which may not last: `restarted 20 s ago`. */
  readonly mended?: string
}

/** What its verdict's cell says. */
export const wordsOfRow = ({ verdict, busy, again, mended }: JudgedPaper): string => {
  if (busy) return verdict.cause
  return mended === undefined ? verdictWords(verdict, again !== undefined) : `ok, ${mended}`
}

export const againWords = ({ operation, after }: NonNullable<JudgedPaper['again']>): string =>
  `It failed ${age(after)} after its ${operation}.`

/** The papers as the grid lists them: judged, filtered, sorted. */
export const rowsOf = (state: State): readonly JudgedPaper[] => {
  const { filter, faultsOnly, sort } = state.ui
  const judged = judgedOf(state)
  const known = listings.get(judged) ?? []
  const listed = known.find(each => each.filter === filter && each.faultsOnly === faultsOnly && each.sort === sort)
  if (listed !== undefined) return listed.rows
  const matches = matcher(filter)
  const shown = judged.filter(row => (!faultsOnly || row.verdict.level !== 'ok') && matches(row)).sort(rowOrder(sort))
  // Two at least are asked for in turn: what is shown, and everything, which marks and the palette reach.
  listings.set(judged, [{ filter, faultsOnly, sort, rows: shown }, ...known.slice(0, 2)])
  return shown
}

/** Every paper with its verdict, in the registry's order. */
export const judgedOf = (state: State): readonly JudgedPaper[] => {
  const { observed, at, operation, ran } = state
  const known = verdicts.get(observed)
  if (known?.at === at && known.operation === operation && known.ran === ran) return known.judged
  const judged = [...observed.papers.values()].map(
    paper => busyWith(state, paper) ?? sinceLast(state, judgedOnce(paper, observed, at)),
  )
  verdicts.set(observed, { at, operation, ran, judged })
  return judged
}

/**
 * Between two steps of an operation a paper's records disagree, and what was seen of it before the end is not how it is now:
 * nobody needs to be told. Null for a paper that was looked at since.
 */
const busyWith = ({ operation, ran, at }: State, paper: PaperFacts): JudgedPaper | null => {
  const busy = (cause: string): JudgedPaper => ({
    paper,
    verdict: { level: 'starting', hop: null, cause, fix: null },
    busy: true,
  })
  const last = operation?.id === paper.id ? operation : lastRan(ran, paper.id)
  if (last === undefined || isAhead(last, at)) return null
  if (last.outcome.kind === 'running') return busy(`${last.operation} under way`)
  const isOld = paper.edge.kind === 'fresh' && paper.edge.at < (last.endedAt ?? 0)
  return last.outcome.kind === 'done' && isOld ? busy(`${last.operation} done, looking again`) : null
}

/** What became of the paper since the last operation on it went well: it failed again, or is well and to be watched for a while. */
const sinceLast = ({ ran, at }: State, row: JudgedPaper): JudgedPaper => {
  const last = lastRan(ran, row.paper.id)
  if (last?.outcome.kind !== 'done' || last.endedAt === null || isAhead(last, at)) return row
  const since = lastOf(row.paper.unit)?.since ?? null
  if (row.verdict.level === 'failing' && since !== null && since >= last.endedAt)
    return { ...row, again: { operation: last.operation, after: since - last.endedAt } }
  const isFresh = row.verdict.cause === 'ok' && at - last.endedAt < watchedFor
  return isFresh && last.operation === 'restart' ? { ...row, mended: `restarted ${ago(at - last.endedAt)}` } : row
}

const watchedFor = 600_000

/** It ended before a clock was set back: when that was, and what was seen since, nobody can tell. */
const isAhead = ({ endedAt }: OperationReport, at: number): boolean => (endedAt ?? at) > at + behind

/** What the clock of the state may be behind the one an operation ends by: it is told every ten seconds. */
const behind = 20_000

const lastRan = (ran: State['ran'], id: string): OperationReport | undefined =>
  ran.findLast(({ report }) => report.id === id)?.report

/** The same row as last time unless the paper, or what else its verdict rests on, has changed. */
const judgedOnce = (paper: PaperFacts, observed: State['observed'], at: number): JudgedPaper => {
  const grounds = [observed.edgeHost, observed.gpuHost.link, observed.unfinished, at]
  const before = rows.get(paper)
  if (before?.grounds.every((ground, index) => ground === grounds[index])) return before.row
  const row = { paper, verdict: judge(paper, observed, at) }
  rows.set(paper, { grounds, row })
  return row
}

type Listing = {
  readonly filter: string
  readonly faultsOnly: boolean
  readonly sort: State['ui']['sort']
  readonly rows: readonly JudgedPaper[]
}

// Every frame asks several times. What was worked out hangs on the values it was worked out from, and goes with them.
const verdicts = new WeakMap<
  State['observed'],
  Pick<State, 'at' | 'operation' | 'ran'> & { readonly judged: readonly JudgedPaper[] }
>()
const rows = new WeakMap<PaperFacts, { readonly grounds: readonly unknown[]; readonly row: JudgedPaper }>()
const listings = new WeakMap<readonly JudgedPaper[], readonly Listing[]>()

export const rowAtCursor = (state: State): JudgedPaper | null =>
  rowsOf(state).find(row => row.paper.id === state.ui.cursor) ?? null
