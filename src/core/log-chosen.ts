import type { JournalQuery } from './journal.ts'
import { firstRange, type LogRequest, onePaper } from './log-request.ts'
import { rowsOf } from './rows.ts'
import type { State } from './state.ts'

/** Each is a reader of its own, and an ssh server gives one connection ten of them. */
const most = 8

/** The log that `l` or `e` opens: of this paper, or the journals of all marked ones as one; or why there is none. */
export const logOf = (state: State, paper: string | null, source: JournalQuery['source']): LogRequest | string => {
  // Beside an operation one wants to read about its paper.
  const isOfOperation = paper !== state.ui.cursor
  const marked = source === 'journal' && !isOfOperation ? markedOf(state) : []
  if (marked.length > most) return `${marked.length} papers are marked: one log takes at most ${most}.`
  const [first] = marked
  if (first !== undefined && marked.length > 1)
    return { unit: marked.join(' + '), units: marked, source, range: firstRange }
  const unit = first ?? paper
  return unit === null ? 'No paper is selected.' : onePaper(unit, source)
}

/** In the order of the grid, hidden ones too. */
const markedOf = (state: State): readonly string[] =>
  rowsOf({ ...state, ui: { ...state.ui, filter: '', faultsOnly: false } })
    .map(({ paper }) => paper.id)
    .filter(id => state.ui.marks.has(id))
