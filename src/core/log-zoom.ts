import { logRoom } from './log-height.ts'
import { type Layout, placedIn } from './log-move.ts'
import type { LogPane } from './log-pane.ts'
import { asPane } from './log-panes.ts'
import { layoutOf } from './log-rows.ts'
import { isOperationInFront, type State } from './state.ts'

/** The log on the whole screen, or below the papers again. What is made larger has the keys: from the papers too it is seen at once. */
export const zoom = (state: State): State => {
  const { log, ui } = state
  const isZoomed = ui.zoomed && ui.focus === 'log' && !isOperationInFront(state)
  const after: State = { ...state, ui: { ...ui, zoomed: !isZoomed, focus: 'log', front: 'log' } }
  return log === null ? after : { ...after, log: placedIn(log, layoutIn(state, log), layoutIn(after, log)) }
}

const layoutIn = (state: State, log: LogPane): Layout => layoutOf(asPane(state, log), log, logRoom(state))
