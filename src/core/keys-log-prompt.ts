import { logRoom } from './log-height.ts'
import type { LogPane, Prompt } from './log-pane.ts'
import { asPane } from './log-panes.ts'
import { givenUp, typed } from './log-prompt.ts'
import { layoutOf } from './log-rows.ts'
import { hitAt } from './log-scope.ts'
import { allShown, textOf } from './log-text.ts'
import { cursorOf } from './log-walk.ts'
import { only, type Pressed, say, tell } from './pressed.ts'
import type { State } from './state.ts'

/** Keys while something is typed at a log: every character goes into it. */
export const pressInPrompt = (state: State, log: LogPane, prompt: Prompt, key: string): Pressed => {
  const show = (pane: LogPane): Pressed => only({ ...state, log: pane })
  const layout = layoutOf(asPane(state, log), log, logRoom(state))
  if (key === 'esc') return show(givenUp(log, prompt))
  if (key === 'enter') return entered(state, { ...log, prompt: null }, prompt)
  if (key === 'backspace') {
    const shorter = [...prompt.typed].slice(0, -1).join('')
    return show(prompt.typed === '' ? givenUp(log, prompt) : typed(log, prompt, shorter, layout))
  }
  return [...key].length === 1 ? show(typed(log, prompt, prompt.typed + key, layout)) : only(state)
}

const entered = (state: State, log: LogPane, prompt: Prompt): Pressed => {
  const kept = { ...state, log }
  if (prompt.kind === 'save') return saved(kept, log, prompt.typed.trim())
  if (prompt.kind === 'filter' || log.find === null) return only(kept)
  const { place, of } = hitAt(log, cursorOf(log) ?? -1)
  const literal = log.find.literal ? ' It is no regular expression: searched word for word.' : ''
  return only(
    of === 0
      ? say(kept, `Nothing here has ${prompt.typed}.`)
      : tell(kept, `${prompt.typed}: ${place} of ${of}.${literal}`),
  )
}

const saved = (state: State, log: LogPane, path: string): Pressed => {
  if (path === '') return only(say(state, 'Not saved: no file was named.'))
  const numbers = allShown(log)
  const text = `${textOf(log, numbers, state.ui.options.zone)}\n`
  return only(
    { ...state, log: { ...log, saved: [...log.saved, path] } },
    { kind: 'save', path, text, lines: numbers.length },
  )
}
