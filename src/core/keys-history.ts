import { lastDetailLine } from './history-lines.ts'
import { only, type Pressed, say, withDialog } from './pressed.ts'
import { scrollBy } from './scroll.ts'
import type { Dialog, State } from './state.ts'

type History = Extract<Dialog, { kind: 'history' }>

/** Keys in the list of past operations, and in one of them: Enter opens it, Esc goes back to the list and then out of it. */
export const pressInHistory = (state: State, dialog: History, key: string): Pressed => {
  const { past, index, from } = dialog
  const count = past?.kind === 'listed' ? past.lines.length : 0
  const show = (change: Partial<History>): Pressed => only(withDialog(state, { ...dialog, ...change }))
  if (from !== null && ['esc', 'enter', 'q'].includes(key)) return show({ from: null })
  if (['esc', 'q', 'H'].includes(key)) return only(withDialog(state, null))
  if (key === 'enter') return count === 0 ? only(state) : show({ from: 0 })
  const by = scrollBy(key, state.ui.rows)
  if (by === undefined) return only(say(state, 'Enter shows one with all its words; Esc goes back.'))
  return from === null
    ? show({ index: within(index + by, count - 1) })
    : show({ from: within(from + by, lastDetailLine(state, dialog)) })
}

const within = (wanted: number, last: number): number => Math.max(0, Math.min(last, wanted))
