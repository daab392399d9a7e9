import { at, type Layout } from './log-move.ts'
import type { LogPane } from './log-pane.ts'
import { narrowed } from './log-scope.ts'
import { endedTraceback } from './log-traceback.ts'
import { cursorOf, isHidden } from './log-walk.ts'
import { itemAt } from './sequence.ts'

/** Opens the cell error at the cursor, or closes it, from any of its lines. */
export const toggleTraceback = (pane: LogPane, layout: Layout): LogPane | null => {
  const number = cursorOf(pane)
  const line = number === null ? undefined : itemAt(pane.lines, number)
  const traceback = line?.ends ?? line?.part ?? null
  const headline = traceback === null ? null : (endedTraceback(pane.tracing, traceback)?.headline ?? null)
  return headline === null ? null : at(withOpened(pane, headline, !pane.opened.has(headline)), headline, layout)
}

/** Opens what hides the line. */
export const revealed = (pane: LogPane, number: number): LogPane => {
  const line = itemAt(pane.lines, number)
  if (line === undefined || line.part === null || !isHidden(pane, line)) return pane
  return withOpened(pane, endedTraceback(pane.tracing, line.part)?.headline ?? number, true)
}

const withOpened = (pane: LogPane, headline: number, isOpen: boolean): LogPane => {
  const opened = new Set(pane.opened)
  if (isOpen) opened.add(headline)
  else opened.delete(headline)
  return narrowed({ ...pane, opened, following: false, cursor: headline })
}
