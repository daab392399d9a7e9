import type { LogPane } from './log-pane.ts'
import { cursorOf, nearest, shownAfter, shownBefore, step, walk } from './log-walk.ts'

/** The room a pane has, and how many of its rows a line takes: long ones may wrap, and a run begins with a row of its own. */
export type Layout = { readonly height: number; readonly rowsOf: (pane: LogPane, number: number) => number }

/** Moves the cursor by lines; reaching the end does not start following, `f` and `G` do. */
export const scroll = (pane: LogPane, by: number, layout: Layout): LogPane => {
  const cursor = walk(pane, cursorOf(pane), by)
  return cursor === null ? pane : at(pane, cursor, layout)
}

/** A screenful up or down. */
export const page = (pane: LogPane, direction: 1 | -1, layout: Layout): LogPane => {
  let cursor = cursorOf(pane)
  if (cursor === null) return pane
  let rows = 0
  do {
    const next = step(pane, cursor, direction)
    if (next === null) break
    cursor = next
    rows += layout.rowsOf(pane, cursor)
  } while (rows < layout.height - 1)
  return at(pane, cursor, layout)
}

export const follow = (pane: LogPane, following = !pane.following): LogPane => {
  const last = shownBefore(pane, pane.lines.end) ?? 0
  return { ...pane, following, cursor: last, bottom: last, anchor: null, unseen: following ? 0 : pane.unseen }
}

/** Puts the cursor on a line; one that is not on the screen comes to the middle of it when it is `far`. */
export const at = (pane: LogPane, cursor: number, layout: Layout, far = false): LogPane => {
  const { bottom } = windowOf(pane, layout)
  const moved = { ...pane, following: false, cursor }
  return { ...moved, bottom: bottomFor(moved, bottom, layout, far) }
}

/** In another place the first line of the screen is the same one, as far as that keeps the cursor on it. */
export const placedIn = (pane: LogPane, before: Layout, layout: Layout): LogPane => {
  const [top] = windowOf(pane, before).numbers
  return pane.following || top === undefined ? pane : { ...pane, bottom: below(pane, top, layout.height, layout) }
}

export type Window = { readonly numbers: readonly number[]; readonly bottom: number }

/** The lines on the screen, always with the cursor among them. Of the uppermost one there may be room for its last rows only. */
export const windowOf = (pane: LogPane, layout: Layout): Window => {
  const cursor = cursorOf(pane)
  if (cursor === null) return { numbers: [], bottom: 0 }
  const place = pane.following ? cursor : (nearest(pane, pane.bottom) ?? cursor)
  const bottom = bottomFor({ ...pane, cursor }, place, layout, false)
  const numbers = above(pane, bottom, layout)
  // Near the start there is not enough above: what comes next fills the pane.
  let rows = numbers.reduce((sum, number) => sum + layout.rowsOf(pane, number), 0)
  let last = bottom
  while (rows < layout.height) {
    const next = shownAfter(pane, last)
    if (next === null) break
    numbers.push(next)
    rows += layout.rowsOf(pane, next)
    last = next
  }
  return { numbers, bottom: last }
}

/** The last line on the screen so that the cursor is on it, moved no further than needed, or to the middle when it was `far`. */
const bottomFor = (pane: LogPane, bottom: number, layout: Layout, far: boolean): number => {
  const { cursor } = pane
  const top = above(pane, bottom, layout)[0] ?? bottom
  if (cursor >= top && cursor <= bottom) return bottom
  if (cursor > bottom && !far) return cursor
  return below(pane, cursor, far ? Math.ceil(layout.height / 2) : layout.height, layout)
}

/** The lines that end with this one, as many as there is room for. */
const above = (pane: LogPane, bottom: number, { height, rowsOf }: Layout): number[] => {
  const numbers = [bottom]
  let rows = rowsOf(pane, bottom)
  for (let number = shownBefore(pane, bottom); number !== null && rows < height; number = shownBefore(pane, number)) {
    numbers.push(number)
    rows += rowsOf(pane, number)
  }
  return numbers.reverse()
}

/** The last line that has room when this one is the first. */
const below = (pane: LogPane, top: number, room: number, { rowsOf }: Layout): number => {
  let last = top
  let rows = rowsOf(pane, top)
  for (let number = shownAfter(pane, top); number !== null; number = shownAfter(pane, number)) {
    rows += rowsOf(pane, number)
    if (rows > room) break
    last = number
  }
  return last
}
