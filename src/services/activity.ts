import type { Clock, Journal } from '../core/ports.ts'

export type Activity = {
  /** Listens until it is stopped. */
  start(): () => void
  /** Lets go of its place on the host's connection, or takes it again: for as long as others need all of them. */
  rest(isResting: boolean): void
}

/** Milliseconds for which a paper moves after a line of it, and those between two times that anybody is told. */
const shines = 5_000
const pace = 1_000
/** Lines looked at in one pace. What comes faster is let go by until the next one, and a paper with few lines may be missed in it. */
const most = 5_000
/** Milliseconds until a journal that could not be read is tried again: at first, and at most. */
const patience = [5_000, 60_000] as const

/**
 * Hears whose journal moves, and tells the papers when they become others: at most once a second, and not at all while nothing
 * changes. One reader for all papers. It says nothing about a journal that cannot be read: the log pane does.
 */
export const createActivity = (
  { heard }: Pick<Journal, 'heard'>,
  clock: Clock,
  tell: (papers: ReadonlySet<string>) => void,
): Activity => {
  const lastHeard = new Map<string, number>()
  let told: ReadonlySet<string> = new Set()
  let isBeating = false
  let resting = Promise.resolve()
  let wake = (): void => {}
  let reading = new AbortController()

  const look = (): void => {
    const since = clock.elapsed() - shines
    for (const [paper, at] of lastHeard) if (at < since) lastHeard.delete(paper)
    const moving = new Set(lastHeard.keys())
    if (moving.size === told.size && [...moving].every(paper => told.has(paper))) return
    told = moving
    tell(moving)
  }

  /** Only while a paper moves: a quiet host costs no timer. */
  const beat = async (signal: AbortSignal): Promise<void> => {
    isBeating = true
    do {
      look()
      await clock.sleep(pace, signal).catch(() => {})
    } while (lastHeard.size > 0 && !signal.aborted)
    isBeating = false
  }

  /** One reading, until it ends or more comes than is looked at. @returns whether it heard anything */
  const listen = async (signal: AbortSignal): Promise<boolean> => {
    let begun = clock.elapsed()
    let lines = 0
    let wasHeard = false
    for await (const paper of heard(AbortSignal.any([signal, reading.signal]))) {
      wasHeard = true
      if (paper !== null) lastHeard.set(paper, clock.elapsed())
      if (lastHeard.size > 0 && !isBeating) void beat(signal)
      if (clock.elapsed() - begun >= pace) [begun, lines] = [clock.elapsed(), 0]
      lines += 1
      if (lines >= most) break
    }
    return wasHeard
  }

  const follow = async (signal: AbortSignal): Promise<void> => {
    let wait: number = patience[0]
    while (!signal.aborted) {
      await resting
      const wasHeard = await listen(signal).catch(() => false)
      await clock.sleep(wasHeard ? pace : wait, signal).catch(() => {})
      wait = wasHeard ? patience[0] : Math.min(2 * wait, patience[1])
    }
  }

  return {
    start: () => {
      const stopping = new AbortController()
      void follow(stopping.signal)
      return () => {
        stopping.abort()
        wake()
      }
    },
    rest: isResting => {
      wake()
      if (!isResting) return
      resting = new Promise(resolve => {
        wake = resolve
      })
      reading.abort()
      reading = new AbortController()
    },
  }
}
