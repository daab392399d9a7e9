import type { CellFacts } from '../core/facts.ts'
import { cellErrorWords, exceptionIn, isCellError, type JournalQuery } from '../core/journal.ts'
import type { World } from '../core/ports.ts'

const noCellErrors: CellFacts = { errors: 0, last: null, lastAt: null, exception: null }

/**
 * Counts the cell errors of a paper, and keeps the last exception it named. Each visitor of a paper whose cells raise leaves one such line in the journal; only the
 * present run counts, and each line is read once.
 */
export const createCellErrors = ({ units, journal }: World): ((id: string) => Promise<CellFacts>) => {
  const readSoFar = new Map<string, { invocation: string; cursor: string | null; facts: CellFacts }>()
  return async id => {
    const { invocation } = await units.unit(id)
    if (invocation === null) return noCellErrors
    const before = readSoFar.get(id)
    const same = before?.invocation === invocation
    let facts = same ? before.facts : noCellErrors
    let cursor = same ? before.cursor : null
    for await (const entry of journal.read(query(id, invocation, cursor), AbortSignal.timeout(10_000))) {
      cursor = entry.cursor ?? cursor
      const exception = entry.lifecycle ? null : exceptionIn(entry.text)
      if (exception !== null) facts = { ...facts, exception }
      if (isCellError(entry.text))
        facts = { ...facts, errors: facts.errors + 1, last: cellErrorWords(entry.text), lastAt: entry.at }
    }
    readSoFar.set(id, { invocation, cursor, facts })
    return facts
  }
}

const query = (unit: string, invocation: string, cursor: string | null): JournalQuery => ({
  unit,
  source: 'journal',
  lines: cursor === null ? 2_000 : null,
  follow: false,
  since: null,
  priority: null,
  afterCursor: cursor,
  invocation,
})
