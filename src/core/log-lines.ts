import { type Line, line, rule, span } from './line.ts'
import { failureRows } from './log-failure.ts'
import { windowOf } from './log-move.ts'
import { countOf, type LogPane } from './log-pane.ts'
import { farRange, firstRange } from './log-request.ts'
import { layoutOf, rowsOfLine } from './log-rows.ts'
import { hitAt, isNarrowed } from './log-scope.ts'
import { cursorOf } from './log-walk.ts'
import { lengthOf } from './sequence.ts'
import type { State } from './state.ts'
import { cells, oneLine } from './text.ts'

const names = { journal: 'Journal', error: 'Edge errors', access: 'Edge requests' } as const

/** syslog's names for its priorities. */
export const priorities = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const

/** The log pane: its heading says whether it follows, how much came while it did not, and what narrows it. */
export const logLines = (state: State, log: LogPane, height: number): readonly Line[] => {
  const space = height - 1
  const layout = layoutOf(state, log, space)
  const { numbers, rowsAbove } = windowOf(log, layout)
  const cursor = cursorOf(log)
  const rowsOf = (number: number): readonly Line[] =>
    rowsOfLine(state, log, number, number === cursor ? (number === numbers[0] ? rowsAbove : 0) : null)
  const rows = numbers.length === 0 ? emptyRows(log) : numbers.flatMap(rowsOf)
  const shown = [...rows.slice(rowsAbove, rowsAbove + layout.height), ...failureRows(state, log, space)]
  return [heading(state, log), ...shown, ...Array.from({ length: space - shown.length }, () => line())]
}

const heading = (state: State, log: LogPane): Line => {
  const paused = log.unseen === 0 ? 'paused' : `paused, ${log.unseen.toLocaleString('en')} new`
  const how = log.failed !== null ? 'stopped' : log.following ? 'following' : paused
  const units = oneLine(log.unit)
  const whose = log.units.length > 1 && cells(units) > state.ui.columns / 2 ? `${log.units.length} papers` : units
  const name = `${names[log.source]}: ${whose}`
  const chips = chipsOf(log)
  const whole = [name, how, ...chips].join(' ── ')
  // Where it does not fit, what narrows the log matters more than that it follows.
  const fits = cells(whole) + 6 <= state.ui.columns || !log.following || log.failed !== null
  const left = fits ? whole : [name, ...chips].join(' ── ')
  return rule(left, countWords(log), state.ui.columns, state.ui.focus === 'log')
}

/** What narrows or marks the log, each in a few words. */
const chipsOf = (log: LogPane): readonly string[] => {
  const { filter, priority, run } = log.scope
  const hit = log.find === null ? null : hitAt(log, cursorOf(log) ?? -1)
  const raised = log.raised === 0 ? [] : [`${log.raised.toLocaleString('en')} cell error${log.raised === 1 ? '' : 's'}`]
  return [
    ...(filter === null ? [] : [`& ${oneLine(filter.typed)}`]),
    ...(hit === null
      ? []
      : [`/ ${oneLine(log.find?.typed ?? '')}: ${hit.place === 0 ? '' : `${hit.place} of `}${hit.of}`]),
    ...(priority === 7 ? [] : [priority === 0 ? 'emerg' : `${priorities[priority]} and worse`]),
    ...(run === 'all' ? [] : [`${run} run`]),
    ...(log.range === firstRange || log.range === farRange ? [] : [log.range.words]),
    ...raised,
  ]
}

const countWords = (log: LogPane): string => {
  const total = log.lines.end.toLocaleString('en')
  const words = log.lines.end === 1 ? 'line' : 'lines'
  const kept = lengthOf(log.lines)
  const dropped = kept < log.lines.end ? `, the last ${kept.toLocaleString('en')} kept` : ''
  return isNarrowed(log) ? `${countOf(log).toLocaleString('en')} of ${total} ${words}` : `${total} ${words}${dropped}`
}

const emptyRows = (log: LogPane): readonly Line[] => {
  const isUnread = lengthOf(log.lines) === 0 && log.failed !== null
  return isUnread ? [] : [line(span(emptyWords(log), 'dim'))]
}

const emptyWords = (log: LogPane): string => {
  if (lengthOf(log.lines) === 0)
    return log.source === 'journal'
      ? ' No lines yet.'
      : ' No lines yet; what the paper itself says is in its journal (l).'
  return log.scope.run === 'previous'
    ? ` No line of a run before this one in the ${log.range.words}${log.range.words === 'all' ? ' lines' : ''}.`
    : ' No line matches; Esc takes back what narrows it, one thing at a time.'
}
