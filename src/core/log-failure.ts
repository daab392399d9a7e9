import { type Line, line, span } from './line.ts'
import type { LogPane } from './log-pane.ts'
import type { State } from './state.ts'
import { chopped, fit } from './text.ts'

/** Why the log is not read any more, and what reads it anew: below its last line, on half of the pane at most. */
export const failureRows = ({ ui }: State, { failed }: LogPane, height: number): readonly Line[] => {
  const most = Math.floor(height / 2)
  if (failed === null || most === 0) return []
  const next = `Next: ${ui.focus === 'log' ? 'f' : 'Tab, then f,'} reads it anew`
  const words = atMost(chopped(failed, ui.columns - 1), Math.max(1, most - 1), ui.columns - 1)
  return [...words, next].slice(0, most).map(text => line(span(` ${text}`, 'bad')))
}

const atMost = (rows: readonly string[], most: number, width: number): readonly string[] =>
  rows.length <= most ? rows : [...rows.slice(0, most - 1), fit(rows.slice(most - 1).join(' '), width)]
