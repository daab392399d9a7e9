import { ask } from './asking.ts'
import { isPaperId } from './paper.ts'
import { only, type Pressed, say, withDialog } from './pressed.ts'
import { type Choice, choicesOf, chosenIn, questionNamed } from './publish-choices.ts'
import type { Dialog, State } from './state.ts'
import { withTyped } from './typed.ts'

type Publish = Extract<Dialog, { kind: 'publish' }>

/** Keys while a notebook is picked: every character narrows at once. */
export const pressInPublish = (state: State, dialog: Publish, key: string): Pressed => {
  if (dialog.naming !== null) return inNaming(state, dialog, dialog.naming, key)
  const choices = choicesOf(state, dialog.filter)
  const last = Math.max(0, choices.length - 1)
  const index = chosenIn(state, dialog, choices)
  const moved = { down: 1, tab: 1, up: -1, pagedown: 10, pageup: -10, home: -Infinity, end: Infinity }[key]
  if (moved !== undefined)
    return only(withDialog(state, { ...dialog, index: Math.max(0, Math.min(last, index + moved)) }))
  if (key !== 'enter') {
    const filter = withTyped(dialog.filter, key)
    return only(filter === null ? state : withDialog(state, { ...dialog, filter, index: 0 }))
  }
  const choice = choices[index]
  if (choice === undefined) return only(say(state, 'No notebook matches; Backspace widens the search.'))
  return choose(state, choice)
}

/** What Enter does on a notebook: asks for the id it lacks, else whether to publish it. */
export const choose = (state: State, choice: Choice): Pressed => {
  const { path, refused, nameless, id, question } = choice
  if (refused !== null) return only(say(state, `${path}: ${refused}`))
  if (nameless === null) return askToPublish(state, path, id, question)
  const naming = { path, why: nameless, typed: '' }
  return only(withDialog(state, { kind: 'publish', filter: path, index: 0, naming }))
}

const inNaming = (state: State, dialog: Publish, naming: NonNullable<Publish['naming']>, key: string): Pressed => {
  const { path, typed } = naming
  if (key !== 'enter') {
    const name = withTyped(typed, key) ?? typed
    return only(withDialog(state, { ...dialog, naming: { ...naming, typed: name } }))
  }
  return isPaperId(typed)
    ? askToPublish(state, path, typed, questionNamed(state, path, typed))
    : only(say(state, 'An id is a-z, 0-9 and single dashes, and begins and ends with a letter or digit.'))
}

const askToPublish = (state: State, path: string, id: string | null, question: string): Pressed =>
  ask(state, { question, expected: null }, [{ kind: 'publish', notebook: path, id, title: null, port: null }])
