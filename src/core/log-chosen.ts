import type { JournalQuery } from './journal.ts'
import { onePaper } from './log-pane.ts'
import { firstRange, type LogRequest } from './log-request.ts'
import { rowsOf } from './rows.ts'
import type { State } from './state.ts'

/** Each is a reader of its own, and an ssh server gives one connection ten of them. */
const most = 8

/** The log that `l` or `e` opens: of the paper at the cursor, or the journals of all marked ones as one; or why there is none. */
export const logOf = (state: State, source: JournalQuery['source']): LogRequest | string => {
  const { cursor, marks } = state.ui
  const marked = source === 'journal' ? markedOf(state) : []
  if (marks.size > 1 && marked.length > most)
    return `${marked.length} papers are marked: one log takes at most ${most}.`
  const [first] = marked
  if (first !== undefined && marked.length > 1)
    return { unit: marked.join(' + '), units: marked, source, range: firstRange }
  const unit = first ?? cursor
  return unit === null ? 'No paper is selected.' : onePaper(unit, source)
}

/** In the order of the grid, hidden ones too. */
const markedOf = (state: State): readonly string[] =>
  rowsOf({ ...state, ui: { ...state.ui, filter: '', faultsOnly: false } })
    .map(({ paper }) => paper.id)
    .filter(id => state.ui.marks.has(id))
