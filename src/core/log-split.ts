import { type LogPane, openPane } from './log-pane.ts'
import type { LogRequest } from './log-request.ts'
import { withLog } from './open-log.ts'
import { closeLog, only, type Pressed, tell } from './pressed.ts'
import type { State } from './state.ts'

/** Columns from which two logs have room beside each other. */
export const roomForTwo = 140

export const isOpen = ({ log, beside }: State, { unit, source }: LogRequest): boolean =>
  [log, beside].some(pane => pane?.unit === unit && pane.source === source)

/** Opens a log: beside the other one of the same paper where there is room, else in its place. */
export const openLog = (state: State, request: LogRequest): Pressed => {
  const beside = state.log?.unit === request.unit && state.ui.columns >= roomForTwo
  const opened: State = beside
    ? { ...state, beside: openPane(request), ui: { ...state.ui, front: 'log' } }
    : withLog(state, request)
  const words = beside ? null : replacedWords(state, request)
  return only(words === null ? opened : tell(opened, words), { kind: 'open-log', beside, ...request })
}

/** Why the log that was open is gone, where another one was to be added to it. */
const replacedWords = ({ log, ui }: State, { unit, units, source }: LogRequest): string | null => {
  if (log === null || log.source === source) return null
  if (log.units.length > units.length) return `The edge log is of one paper, ${unit}; l merges the marked ones again.`
  return log.unit === unit && ui.columns < roomForTwo
    ? `Two logs stand side by side from ${roomForTwo} columns on; here are ${ui.columns}.`
    : null
}

/** Closes one log; the other one, where there are two, has the place to itself. */
export const closeOne = (state: State, source: LogPane['source']): Pressed => {
  const { log, beside } = state
  if (beside === null) return closeLog(state)
  const left = log?.source === source ? beside : log
  return only({ ...state, log: left, beside: null }, { kind: 'close-log', source })
}

/** `Tab` goes round: papers, the left log, the right one. */
export const focusNext = (state: State): State => {
  const { log, beside, ui } = state
  const focused = (focus: State['ui']['focus']): State => ({ ...state, ui: { ...ui, focus } })
  if (log === null || beside === null) return focused(ui.focus === 'grid' ? 'log' : 'grid')
  if (ui.focus === 'grid') return isLeft(log) ? focused('log') : { ...focused('log'), log: beside, beside: log }
  return isLeft(log) ? { ...state, log: beside, beside: log } : focused('grid')
}

export const isLeft = ({ source }: LogPane): boolean => source === 'journal'
