import { jumpTo } from './log-hits.ts'
import type { Layout } from './log-move.ts'
import { follow } from './log-move.ts'
import type { LogPane, Prompt } from './log-pane.ts'
import { patternOf } from './log-pattern.ts'
import { narrowed, scoped, searched } from './log-scope.ts'

/** Begins to ask for something; what was there is kept for Esc. */
export const ask = (pane: LogPane, kind: Prompt['kind'], typed: string): LogPane => {
  const { find, scope, following, cursor, bottom } = pane
  return { ...pane, prompt: { kind, typed, before: { find, scope, following, cursor, bottom } } }
}

/** What is typed acts at once: hits are marked, lines go. */
export const typed = (pane: LogPane, prompt: Prompt, text: string, layout: Layout): LogPane => {
  const asked = { ...pane, prompt: { ...prompt, typed: text } }
  if (prompt.kind === 'filter') return kept(scoped(asked, { filter: patternOf(text, true) }))
  if (prompt.kind !== 'find') return asked
  // From where the search began, not from where the last letter led.
  const { following, cursor, bottom } = prompt.before
  return nothingNew(jumpTo(searched({ ...asked, following, cursor, bottom }, patternOf(text)), layout))
}

/** Esc: as if nothing had been typed. */
export const givenUp = (pane: LogPane, { before }: Prompt): LogPane =>
  nothingNew(narrowed({ ...pane, ...before, prompt: null }))

/** Lines that came while a hit was looked at are seen once the end is followed again. */
const nothingNew = (pane: LogPane): LogPane => (pane.following ? { ...pane, unseen: 0 } : pane)

const kept = (pane: LogPane): LogPane => (pane.following ? follow(pane, true) : pane)
