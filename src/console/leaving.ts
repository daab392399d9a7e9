import { isRunning } from '../core/state.ts'
import type { Operator } from '../services/operator.ts'
import type { ConsoleStore } from '../store.ts'

export type Leaving = {
  quit(): void
  /** Resolves once it was quit. */
  readonly done: Promise<void>
}

/** An operation under way ends first: nothing is left half done. */
export const createLeaving = (operator: Pick<Operator, 'finish'>): Leaving => {
  const { promise: done, resolve } = Promise.withResolvers<void>()
  return { done, quit: () => void operator.finish().then(resolve) }
}

/** SIGHUP and SIGTERM act as the first Ctrl-C does, and end the console once nothing is half done. */
export const leaveWhenStopped = (
  signal: AbortSignal,
  store: ConsoleStore,
  onKey: (key: string) => void,
  quit: () => void,
): void => {
  const stopped = (): void => {
    if (isRunning(store.api.getState())) onKey('ctrl-c')
    quit()
  }
  signal.addEventListener('abort', stopped, { once: true })
  if (signal.aborted) stopped()
  // A terminal that goes away is no crash, and its hang-up signal does not reach everybody: the end of the keys does.
  for (const gone of ['end', 'close', 'error'] as const) process.stdin.once(gone, stopped)
}
