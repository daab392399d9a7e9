import type { LogLine, LogPane } from './log-pane.ts'
import { endedTraceback } from './log-traceback.ts'
import { itemAt, lowerBound } from './sequence.ts'

/** The line the keys act on; null in an empty pane. */
export const cursorOf = (pane: LogPane): number | null =>
  pane.following ? shownBefore(pane, pane.lines.end) : nearest(pane, pane.cursor)

/** The line itself when it is shown, else the one before it, else the one after it. */
export const nearest = (pane: LogPane, number: number): number | null =>
  shownBefore(pane, number + 1) ?? shownAfter(pane, number)

export const shownBefore = (pane: LogPane, number: number): number | null => step(pane, number, -1)

export const shownAfter = (pane: LogPane, number: number): number | null => step(pane, number, 1)

/** A line of a closed traceback. */
export const isHidden = ({ tracing, opened }: LogPane, { part }: LogLine): boolean => {
  const headline = part === null ? null : (endedTraceback(tracing, part)?.headline ?? null)
  return headline !== null && !opened.has(headline)
}

export const step = (pane: LogPane, number: number, direction: 1 | -1): number | null => {
  const { shown, lines } = pane
  if (shown === null) {
    const start = direction === 1 ? Math.max(number + 1, lines.first) : Math.min(number - 1, lines.end - 1)
    for (let next = start; next >= lines.first && next < lines.end; next += direction)
      if (isVisible(pane, next)) return next
    return null
  }
  const start = direction === 1 ? lowerBound(shown, number + 1) : lowerBound(shown, number) - 1
  for (let index = start; index >= shown.first && index < shown.end; index += direction) {
    const next = itemAt(shown, index)
    if (next !== undefined && isVisible(pane, next)) return next
  }
  return null
}

const isVisible = (pane: LogPane, number: number): boolean => {
  const line = itemAt(pane.lines, number)
  return line !== undefined && !isHidden(pane, line)
}

export const walk = (pane: LogPane, start: number | null, by: number): number | null => {
  if (by === -Infinity) return shownAfter(pane, -1)
  let present = start
  for (let left = Math.abs(by); left > 0 && present !== null; left--) {
    const next = step(pane, present, by > 0 ? 1 : -1)
    if (next === null) break
    present = next
  }
  return present
}
