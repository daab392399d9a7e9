/** The job of a shell that this program is a part of. */
export type Job = {
  /**
   * Stops the whole job as Ctrl-Z would if the terminal were not raw: a wrapper in front of this program too, or the shell would go
   * on waiting. @returns once it goes on; false: it was not stopped, for nobody is there who could continue it
   */
  stop(): Promise<boolean>
  /** No signal of it is of interest any more. */
  leave(): void
}

type Told = {
  /** Another program asks this one to stop. */
  readonly asked: () => void
  /** It was stopped by force, and goes on. */
  readonly continued: () => void
}

export const joinJob = ({ asked, continued }: Told): Job => {
  let resumed: (() => void) | null = null
  const goesOn = (): void => (resumed ?? continued)()
  process.on('SIGTSTP', asked)
  process.on('SIGCONT', goesOn)
  return {
    stop: async () => {
      let wasStopped = false
      resumed = () => {
        wasStopped = true
      }
      // Unhandled it stops, but for a job whose parent belongs to another session: the system knows that none would continue it.
      process.off('SIGTSTP', asked)
      const goOn = endings.map(unheard)
      process.kill(0, 'SIGTSTP')
      // From here on it is stopped. That it was continued is told when the loop looks at its signals next.
      for (let turn = 0; turn < 2; turn++) await new Promise(resolve => setImmediate(resolve))
      for (const hear of goOn) hear()
      process.on('SIGTSTP', asked)
      resumed = null
      return wasStopped
    },
    leave: () => {
      process.off('SIGTSTP', asked)
      process.off('SIGCONT', goesOn)
    },
  }
}

/**
 * What ends a stopped job ends it at once: nothing is under way, the terminal is given back, and whoever touches a terminal's modes from
 * the background, as Node does when it leaves in order, is stopped again.
 */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Takes a signal's listeners away. @returns what puts them back */
const unheard = (signal: NodeJS.Signals): (() => void) => {
  const listeners = process.listeners(signal)
  for (const listener of listeners) process.off(signal, listener)
  return () => {
    for (const listener of listeners) process.on(signal, listener)
  }
}
