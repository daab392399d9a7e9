import { pressAt } from './aimed.ts'
import { helpText, hopText } from './dialog-lines.ts'
import { hopKeys } from './grid-keys.ts'
import { headerLines } from './header.ts'
import { lastHostsLine } from './hosts-lines.ts'
import { pressInConfirm } from './keys-confirm.ts'
import { pressInHistory } from './keys-history.ts'
import { pressInPalette } from './keys-palette.ts'
import { pressInPublish } from './keys-publish.ts'
import { only, type Pressed, say, withDialog } from './pressed.ts'
import { scrollBy } from './scroll.ts'
import type { Dialog, State } from './state.ts'

/** Keys while a dialog is open. Esc always closes it and changes nothing. */
export const pressInDialog = (state: State, dialog: Dialog, key: string): Pressed => {
  if (dialog.kind === 'history') return pressInHistory(state, dialog, key)
  if (key === 'esc' && !isUnfolded(dialog)) return only(withDialog(state, under(dialog)))
  switch (dialog.kind) {
    case 'hops':
      return inHops(state, dialog, key)
    case 'help':
      return inScrolled(state, dialog, key, helpText(state).length)
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

/** An action's key closes the chain and acts on the paper the chain is of and on no other. */
const inHops = (state: State, dialog: Extract<Dialog, { kind: 'hops' }>, key: string): Pressed =>
  state.observed.papers.has(dialog.id) && hopKeys.includes(key)
    ? pressAt(withDialog(state, null), dialog.id, key)
    : inScrolled(state, { from: 0, ...dialog }, key, hopText(state, dialog.id).length, 1)

/** @param above rows of the papers' pane that stay above it */
const inScrolled = (
  state: State,
  dialog: Extract<Dialog, { kind: 'help' | 'hops' }> & { readonly from: number },
  key: string,
  lines: number,
  above = 0,
): Pressed => {
  const by = scrollBy(key, state.ui.rows)
  if (by === undefined) return inReader(state, dialog, key)
  // Header, heading and key bar have their rows.
  const space = state.ui.rows - headerLines(state).length - 2 - above
  const from = Math.max(0, Math.min(Math.max(0, lines - space), dialog.from + by))
  return only(withDialog(state, { ...dialog, from }))
}

const inHosts = (state: State, dialog: Extract<Dialog, { kind: 'hosts' }>, key: string): Pressed => {
  const by = scrollBy(key, state.ui.rows)
  if (by === undefined) return inReader(state, dialog, key)
  const from = Math.max(0, Math.min(lastHostsLine(state), dialog.from + by))
  return only(withDialog(state, { ...dialog, from }))
}

/** Help, hosts and hop chain close with the keys that opened them; over the others the help can be read. */
const inReader = (state: State, dialog: Dialog, key: string): Pressed => {
  if (key === '?' && dialog.kind !== 'help') return only(withDialog(state, { kind: 'help', from: 0, over: dialog }))
  return ['q', 'enter', dialog.kind === 'hosts' ? 'h' : '?'].includes(key)
    ? only(withDialog(state, under(dialog)))
    : only(say(state, readers[dialog.kind] ?? 'Esc closes this.'))
}

/** What lies behind a dialog. */
const under = (dialog: Dialog): Dialog | null => (dialog.kind === 'help' ? (dialog.over ?? null) : null)

const readers: Partial<Record<Dialog['kind'], string>> = {
  help: 'j k scroll, Esc closes the help.',
  hosts: 'Esc closes the hosts.',
  hops: 'j k scroll, Esc closes the hop chain.',
}
