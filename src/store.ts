import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Event } from './core/event.ts'
import { type Effect, press } from './core/keys.ts'
import { reduceAll } from './core/reduce.ts'
import type { State } from './core/state.ts'

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

/** Milliseconds in which events are gathered when the screen was quiet, and at least between two frames of data: keys come at once. */
const gathering = 30
const resting = 200
/** Milliseconds after which the key bar has its place back from words that are no error. */
const readable = 4_000

/** `schedule` runs a function later and returns the way to call it off; a test passes its own. */
export const createConsoleStore = (
  initial: State,
  schedule: (run: () => void, ms: number) => () => void,
): ConsoleStore => {
  const api = createStore<State>(() => initial)
  let queue: Event[] = []
  let cancel: (() => void) | null = null

  const later = (ms: number): void => {
    cancel?.()
    cancel = schedule(() => {
      cancel = null
      flush()
    }, ms)
  }

  const flush = (): void => {
    if (queue.length === 0) return
    later(resting)
    const events = queue
    queue = []
    const before = api.getState()
    const after = reduceAll(before, events)
    if (after !== before) api.setState(after, true)
  }

  let forget: (() => void) | null = null
  api.subscribe(({ notice }, before) => {
    if (notice === before.notice) return
    forget?.()
    const isPassing = notice !== null && notice.tone !== 'bad'
    forget = isPassing ? schedule(() => dispatch({ type: 'notice-read', notice }), readable) : null
  })

  const dispatch = (event: Event): void => {
    queue.push(event)
    if (cancel === null) later(gathering)
  }

  return {
    api,
    dispatch,
    press: key => {
      flush()
      const { state, effects } = press(api.getState(), key)
      api.setState(state, true)
      return effects
    },
    isSettled: () => queue.length === 0,
    close: () => {
      cancel?.()
      forget?.()
    },
  }
}
