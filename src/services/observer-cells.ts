import { frameOfPaper, nothingTold, type Told, toldBy } from '../core/cell-facts.ts'
import type { CellFacts } from '../core/facts.ts'
import type { JournalQuery } from '../core/journal.ts'
import type { World } from '../core/ports.ts'

/**
 * Counts the cell errors of a paper, and keeps the last exception it named and where it was raised. Each visitor of a paper whose
 * cells raise leaves one such line in the journal; only the present run counts, and each line is read once.
 */
export const createCellErrors = ({
  units,
  journal,
  config,
}: World): ((id: string, notebook: string | null) => Promise<CellFacts>) => {
  const readSoFar = new Map<string, { invocation: string; cursor: string | null; told: Told }>()
  return async (id, notebook) => {
    const { invocation } = await units.unit(id)
    if (invocation === null) return nothingTold.facts
    const frameOf = frameOfPaper(config.gpu.project, notebook ?? `${id}.py`)
    const before = readSoFar.get(id)
    let { cursor, told } = before?.invocation === invocation ? before : { cursor: null, told: nothingTold }
    for await (const entry of journal.read(query(id, invocation, cursor), AbortSignal.timeout(10_000))) {
      cursor = entry.cursor ?? cursor
      told = toldBy(told, entry, frameOf)
    }
    readSoFar.set(id, { invocation, cursor, told })
    return told.facts
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
