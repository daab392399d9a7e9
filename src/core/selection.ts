import { rowsOf } from './rows.ts'
import type { State } from './state.ts'

/** The cursor's paper may be gone: then the row that took its place has it. Marks of papers that are gone go with them. */
export const keepSelection = (before: State, after: State): State => {
  const { papers } = after.observed
  const { cursor, marks } = after.ui
  const gone = [...marks].some(id => !papers.has(id))
  const kept = gone ? new Set([...marks].filter(id => papers.has(id))) : marks
  // Until a key was pressed nobody chose a paper: the first row is what needs a hand most.
  const stays = cursor !== null && papers.has(cursor) && after.handled > 0
  const moved = stays ? cursor : after.handled > 0 ? successor(before, after) : (rowsOf(after)[0]?.paper.id ?? null)
  return moved === cursor && !gone ? after : { ...after, ui: { ...after.ui, cursor: moved, marks: kept } }
}

/** The cursor on a row that is listed: a filter, or a paper that became ok, may have hidden its own. Stays where no row is left. */
export const onShownRow = (before: State, after: State): State => {
  const { cursor } = after.ui
  if (rowsOf(after).some(({ paper }) => paper.id === cursor)) return after
  const moved = successor(before, after)
  return moved === null ? after : { ...after, ui: { ...after.ui, cursor: moved } }
}

const successor = (before: State, after: State): string | null => {
  const row = rowsOf(before).findIndex(({ paper }) => paper.id === before.ui.cursor)
  const rows = rowsOf(after)
  return rows[Math.max(0, Math.min(row, rows.length - 1))]?.paper.id ?? null
}
