import { isCellError, type JournalEntry } from './journal.ts'
import { withinBounds } from './log-bounds.ts'
import type { Pattern } from './log-pattern.ts'
import type { LogRequest, Range } from './log-request.ts'
import { type Run, runOf } from './log-runs.ts'
import type { Scope } from './log-scope.ts'
import { narrowed } from './log-scope.ts'
import { noTracing, type Tracing, trace } from './log-traceback.ts'
import { emptySequence, lengthOf, lowerBound, push, type Sequence } from './sequence.ts'

/** A line of a pane, with what was found out about it when it came. */
export type LogLine = {
  readonly entry: JournalEntry
  readonly bytes: number
  /** Number of its run; 0 when no run is known. */
  readonly run: number
  /** The first line of its run. */
  readonly starts: boolean
  /** Number of the traceback it is a part of, and of the one it ends. */
  readonly part: number | null
  readonly ends: number | null
  /** marimo's line about a cell that raised. */
  readonly raised: boolean
}

/** A journal pane: a bounded buffer, what of it is shown, and where one looks at it. Lines keep their numbers for good. */
export type LogPane = {
  /** The unit, or the units in one text: which pane this is. */
  readonly unit: string
  readonly units: readonly string[]
  readonly source: JournalEntry['source']
  readonly range: Range
  readonly lines: Sequence<LogLine>
  readonly bytes: number
  /** Cell errors among the lines. */
  readonly raised: number
  readonly runs: readonly Run[]
  readonly tracing: Tracing
  /** Numbers of the lines whose traceback is open. */
  readonly opened: ReadonlySet<number>
  readonly scope: Scope
  /** Numbers of the lines the scope leaves; null for all. */
  readonly shown: Sequence<number> | null
  readonly find: Pattern | null
  /** Numbers of the lines that have it. */
  readonly hits: Sequence<number>
  readonly following: boolean
  /** The line the keys act on and the last one on the screen, when not following. */
  readonly cursor: number
  readonly bottom: number
  /** Rows of the cursor's line above the screen, where it is wrapped to more than there is room for; `Infinity` for all but its end. */
  readonly rowsAbove: number
  /** Where a selection began. */
  readonly anchor: number | null
  /** Lines that came while not following. */
  readonly unseen: number
  readonly wrap: boolean
  /** Cells that long lines are moved to the left. */
  readonly shift: number
  readonly times: 'time' | 'date' | 'none'
  readonly prompt: Prompt | null
  readonly failed: string | null
  /** Files its lines were saved to. */
  readonly saved: readonly string[]
}

/** What is being typed, and what to go back to when it is given up. */
export type Prompt = {
  readonly kind: 'find' | 'filter' | 'save'
  readonly typed: string
  readonly before: Pick<LogPane, 'find' | 'scope' | 'following' | 'cursor' | 'bottom'>
}

export const openPane = ({ unit, units, source, range }: LogRequest): LogPane => ({
  unit,
  units,
  source,
  range,
  ...nothing,
  scope: { filter: null, priority: 7, run: 'all' },
  shown: null,
  find: null,
  wrap: false,
  shift: 0,
  times: 'time',
  prompt: null,
  saved: [],
})

/** The same pane, read anew: how one looks at it stays. */
export const reopened = (pane: LogPane, range: Range): LogPane => narrowed({ ...pane, ...nothing, range })

export const requestOf = ({ unit, units, source, range }: LogPane): LogRequest => ({ unit, units, source, range })

/** New lines at the end; the oldest go when the pane is over its bounds. What one looks at stays where it is. */
export const appendLines = (pane: LogPane, added: readonly JournalEntry[]): LogPane => {
  if (added.length === 0) return pane
  const grown = narrowed(withinBounds(withLines(pane, added)), pane.lines.end)
  return { ...grown, unseen: pane.following ? 0 : pane.unseen + countSince(grown, pane.lines.end) }
}

const countSince = ({ shown, lines }: LogPane, since: number): number =>
  shown === null ? lines.end - since : shown.end - lowerBound(shown, since)

const nothing = {
  lines: emptySequence,
  bytes: 0,
  raised: 0,
  runs: [],
  tracing: noTracing,
  opened: new Set<number>(),
  hits: emptySequence,
  following: true,
  cursor: 0,
  bottom: 0,
  rowsAbove: 0,
  anchor: null,
  unseen: 0,
  failed: null,
} as const

const withLines = (pane: LogPane, added: readonly JournalEntry[]): LogPane => {
  let { runs, tracing, bytes, raised } = pane
  const lines: LogLine[] = []
  for (const entry of added) {
    const traced = trace(tracing, entry, pane.lines.end + lines.length)
    const ran = runOf(runs, entry)
    const line = {
      entry,
      bytes: bytesOf(entry.text),
      run: ran.run,
      starts: ran.runs !== runs,
      part: traced.part,
      ends: traced.ends,
      raised: isCellError(entry.text),
    }
    lines.push(line)
    bytes += line.bytes
    if (line.raised) raised++
    ;({ tracing } = traced)
    ;({ runs } = ran)
  }
  return { ...pane, lines: push(pane.lines, lines), runs, tracing, bytes, raised }
}

const utf8 = new TextEncoder()

const bytesOf = (text: string): number => (/^[\x20-\x7e]*$/.test(text) ? text.length : utf8.encode(text).length)

export const countOf = ({ shown, lines }: LogPane): number => lengthOf(shown ?? lines)
