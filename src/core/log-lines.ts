import { cellErrorWords, isCellError, type JournalEntry } from './journal.ts'
import { type Line, line, rule, span } from './line.ts'
import { type LogPane, visibleLines } from './log-pane.ts'
import type { State } from './state.ts'
import { fit } from './text.ts'
import { timeOfDay } from './time-of-day.ts'

const names = { journal: 'Journal', error: 'Edge errors', access: 'Edge requests' } as const

/** The log pane: its heading says whether it follows, and how much came while it did not. */
export const logLines = (state: State, log: LogPane, height: number): readonly Line[] => {
  const how =
    log.failed !== null ? 'stopped' : log.following ? 'following' : `paused, ${log.unseen.toLocaleString('en')} new`
  const heading = rule(
    `${names[log.source]}: ${log.unit} ── ${how}`,
    `${log.total.toLocaleString('en')} lines`,
    state.ui.columns,
    state.ui.focus === 'log',
  )
  const entries = visibleLines(log, height - 1)
  const lines =
    entries.length === 0
      ? [line(span(log.failed ?? ' No lines yet.', log.failed === null ? 'dim' : 'bad'))]
      : entries.map(entry => entryLine(state, entry))
  const missing = Math.max(0, height - 1 - lines.length)
  return [heading, ...lines.slice(-(height - 1)), ...Array.from({ length: missing }, () => line())]
}

const entryLine = (state: State, entry: JournalEntry): Line => {
  const raised = isCellError(entry.text)
  const bad = entry.priority <= 3 || raised
  const text = raised ? `cell error: ${cellErrorWords(entry.text)}` : entry.text
  const time = entry.at === null ? '        ' : timeOfDay(entry.at, state.ui.options.zone)
  const wide = state.ui.columns >= 60
  return line(
    span(` ${time}  `, 'dim'),
    span(wide ? `${fit(entry.who, 9)} ` : '', entry.lifecycle ? 'strong' : 'dim'),
    span(bad ? (state.ui.options.ascii ? 'x ' : '✗ ') : '  ', 'bad'),
    span(text.split('\n')[0] ?? '', bad ? 'bad' : entry.lifecycle ? 'strong' : 'plain'),
  )
}
