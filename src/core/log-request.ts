import type { JournalQuery } from './journal.ts'

/** How far back a pane reads before it follows. */
export type Range = { readonly words: string; readonly lines: number | null; readonly since: string | null }

/** What a pane asks to be read: several units are one stream, in the order of time. */
export type LogRequest = {
  /** The unit, or all of them in one text: which pane asks. */
  readonly unit: string
  readonly units: readonly string[]
  readonly source: JournalQuery['source']
  readonly range: Range
}

/** What a pane begins with, and what `s` goes through from there. */
export const firstRange: Range = { words: 'last 500 lines', lines: 500, since: null }

export const ranges: readonly Range[] = [
  firstRange,
  { words: 'last 5 minutes', lines: null, since: '-5min' },
  { words: 'last hour', lines: null, since: '-1h' },
  { words: 'today', lines: null, since: 'today' },
  { words: 'all', lines: null, since: null },
]

/** The log of one paper, as it begins. */
export const onePaper = (unit: string, source: JournalQuery['source']): LogRequest => ({
  unit,
  units: [unit],
  source,
  range: firstRange,
})

/** Far enough for the run before this one, wherever it does not end in the last lines. */
export const farRange: Range = { words: 'last 20,000 lines', lines: 20_000, since: null }

export const nextRange = (range: Range): Range => ranges[(ranges.indexOf(range) + 1) % ranges.length] ?? firstRange

/** The question to the journal for one of the units. */
export const queryOf = ({ source, range }: LogRequest, unit: string): JournalQuery => ({
  unit,
  source,
  lines: range.lines,
  follow: true,
  since: range.since,
  priority: null,
  afterCursor: null,
  invocation: null,
})
