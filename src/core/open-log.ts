import { type LogPane, openPane } from './log-pane.ts'
import type { LogRequest } from './log-request.ts'
import type { State } from './state.ts'

/** A log pane opened on a paper, or on several, empty. */
export const withLog = (state: State, request: LogRequest): State => ({
  ...state,
  log: openPane(request),
  beside: null,
  ui: { ...state.ui, front: 'log' },
})

/** The grid has the screen and the keys to itself again. */
export const withoutLog = (state: State): State => ({
  ...state,
  log: null,
  beside: null,
  ui: { ...state.ui, focus: 'grid', zoomed: false, front: 'operation' },
})

/** What came for a log goes to the pane that shows it; a pane that is gone wants nothing. */
export const onPane = (
  state: State,
  { unit, source }: Pick<LogRequest, 'unit' | 'source'>,
  change: (pane: LogPane) => LogPane,
): State => {
  const shows = (pane: LogPane | null): pane is LogPane => pane?.unit === unit && pane.source === source
  if (shows(state.log)) return { ...state, log: change(state.log) }
  return shows(state.beside) ? { ...state, beside: change(state.beside) } : state
}
