import type { Clock } from '../core/ports.ts'
import { isRunning, type State } from '../core/state.ts'
import type { ConsoleStore } from '../store.ts'

/** Moves the ages on the screen on. @returns what ends it */
export const startTicking = (store: ConsoleStore, clock: Clock): (() => void) => {
  const ticking = setInterval(() => {
    const state = store.api.getState()
    // A clock that was set back must not make the screen wait until it is where it was.
    if (Math.abs(clock.now() - state.at) >= stepOf(state)) store.dispatch({ type: 'tick', at: clock.now() })
  }, 500)
  return () => clearInterval(ticking)
}

/** Ages are coarse, and so is the tick that moves them on; while an operation runs its steps show their time, and a link that is down when it is tried again. */
const stepOf = (state: State): number => {
  const { gpuHost, edgeHost } = state.observed
  return isRunning(state) || gpuHost.link.kind === 'down' || edgeHost.link.kind === 'down' ? 1_000 : 10_000
}
