import type { LogLine, LogPane } from './log-pane.ts'
import { isFoundIn, type Pattern } from './log-pattern.ts'
import { chosenRuns, type RunChoice } from './log-runs.ts'
import { endedTraceback } from './log-traceback.ts'
import { emptySequence, from, itemAt, lengthOf, lowerBound, push, type Sequence, until } from './sequence.ts'

/** Which lines a pane shows. */
export type Scope = {
  readonly filter: Pattern | null
  /** 0..7: this and more urgent. */
  readonly priority: number
  readonly run: RunChoice
}

export const scoped = (pane: LogPane, scope: Partial<Scope>): LogPane =>
  narrowed({ ...pane, scope: { ...pane.scope, ...scope } })

export const searched = (pane: LogPane, find: Pattern | null): LogPane => narrowed({ ...pane, find })

/**
 * What is shown and what is found, brought up to date. With `since`, only for the lines from that number on: what was matched
 * once is not matched again, but for a traceback that ends among them. A new run changes what "this run" is, and so all of it.
 */
export const narrowed = (pane: LogPane, since?: number): LogPane => {
  const { scope, lines } = pane
  const isNewRun = scope.run !== 'all' && since !== undefined && startsRun(pane, since)
  const begin = since === undefined || isNewRun ? lines.first : Math.max(lines.first, startOf(pane, since))
  const isAnew = begin === lines.first
  const shows = scopeOf(pane)
  const shown = shows === null ? null : extended(isAnew ? null : pane.shown, pane, begin, shows)
  const { find } = pane
  if (find === null) return { ...pane, shown, hits: emptySequence }
  const isHit = (line: LogLine, number: number): boolean =>
    isFoundIn(find, line.entry.text) && (shows === null || shows(line, number))
  return { ...pane, shown, hits: extended(isAnew ? null : pane.hits, pane, begin, isHit) }
}

type Shows = (line: LogLine, number: number) => boolean

const extended = (before: Sequence<number> | null, pane: LogPane, begin: number, shows: Shows): Sequence<number> => {
  const added: number[] = []
  for (let number = begin; number < pane.lines.end; number++) {
    const line = itemAt(pane.lines, number)
    if (line !== undefined && shows(line, number)) added.push(number)
  }
  const kept = before ?? emptySequence
  const left = until(kept, lowerBound(kept, begin))
  return push(from(left, lowerBound(left, pane.lines.first)), added)
}

/** Null when nothing is narrowed. */
const scopeOf = (pane: LogPane): Shows | null => {
  const { filter, priority, run } = pane.scope
  if (filter === null && priority === 7 && run === 'all') return null
  const runs = run === 'all' ? null : chosenRuns(pane.runs, run)
  const passes = (line: LogLine): boolean =>
    urgencyOf(line) <= priority &&
    (runs === null || runs.has(line.run)) &&
    (filter === null || suits(pane, filter, line))
  return line => passes(headOf(pane, line))
}

/** A line of an ended traceback is shown with the line that ends it, or not at all. */
const headOf = (pane: LogPane, line: LogLine): LogLine => {
  const headline = line.part === null ? null : (endedTraceback(pane.tracing, line.part)?.headline ?? null)
  return headline === null ? line : (itemAt(pane.lines, headline) ?? line)
}

/** A cell error has what any line of its traceback has. */
const suits = ({ lines, tracing }: LogPane, filter: Pattern, line: LogLine): boolean => {
  const inside = line.ends === null ? [] : (endedTraceback(tracing, line.ends)?.lines ?? [])
  const isFound =
    isFoundIn(filter, line.entry.text) ||
    inside.some(number => isFoundIn(filter, itemAt(lines, number)?.entry.text ?? ''))
  return isFound !== filter.inverted
}

/** marimo gives a cell error the priority of any other line. */
export const urgencyOf = ({ raised, entry }: LogLine): number => (raised ? Math.min(3, entry.priority) : entry.priority)

/** The first line that is judged anew: those of a traceback were lines of their own until it ended. */
const startOf = ({ lines, tracing }: LogPane, since: number): number => {
  let start = since
  for (let number = since; number < lines.end; number++) {
    const ends = itemAt(lines, number)?.ends ?? null
    if (ends !== null) start = Math.min(start, endedTraceback(tracing, ends)?.lines[0] ?? start)
  }
  return start
}

const startsRun = ({ lines }: LogPane, since: number): boolean => {
  for (let number = since; number < lines.end; number++) if (itemAt(lines, number)?.starts) return true
  return false
}

export const isNarrowed = ({ shown }: LogPane): boolean => shown !== null

/** Which hit the line is, from 1, and of how many. */
export const hitAt = ({ hits }: LogPane, number: number): { readonly place: number; readonly of: number } => {
  const at = lowerBound(hits, number)
  return { place: itemAt(hits, at) === number ? at - hits.first + 1 : 0, of: lengthOf(hits) }
}
