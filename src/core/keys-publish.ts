import { ask } from './asking.ts'
import { only, type Pressed, say, withDialog } from './pressed.ts'
import { type Choice, choicesOf } from './publish-choices.ts'
import type { Dialog, State } from './state.ts'
import { withTyped } from './typed.ts'

/** Keys while a notebook is picked: every character narrows at once. */
export const pressInPublish = (state: State, dialog: Extract<Dialog, { kind: 'publish' }>, key: string): Pressed => {
  const choices = choicesOf(state, dialog.filter)
  const last = Math.max(0, choices.length - 1)
  const moved = { down: 1, tab: 1, up: -1, pagedown: 10, pageup: -10 }[key]
  if (moved !== undefined)
    return only(withDialog(state, { ...dialog, index: Math.max(0, Math.min(last, dialog.index + moved)) }))
  if (key !== 'enter') {
    const filter = withTyped(dialog.filter, key)
    return only(filter === null ? state : withDialog(state, { ...dialog, filter, index: 0 }))
  }
  const choice = choices[dialog.index]
  if (choice === undefined) return only(say(state, 'No notebook matches; Backspace widens the search.'))
  return choose(state, choice)
}

/** What Enter does on a notebook. */
export const choose = (state: State, choice: Choice): Pressed => {
  if (choice.refused !== null) return only(say(state, `${choice.path}: ${choice.refused}`))
  const request = { kind: 'publish', notebook: choice.path, id: choice.id, title: null, port: null } as const
  return ask(state, { question: choice.question, expected: null }, [request])
}
