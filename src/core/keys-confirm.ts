import { whyNotNow } from './actions.ts'
import { lastUnfoldedLine } from './confirm-lines.ts'
import { type Confirm, whyNotYet } from './dry-run.ts'
import type { Request } from './operations.ts'
import { only, type Pressed, say, withDialog } from './pressed.ts'
import { scrollBy } from './scroll.ts'
import type { State } from './state.ts'
import { withTyped } from './typed.ts'

/** Keys while a question is open: a yes or what must be typed, and those that look at the plan. */
export const pressInConfirm = (state: State, dialog: Confirm, key: string): Pressed =>
  inPlan(state, dialog, key) ??
  (dialog.expected === null ? inYesNo(state, dialog, key) : inTyped(state, dialog, dialog.expected, key))

/** Tab unfolds the plan, and folds it again, as Esc does; where nothing is typed, so does d. Null for every other key. */
const inPlan = (state: State, dialog: Confirm, key: string): Pressed | null => {
  const { dryRun, expected } = dialog
  if (dryRun === null || dryRun.drafts === null) return null
  const from = dryRun.unfoldedFrom
  const unfolded = (unfoldedFrom: number | null): Pressed =>
    only(withDialog(state, { ...dialog, dryRun: { ...dryRun, unfoldedFrom } }))
  if (key === 'esc') return unfolded(null)
  if (key === 'tab' || (key === 'd' && expected === null)) return unfolded(from === null ? 0 : null)
  const by = scrollBy(expected === null || key.length > 1 ? key : '', state.ui.rows)
  if (by === undefined) return null
  return unfolded(Math.max(0, Math.min(lastUnfoldedLine(state, dialog), (from ?? 0) + by)))
}

const inYesNo = (state: State, dialog: Confirm, key: string): Pressed => {
  const closed = withDialog(state, null)
  if (key === 'y' || key === 'Y') return confirmed(state, dialog)
  if (key === 'n' || key === 'N' || key === 'enter') return only(say(closed, 'Not confirmed; nothing was changed.'))
  return only(say(state, whyNotYet(dialog) ?? 'y confirms; n or Esc goes back.'))
}

const inTyped = (state: State, dialog: Confirm, expected: string, key: string): Pressed => {
  if (key !== 'enter')
    return only(withDialog(state, { ...dialog, typed: withTyped(dialog.typed, key) ?? dialog.typed }))
  return dialog.typed === expected
    ? confirmed(state, dialog)
    : only(say(state, whyNotYet(dialog) ?? `Type ${expected} and Enter to go on, Esc to go back.`))
}

/** The world may have changed since the question: an operation began, a host went away. */
const confirmed = (state: State, dialog: Confirm): Pressed => {
  const notYet = whyNotYet(dialog)
  if (notYet !== null) return only(say(state, notYet))
  const closed = withDialog(state, null)
  const why = whyNotNow(state)
  return why === null ? run(closed, dialog.requests) : only(say(closed, `Nothing was begun: ${why}.`))
}

const run = (state: State, requests: readonly Request[]): Pressed => only(state, { kind: 'run', requests })
