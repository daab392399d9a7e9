import { fitLine, type Line, line, type Span, span } from './line.ts'
import { logLines } from './log-lines.ts'
import type { LogPane } from './log-pane.ts'
import { isLeft, roomForTwo } from './log-split.ts'
import type { State } from './state.ts'

/** The log, or both of them side by side: the journal left, the edge's log right. */
export const logPanes = (state: State, log: LogPane, height: number): readonly Line[] => {
  const { beside } = state
  if (beside === null || !isSplit(state)) return logLines(state, log, height)
  const [left, right] = isLeft(log) ? [log, beside] : [beside, log]
  const rights = columnOf(state, right, height)
  return columnOf(state, left, height).map((spans, row) => line(...spans, span('│', 'rule'), ...(rights[row] ?? [])))
}

/** The state as one pane sees it: as wide as the pane is, and with the focus when the keys act on it. */
export const asPane = (state: State, pane: LogPane): State => {
  const focus = pane === state.log ? state.ui.focus : 'grid'
  return { ...state, ui: { ...state.ui, columns: isSplit(state) ? widthOf(state, pane) : state.ui.columns, focus } }
}

/** A log that has the whole screen has it alone. */
const isSplit = ({ beside, ui }: State): boolean =>
  beside !== null && ui.columns >= roomForTwo && !(ui.zoomed && ui.focus === 'log')

const widthOf = ({ ui: { columns } }: State, pane: LogPane): number => {
  const left = Math.floor((columns - 1) / 2)
  return isLeft(pane) ? left : columns - 1 - left
}

const columnOf = (state: State, pane: LogPane, height: number): readonly (readonly Span[])[] => {
  const seen = asPane(state, pane)
  return logLines(seen, pane, height).map(each => {
    const { spans, selected } = fitLine(each, seen.ui.columns)
    // A line of the screen is selected as a whole: half of one is marked as a hit is.
    return selected === true ? spans.map(({ text }) => span(text, 'hit')) : spans
  })
}
