import type { JournalQuery } from './journal.ts'
import { pressInGrid, toggleLog } from './keys-grid.ts'
import { only, type Pressed } from './pressed.ts'
import { rowsOf } from './rows.ts'
import type { State } from './state.ts'

/** A key of the grid, pressed on this paper and on no other. */
export const pressAt = (state: State, paper: string, key: string): Pressed => {
  const there = aimedAt(state, paper)
  const source = sources[key]
  // Beside an operation these two keys are else about its paper.
  return withMarks(state, source === undefined ? pressInGrid(there, key) : toggleLog(there, source, paper))
}

const sources: Readonly<Record<string, JournalQuery['source']>> = { l: 'journal', e: 'error' }

/** What was marked before stays marked: it was only left out of what the one paper was asked to do. */
export const withMarks = ({ ui: { marks } }: State, { state, effects }: Pressed): Pressed =>
  only({ ...state, ui: { ...state.ui, marks: new Set([...marks, ...state.ui.marks]) } }, ...effects)

/** The state in which a key acts on this paper and no other. */
export const aimed = (state: State, paper: string): State => ({
  ...state,
  ui: { ...state.ui, cursor: paper, marks: new Set(), filter: '', faultsOnly: false },
})

/** As `aimed`, with the filter as it is unless it hides the paper. */
export const aimedAt = (state: State, paper: string): State => {
  const { filter, faultsOnly } = state.ui
  const isListed = rowsOf(state).some(row => row.paper.id === paper)
  const there = aimed(state, paper)
  return isListed ? { ...there, ui: { ...there.ui, filter, faultsOnly } } : there
}
