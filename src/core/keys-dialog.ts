import { whyNotNow } from './actions.ts'
import { helpText } from './dialog-lines.ts'
import { hopKeys } from './grid-keys.ts'
import { headerLines } from './header.ts'
import { pressInGrid } from './keys-grid.ts'
import { pressInPalette } from './keys-palette.ts'
import { pressInPublish } from './keys-publish.ts'
import type { Request } from './operations.ts'
import { only, type Pressed, say, withDialog } from './pressed.ts'
import type { Dialog, State } from './state.ts'

/** Keys while a dialog is open. Esc always closes it and changes nothing. */
export const pressInDialog = (state: State, dialog: Dialog, key: string): Pressed => {
  if (key === 'esc') return only(withDialog(state, null))
  switch (dialog.kind) {
    case 'hops':
      return inHops(state, dialog, key)
    case 'help':
      return inHelp(state, dialog, key)
    case 'hosts':
      return inReader(state, dialog, key)
    case 'quit':
      return key === 'y' || key === 'Y'
        ? only(withDialog(state, null), { kind: 'cancel' }, { kind: 'quit' })
        : only(withDialog(state, null))
    case 'confirm':
      return dialog.expected === null ? inYesNo(state, dialog, key) : inTyped(state, dialog, dialog.expected, key)
    case 'publish':
      return pressInPublish(state, dialog, key)
    case 'palette':
      return pressInPalette(state, dialog, key)
  }
}

/** An action's key closes the chain and acts, when it would act on the paper the chain is of and on no other. */
const inHops = (state: State, dialog: Extract<Dialog, { kind: 'hops' }>, key: string): Pressed => {
  const onlyThis = state.ui.marks.size === 0 && state.ui.cursor === dialog.id
  return onlyThis && hopKeys.includes(key) ? pressInGrid(withDialog(state, null), key) : inReader(state, dialog, key)
}

const inHelp = (state: State, dialog: Extract<Dialog, { kind: 'help' }>, key: string): Pressed => {
  const by = { j: 1, down: 1, k: -1, up: -1, pagedown: 8, pageup: -8, g: -Infinity, G: Infinity }[key]
  if (by === undefined) return inReader(state, dialog, key)
  // Header, heading and key bar have their rows.
  const last = Math.max(0, helpText(state).length - state.ui.rows + headerLines(state).length + 2)
  return only(withDialog(state, { ...dialog, from: Math.max(0, Math.min(last, dialog.from + by)) }))
}

/** Help, hosts and hop chain close with the keys that opened them. */
const inReader = (state: State, dialog: Dialog, key: string): Pressed =>
  ['q', 'enter', dialog.kind === 'hosts' ? 'h' : '?'].includes(key)
    ? only(withDialog(state, null))
    : only(say(state, `Esc closes ${readers[dialog.kind] ?? 'this'}.`))

const readers: Partial<Record<Dialog['kind'], string>> = { help: 'the help', hosts: 'the hosts', hops: 'the hop chain' }

const inYesNo = (state: State, dialog: Extract<Dialog, { kind: 'confirm' }>, key: string): Pressed => {
  const closed = withDialog(state, null)
  if (key === 'y' || key === 'Y') return confirmed(closed, dialog.requests)
  if (key === 'n' || key === 'N' || key === 'enter') return only(say(closed, 'Not confirmed; nothing was changed.'))
  return only(say(state, 'y confirms; n or Esc goes back.'))
}

const inTyped = (
  state: State,
  dialog: Extract<Dialog, { kind: 'confirm' }>,
  expected: string,
  key: string,
): Pressed => {
  const typed = (text: string): Pressed => only(withDialog(state, { ...dialog, typed: text }))
  if (key === 'backspace') return typed(dialog.typed.slice(0, -1))
  if (key !== 'enter') return [...key].length === 1 ? typed(dialog.typed + key) : only(state)
  return dialog.typed === expected
    ? confirmed(withDialog(state, null), dialog.requests)
    : only(say(state, `Type ${expected} and Enter to go on, Esc to go back.`))
}

/** The world may have changed since the question: an operation began, a host went away. */
const confirmed = (state: State, requests: readonly Request[]): Pressed => {
  const why = whyNotNow(state)
  return why === null ? only(state, { kind: 'run', requests }) : only(say(state, `Nothing was begun: ${why}.`))
}
