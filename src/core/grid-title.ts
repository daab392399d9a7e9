import { filterKind } from './filter.ts'
import { shownColumns } from './grid.ts'
import { rowsOf } from './rows.ts'
import { sortSign } from './signs.ts'
import { isRunning, type State } from './state.ts'
import { oneLine } from './text.ts'

/** `Papers ── sort: verdict ▴ ── filter (fuzzy): ~rag`, and how many are listed; where not all have room, which are seen. */
export const gridTitle = (
  state: State,
  { from, to }: { readonly from: number; readonly to: number },
): readonly [string, string] => {
  const { ui, observed } = state
  const kind = filterKind(ui.filter)
  const parts = ['Papers']
  // What is left out matters more than the order of what is left.
  if (kind === null || ui.columns >= 60)
    parts.push(`sort: ${sortWord(state)} ${sortSign(ui.sort.descending, ui.options.ascii)}`)
  if (ui.filter !== '') parts.push(`filter${kind === null ? '' : ` (${kind})`}: ${oneLine(ui.filter)}`)
  if (ui.faultsOnly) parts.push('only what is not ok')
  if (ui.marks.size > 0) parts.push(`${ui.marks.size} marked`)
  const unfinished = observed.unfinished.kind === 'never' ? 0 : observed.unfinished.value.length
  if (unfinished > 0 && !isRunning(state))
    parts.push(`${unfinished} interrupted operation${unfinished === 1 ? '' : 's'}: x repairs`)
  const [listed, all] = [rowsOf(state).length, observed.papers.size]
  const seen = to - from < listed ? `${from + 1}-${to} of ${listed}` : `${listed}`
  return [parts.join(' ── '), to - from < listed && listed === all ? seen : `${seen} of ${all}`]
}

/** As the column is called, where it is shown. */
const sortWord = (state: State): string => {
  const { column } = state.ui.sort
  return (shownColumns(state).find(shown => shown.column === column)?.heading ?? column).toLowerCase()
}
