import type { Composed } from '../compose.ts'
import type { Event } from '../core/event.ts'

/** An observer that begins and ends with the console's time on the terminal. */
export type Watch = {
  begin(): void
  end(): void
  /** Asks about all papers now. */
  refresh(): void
}

export const createWatch = (observe: Composed['observer'], tell: (event: Event) => void): Watch => {
  let present: ReturnType<typeof beginOne> | null = null
  return {
    begin: () => {
      present?.end()
      present = beginOne(observe, tell)
    },
    end: () => present?.end(),
    refresh: () => void present?.refresh(),
  }
}

/** What was asked before it ended is not told any more: a question that outlasted a suspension is no sign of a trouble. */
const beginOne = (observe: Composed['observer'], tell: (event: Event) => void) => {
  let isCurrent = true
  const observer = observe(observation => {
    if (isCurrent) tell({ type: 'observation', observation })
  })
  const stop = observer.start()
  const end = (): void => {
    isCurrent = false
    stop()
  }
  return { refresh: observer.refresh, end }
}
