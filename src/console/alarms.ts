import { alarmOf, turnedFailing, windowTitle } from '../core/alert.ts'
import type { Config } from '../core/config.ts'
import { isInTmux, notification } from '../core/notification.ts'
import type { State } from '../core/state.ts'
import type { ConsoleStore } from '../store.ts'
import type { OpenConsole } from '../views/console.tsx'

/** For who looks elsewhere: the window's title says what is not well, bell and notification what turned failing. */
export const startAlarms = (
  { bell, notify }: Config['console'],
  store: ConsoleStore,
  screen: Pick<OpenConsole, 'send' | 'setTitle'>,
): void => {
  let title = ''
  const tellTitle = (state: State): void => {
    const now = windowTitle(state)
    if (now !== title) screen.setTitle(now)
    title = now
  }
  const alarm = (state: State, ids: readonly string[]): void => {
    const note = alarmOf(state, ids)
    screen.send(`${bell ? '\u0007' : ''}${notification(notify, note, isInTmux(process.env))}`)
    store.dispatch({ type: 'alarm', text: note.headline })
  }
  store.api.subscribe((after, before) => {
    const failing = turnedFailing(before, after)
    if (failing.length > 0) alarm(after, failing)
    tellTitle(after)
  })
  tellTitle(store.api.getState())
}
