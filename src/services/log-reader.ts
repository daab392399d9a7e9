import { type Problem, problemOf } from '../core/errors.ts'
import type { Event } from '../core/event.ts'
import { explain, problemLine } from '../core/explain.ts'
import type { JournalEntry, JournalQuery } from '../core/journal.ts'
import { byTime } from '../core/log-merge.ts'
import { type LogRequest, queryOf } from '../core/log-request.ts'
import type { Journal } from '../core/ports.ts'

export type LogReader = {
  /** Reads a log and follows it; what was followed before is let go, but for the other log when it stands `beside`. */
  open(request: LogRequest, beside: boolean): Promise<void>
  /** One of two, or all. */
  close(source?: LogRequest['source']): void
}

/** Milliseconds in which lines are gathered: a burst of 20,000 lines a second becomes twenty events. */
const gathering = 50

/** Reads the log of the open pane and tells its lines in batches. */
export const createLogReader = (journal: Journal, tell: (event: Event) => void): LogReader => {
  const readings = new Map<LogRequest['source'], AbortController>()
  const close = (source?: LogRequest['source']): void => {
    for (const [which, reading] of readings) if (source === undefined || which === source) reading.abort()
  }
  return {
    open: (request, beside) => {
      close(beside ? request.source : undefined)
      const reading = new AbortController()
      readings.set(request.source, reading)
      return follow(journal, request, reading, tell)
    },
    close,
  }
}

const follow = async (
  journal: Journal,
  request: LogRequest,
  reading: AbortController,
  tell: (event: Event) => void,
): Promise<void> => {
  const { signal } = reading
  const { unit, source, units } = request
  let batch: JournalEntry[] = []
  let timer: NodeJS.Timeout | undefined
  // A pane that was closed and opened again reads anew: what the former reading still holds would be there twice.
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (signal.aborted) return
    if (batch.length > 0) tell({ type: 'log-lines', unit, source, entries: units.length > 1 ? byTime([batch]) : batch })
    batch = []
  }
  const take = (entry: JournalEntry): void => {
    batch.push(entry)
    timer ??= setTimeout(flush, gathering)
  }
  try {
    await (units.length > 1
      ? mergedOf(journal, request, signal, take)
      : followed(journal, queryOf(request, unit), signal, take))
  } catch (thrown) {
    flush()
    if (!signal.aborted)
      tell({ type: 'log-failed', unit, source, text: failureWords(problemOf(thrown, 'reading the log')) })
    // One of several that cannot be read: a log that lacks it in silence would be believed.
    reading.abort()
  }
}

/** What was asked is a whole command line of journalctl, and asking changes nothing: what came of it is worth more. */
const failureWords = (problem: Problem): string => {
  const { title, evidence } = explain(problem)
  const said = evidence.at(-1)
  if (problem.kind === 'connection-lost') return title
  return problem.kind === 'command-failed' && said !== undefined ? `${title}: ${said}` : problemLine(problem)
}

/** Until it is let go: who takes a log that ended for a quiet one waits in vain. */
const followed = async (
  journal: Journal,
  query: JournalQuery,
  signal: AbortSignal,
  take: (entry: JournalEntry) => void,
): Promise<void> => {
  for await (const entry of journal.read(query, signal)) take(entry)
  if (!signal.aborted) throw new Error('it ended without saying why')
}

/** The past of all units in the order of time; then each is followed from where its past ended. */
const mergedOf = async (
  journal: Journal,
  request: LogRequest,
  signal: AbortSignal,
  take: (entry: JournalEntry) => void,
): Promise<void> => {
  const pasts = await Promise.all(request.units.map(unit => pastOf(journal, request, unit, signal)))
  byTime(pasts).forEach(take)
  await Promise.all(
    request.units.map((unit, at) => {
      const onward = {
        lines: null,
        since: null,
        afterCursor: pasts[at]?.findLast(({ cursor }) => cursor)?.cursor ?? null,
      }
      const { since } = onward.afterCursor === null ? request.range : onward
      const query = { ...queryOf(request, unit), ...onward, since }
      return followed(journal, query, signal, entry => take({ ...entry, unit }))
    }),
  )
}

const pastOf = async (
  journal: Journal,
  request: LogRequest,
  unit: string,
  signal: AbortSignal,
): Promise<readonly JournalEntry[]> => {
  const entries: JournalEntry[] = []
  for await (const entry of journal.read({ ...queryOf(request, unit), follow: false }, signal))
    entries.push({ ...entry, unit })
  return entries
}
