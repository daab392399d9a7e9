import { revealed } from './log-fold.ts'
import { at, type Layout } from './log-move.ts'
import type { LogPane } from './log-pane.ts'
import { hitAt } from './log-scope.ts'
import { cursorOf } from './log-walk.ts'
import { itemAt, lowerBound } from './sequence.ts'

/** The hit nearest above the cursor, or else the first one below it; without any the pane stays as it is. */
export const jumpTo = (pane: LogPane, layout: Layout): LogPane => {
  const { hits } = pane
  const after = lowerBound(hits, (cursorOf(pane) ?? 0) + 1)
  const hit = itemAt(hits, after - 1) ?? itemAt(hits, after)
  return hit === undefined ? pane : at(revealed(pane, hit), hit, layout, true)
}

/** The next hit below the cursor, or above it, and what to say of it. */
export const nextHit = (pane: LogPane, direction: 1 | -1, layout: Layout): readonly [LogPane, string] => {
  const { hits, find } = pane
  const words = find?.typed ?? ''
  if (hits.end === hits.first) return [pane, `Nothing here has ${words}.`]
  const cursor = cursorOf(pane) ?? 0
  const next = direction === 1 ? lowerBound(hits, cursor + 1) : lowerBound(hits, cursor) - 1
  const wraps = next < hits.first || next >= hits.end
  const hit = itemAt(hits, wraps ? (direction === 1 ? hits.first : hits.end - 1) : next) ?? cursor
  const { place, of } = hitAt(pane, hit)
  const wrapped = wraps ? `, wrapped to the ${direction === 1 ? 'start' : 'end'}` : ''
  return [at(revealed(pane, hit), hit, layout, true), `${words}: ${place} of ${of}${wrapped}`]
}
