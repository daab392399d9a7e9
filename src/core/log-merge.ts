import type { JournalEntry } from './journal.ts'

/** Several logs as one, in the order of time. Lines of one log never change places: one without a time stays behind the one before it. */
export const byTime = (logs: readonly (readonly JournalEntry[])[]): readonly JournalEntry[] =>
  logs
    .flatMap(entries => {
      let last = -Infinity
      return entries.map(entry => {
        last = Math.max(last, entry.at ?? last)
        return { entry, at: last }
      })
    })
    .sort((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ entry }) => entry)
