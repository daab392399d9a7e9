import type { Clock, Memory } from '../core/ports.ts'
import type { Notice } from '../core/state.ts'
import { joinJob } from '../services/job.ts'
import type { ConsoleStore } from '../store.ts'
import type { OpenConsole } from '../views/console.tsx'
import { keepArrangement } from './arrangement.ts'
import type { Watch } from './watch.ts'

export type Suspension = {
  /** Gives the terminal back to the shell, until that continues us. */
  suspend(): Promise<void>
  /** At the end of the console: who is continued only then begins nothing any more. */
  leave(): void
}

export type Suspended = {
  readonly store: ConsoleStore
  readonly screen: Pick<OpenConsole, 'lend'>
  readonly watch: Watch
  readonly clock: Clock
  readonly memory: Memory | null
  readonly onKey: (key: string) => void
}

export const createSuspension = ({ store, screen, watch, clock, memory, onKey }: Suspended): Suspension => {
  let isOver = false
  const job = joinJob({
    asked: () => onKey('ctrl-z'),
    // Whoever had the terminal meanwhile left it in another state.
    continued: () => void screen.lend(async () => {}),
  })
  const giveBack = async (): Promise<void> => {
    watch.end()
    keepArrangement(store, memory)
    const wasStopped = await screen.lend(job.stop)
    if (isOver) return
    store.dispatch({ type: 'tick', at: clock.now() })
    watch.begin()
    if (!wasStopped) store.dispatch({ type: 'notice', notice: nobodyContinues })
  }
  let underWay: Promise<void> | null = null
  return {
    // Two Ctrl-Z in one read are one wish.
    suspend: () => {
      underWay ??= giveBack().finally(() => {
        underWay = null
      })
      return underWay
    },
    leave: () => {
      isOver = true
      job.leave()
    },
  }
}

const nobodyContinues: Notice = {
  tone: 'warning',
  text: 'Ctrl-Z: no shell is there that could continue papergen; q quits.',
}
