import { follow, type LogPane, scroll } from './log-pane.ts'
import { closeLog, only, type Pressed } from './pressed.ts'
import type { State } from './state.ts'

/** Keys that act inside a focused log pane; null for a key the grid handles (its actions work from here too). */
export const pressInLog = (state: State, log: LogPane, key: string): Pressed | null => {
  const height = Math.max(3, Math.floor(state.ui.rows / 3))
  const by = { j: 1, down: 1, k: -1, up: -1, pagedown: height, pageup: -height, g: -Infinity, home: -Infinity }[key]
  const show = (pane: LogPane): Pressed => only({ ...state, log: pane })
  if (by !== undefined) return show(scroll(log, by === -Infinity ? -log.entries.length : by, height))
  if (key === 'f') return show(follow(log))
  if (key === 'G' || key === 'end') return show(follow(log, true))
  if (key === 'l' || key === 'e') return closeLog(state)
  return null
}
