import type { Event } from '../core/event.ts'
import type { LogRequest } from '../core/log-request.ts'
import type { World } from '../core/ports.ts'
import type { Activity } from '../services/activity.ts'
import { createLogReader } from '../services/log-reader.ts'

/** The logs on the screen. */
export type Logs = {
  open(request: LogRequest, beside: boolean): void
  /** One of two, or all. */
  close(source?: LogRequest['source']): void
  /** All of them, at the end of the console. */
  leave(): void
}

export const createLogs = (
  { config, journal }: Pick<World, 'config' | 'journal'>,
  activity: Pick<Activity, 'rest'>,
  tell: (event: Event) => void,
): Logs => {
  const reader = createLogReader(journal, tell)
  /** An ssh server gives one connection ten sessions, and a log of so many papers leaves none to spare. */
  const needsEverySession = ({ units }: LogRequest): boolean => config.gpu.reach.via === 'ssh' && units.length > 6
  return {
    open: (request, beside) => {
      activity.rest(needsEverySession(request))
      void reader.open(request, beside)
    },
    close: source => {
      reader.close(source)
      activity.rest(false)
    },
    leave: () => reader.close(),
  }
}
