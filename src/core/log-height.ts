import { headerLines } from './header.ts'
import type { State } from './state.ts'

/** Rows of the pane below the papers, of those the body of the screen has. */
export const shareOf = ({ ui: { rows, logGrowth } }: State, height: number): number =>
  Math.max(5, Math.min(height - 4, Math.floor(height * (rows < 24 ? 0.5 : 0.42)) + logGrowth))

/** Rows the log pane has for lines: what a key must know to move by a page. */
export const logRoom = (state: State): number => {
  const { zoomed, focus, rows } = state.ui
  const height = rows - headerLines(state).length - 1
  return Math.max(1, (zoomed && focus === 'log' ? height : shareOf(state, height)) - 1)
}
