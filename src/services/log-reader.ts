import { problemOf } from '../core/errors.ts'
import { problemLine } from '../core/explain.ts'
import type { JournalEntry, JournalQuery } from '../core/journal.ts'
import type { Journal } from '../core/ports.ts'
import type { Event } from '../core/state.ts'

export type LogReader = {
  /** Follows a log from its last lines on; what was followed before is let go. */
  open(unit: string, source: JournalQuery['source']): Promise<void>
  close(): void
}

/** Milliseconds in which lines are gathered: a burst of 20,000 lines a second becomes twenty events. */
const gathering = 50

/** Reads the log of the open pane and tells its lines in batches. */
export const createLogReader = (journal: Journal, tell: (event: Event) => void): LogReader => {
  let reading = new AbortController()
  return {
    open: (unit, source) => {
      reading.abort()
      reading = new AbortController()
      return follow(journal, unit, source, reading.signal, tell)
    },
    close: () => reading.abort(),
  }
}

const follow = async (
  journal: Journal,
  unit: string,
  source: JournalQuery['source'],
  signal: AbortSignal,
  tell: (event: Event) => void,
): Promise<void> => {
  let batch: JournalEntry[] = []
  let timer: NodeJS.Timeout | undefined
  // A pane that was closed and opened again reads anew: what the former reading still holds would be there twice.
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (signal.aborted) return
    if (batch.length > 0) tell({ type: 'log-lines', unit, source, entries: batch })
    batch = []
  }
  try {
    for await (const entry of journal.read(lastAndFollow(unit, source), signal)) {
      batch.push(entry)
      timer ??= setTimeout(flush, gathering)
    }
    flush()
  } catch (thrown) {
    flush()
    if (!signal.aborted) tell({ type: 'log-failed', text: ` ${problemLine(problemOf(thrown, 'reading the log'))}` })
  }
}

const lastAndFollow = (unit: string, source: JournalQuery['source']): JournalQuery => ({
  unit,
  source,
  lines: 500,
  follow: true,
  since: null,
  priority: null,
  afterCursor: null,
  invocation: null,
})
