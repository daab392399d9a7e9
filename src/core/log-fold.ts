import { at, type Layout } from './log-move.ts'
import type { LogPane } from './log-pane.ts'
import { narrowed } from './log-scope.ts'
import { endedTraceback, type Traceback } from './log-traceback.ts'
import { cursorOf, isHidden, shownAfter } from './log-walk.ts'
import { itemAt } from './sequence.ts'

/** Opens the cell error at the cursor, or closes it, from any of its lines. */
export const toggleTraceback = (pane: LogPane, layout: Layout): LogPane | null => {
  const number = cursorOf(pane)
  const line = number === null ? undefined : itemAt(pane.lines, number)
  const part = line?.ends ?? line?.part ?? null
  const traceback = part === null ? null : endedTraceback(pane.tracing, part)
  const headline = traceback?.headline ?? null
  if (traceback === null || headline === null) return null
  const isOpen = pane.opened.has(headline)
  const toggled = withOpened(pane, headline, !isOpen)
  return isOpen ? at(toggled, headline, layout) : fromStart(toggled, traceback, headline, layout)
}

/** Its first line is on the screen, and as much after it as fits; the cursor is on the last of that, so that one reads on. */
const fromStart = (pane: LogPane, { lines }: Traceback, headline: number, layout: Layout): LogPane => {
  const start = at(pane, shownAfter(pane, (lines[0] ?? headline) - 1) ?? headline, layout)
  return { ...start, cursor: [...lines, headline].findLast(number => number <= start.bottom) ?? start.cursor }
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
