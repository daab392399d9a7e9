import { helpText } from './dialog-lines.ts'
import { hopKeys } from './grid-keys.ts'
import { headerLines } from './header.ts'
import { lastHostsLine } from './hosts-lines.ts'
import { pressInConfirm } from './keys-confirm.ts'
import { pressInGrid } from './keys-grid.ts'
import { pressInHistory } from './keys-history.ts'
import { pressInPalette } from './keys-palette.ts'
import { pressInPublish } from './keys-publish.ts'
import { only, type Pressed, say, withDialog } from './pressed.ts'
import type { Dialog, State } from './state.ts'

/** Keys while a dialog is open. Esc always closes it and changes nothing. */
export const pressInDialog = (state: State, dialog: Dialog, key: string): Pressed => {
  if (dialog.kind === 'history') return pressInHistory(state, dialog, key)
  if (key === 'esc' && !isUnfolded(dialog)) return only(withDialog(state, null))
  switch (dialog.kind) {
    case 'hops':
      return inHops(state, dialog, key)
    case 'help':
      return inHelp(state, dialog, key)
    case 'hosts':
      return inHosts(state, dialog, key)
    case 'quit':
      return key === 'y' || key === 'Y'
        ? only(withDialog(state, null), { kind: 'cancel' }, { kind: 'quit' })
        : only(withDialog(state, null))
    case 'confirm':
      return pressInConfirm(state, dialog, key)
    case 'publish':
      return pressInPublish(state, dialog, key)
    case 'palette':
      return pressInPalette(state, dialog, key)
  }
}

/** Esc closes one thing: the files and commands of a plan first, then the question. */
const isUnfolded = (dialog: Dialog): boolean =>
  dialog.kind === 'confirm' && (dialog.dryRun?.unfoldedFrom ?? null) !== null

/** An action's key closes the chain and acts, when it would act on the paper the chain is of and on no other. */
const inHops = (state: State, dialog: Extract<Dialog, { kind: 'hops' }>, key: string): Pressed => {
  const onlyThis = state.ui.marks.size === 0 && state.ui.cursor === dialog.id
  return onlyThis && hopKeys.includes(key) ? pressInGrid(withDialog(state, null), key) : inReader(state, dialog, key)
}

const inHelp = (state: State, dialog: Extract<Dialog, { kind: 'help' }>, key: string): Pressed => {
  const by = scrolls[key]
  if (by === undefined) return inReader(state, dialog, key)
  // Header, heading and key bar have their rows.
  const last = Math.max(0, helpText(state).length - state.ui.rows + headerLines(state).length + 2)
  return only(withDialog(state, { ...dialog, from: Math.max(0, Math.min(last, dialog.from + by)) }))
}

const inHosts = (state: State, dialog: Extract<Dialog, { kind: 'hosts' }>, key: string): Pressed => {
  const by = scrolls[key]
  if (by === undefined) return inReader(state, dialog, key)
  const from = Math.max(0, Math.min(lastHostsLine(state), dialog.from + by))
  return only(withDialog(state, { ...dialog, from }))
}

const scrolls: Readonly<Record<string, number>> = {
  ...{ j: 1, down: 1, k: -1, up: -1, pagedown: 8, pageup: -8 },
  ...{ g: -Infinity, home: -Infinity, G: Infinity, end: Infinity },
}

/** Help, hosts and hop chain close with the keys that opened them. */
const inReader = (state: State, dialog: Dialog, key: string): Pressed =>
  ['q', 'enter', dialog.kind === 'hosts' ? 'h' : '?'].includes(key)
    ? only(withDialog(state, null))
    : only(say(state, `Esc closes ${readers[dialog.kind] ?? 'this'}.`))

const readers: Partial<Record<Dialog['kind'], string>> = { help: 'the help', hosts: 'the hosts', hops: 'the hop chain' }
