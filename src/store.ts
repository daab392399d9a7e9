import { createStore, type StoreApi } from 'zustand/vanilla'
import { type Effect, press } from './core/keys.ts'
import { type Event, reduce, type State } from './core/state.ts'

export type ConsoleStore = {
  readonly api: StoreApi<State>
  /** Queued and applied together with what else came meanwhile: a burst of events is one notification. */
  dispatch(event: Event): void
  /** Applied at once, after what is queued: a key acts on what is true now. */
  press(key: string): readonly Effect[]
  /** Nothing is queued. */
  isSettled(): boolean
  close(): void
}

/** Milliseconds in which events are gathered: data comes at up to ten frames a second, keys at once. */
const gathering = 100

/** `schedule` runs a function later and returns the way to call it off; a test passes its own. */
export const createConsoleStore = (
  initial: State,
  schedule: (run: () => void, ms: number) => () => void,
): ConsoleStore => {
  const api = createStore<State>(() => initial)
  let queue: Event[] = []
  let cancel: (() => void) | null = null

  const flush = (): void => {
    cancel?.()
    cancel = null
    if (queue.length === 0) return
    const events = queue
    queue = []
    const before = api.getState()
    const after = events.reduce(reduce, before)
    if (after !== before) api.setState(after, true)
  }

  return {
    api,
    dispatch: event => {
      queue.push(event)
      cancel ??= schedule(flush, gathering)
    },
    press: key => {
      flush()
      const { state, effects } = press(api.getState(), key)
      api.setState(state, true)
      return effects
    },
    isSettled: () => queue.length === 0,
    close: () => cancel?.(),
  }
}
