import { pressInDialog } from './keys-dialog.ts'
import { editFilter, pressInGrid } from './keys-grid.ts'
import { pressInLog } from './keys-log.ts'
import { pressInPrompt } from './keys-log-prompt.ts'
import { only, type Pressed, say, tell } from './pressed.ts'
import { onShownRow } from './selection.ts'
import { isOperationInFront, isRunning, type State } from './state.ts'

export type { Effect, Pressed } from './pressed.ts'

/** One key: a character, or `enter esc up down pageup pagedown home end tab backspace ctrl-c ctrl-z`. Pure: the new state and what to do. */
export const press = (before: State, key: string): Pressed => {
  const { state, effects } = dispatch({ ...before, notice: null, handled: before.handled + 1 }, key)
  return { state: onShownRow(before, withMissed(unzoomed(state))), effects }
}

/** A log that one left is not found larger than it was seen meanwhile. */
const unzoomed = (state: State): State =>
  state.ui.zoomed && state.ui.focus === 'grid' ? { ...state, ui: { ...state.ui, zoomed: false } } : state

const withMissed = (state: State): State =>
  state.missed === null || state.ui.dialog !== null
    ? state
    : { ...state, notice: state.notice ?? state.missed, missed: null }

const dispatch = (state: State, key: string): Pressed => {
  if (key === 'ctrl-c') return interrupt(state)
  if (key === 'ctrl-z') return suspend(state)
  if (state.ui.dialog !== null) return pressInDialog(state, state.ui.dialog, key)
  if (state.ui.editingFilter) return editFilter(state, key)
  // A log that an operation covers is not what a key is meant for.
  if (state.ui.focus === 'log' && state.log !== null && !isOperationInFront(state)) {
    if (state.log.prompt !== null) return pressInPrompt(state, state.log, state.log.prompt, key)
    const inLog = pressInLog(state, state.log, key)
    if (inLog !== null) return inLog
  }
  // A yes to a question that was not asked must not take the clipboard.
  if (key === 'y' && isRunning(state)) return only(tell(state, nothingAsked(state)))
  return pressInGrid(state, key)
}

const nothingAsked = ({ operation, queued: [present] }: State): string =>
  `Nothing was asked: the ${present?.kind ?? operation?.operation ?? 'operation'} runs already.`

/** Idle: quits. During an operation the first cancels, a second says so and is ignored; past the commit point it finishes. */
const interrupt = (state: State): Pressed => {
  if (!isRunning(state)) return only(state, { kind: 'quit' })
  const present = state.operation?.outcome.kind === 'running' ? state.operation : null
  if (present?.committed)
    return only(say(state, 'Past the point of no return: the operation finishes, then nothing is left half done.'))
  if (present?.cancelling) return only(say(state, 'Already cancelling: what was done is being undone.'))
  const words =
    present?.operation === 'restart'
      ? 'Stopping: the restart itself goes on.'
      : 'Cancelling: what was done is being undone.'
  return only(say(state, words), { kind: 'cancel' })
}

/** A console that stands still in the midst of an operation would keep the locks of both hosts for as long as it is forgotten. */
const suspend = (state: State): Pressed =>
  isRunning(state)
    ? only(say(state, 'Ctrl-Z: not during an operation, both hosts would stay locked.'))
    : only(state, { kind: 'suspend' })
