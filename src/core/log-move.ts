import type { LogPane } from './log-pane.ts'
import { cursorOf, nearest, shownAfter, shownBefore, step, walk } from './log-walk.ts'

/** The room a pane has, and how many of its rows a line takes: long ones may wrap, and a run begins with a row of its own. */
export type Layout = { readonly height: number; readonly rowsOf: (pane: LogPane, number: number) => number }

/** Moves the cursor by lines; reaching the end does not start following, `f` and `G` do. */
export const scroll = (pane: LogPane, by: number, layout: Layout): LogPane => {
  const cursor = walk(pane, cursorOf(pane), by)
  if (cursor === null) return pane
  return by === -Infinity ? at(pane, cursor, layout) : (within(pane, by, layout) ?? onto(pane, cursor, by, layout))
}

/** A screenful up or down. */
export const page = (pane: LogPane, direction: 1 | -1, layout: Layout): LogPane => {
  let cursor = cursorOf(pane)
  if (cursor === null) return pane
  const inside = within(pane, direction * Math.max(1, layout.height - 1), layout)
  if (inside !== null) return inside
  let rows = 0
  do {
    const next = step(pane, cursor, direction)
    if (next === null) break
    cursor = next
    rows += layout.rowsOf(pane, cursor)
  } while (rows < layout.height - 1)
  return onto(pane, cursor, direction, layout)
}

/** By rows within the cursor's line, where that is taller than the pane; null where it goes on no further. */
const within = (pane: LogPane, by: number, layout: Layout): LogPane | null => {
  const cursor = cursorOf(pane)
  const last = cursor === null ? 0 : layout.rowsOf(pane, cursor) - layout.height
  if (cursor === null || last <= 0) return null
  const { rowsAbove } = windowOf(pane, layout)
  const moved = Math.max(0, Math.min(last, rowsAbove + by))
  return moved === rowsAbove ? null : { ...at(pane, cursor, layout), rowsAbove: moved }
}

/** To the line at the end of a way up or down. One that is taller than the pane is met at the end one comes from. */
const onto = (pane: LogPane, cursor: number, by: number, layout: Layout): LogPane => {
  const { rowsAbove } = cursor === cursorOf(pane) ? windowOf(pane, layout) : { rowsAbove: by < 0 ? Infinity : 0 }
  return { ...at(pane, cursor, layout), rowsAbove }
}

export const follow = (pane: LogPane, following = !pane.following): LogPane => {
  const last = shownBefore(pane, pane.lines.end) ?? 0
  return {
    ...pane,
    following,
    cursor: last,
    bottom: last,
    rowsAbove: Infinity,
    anchor: null,
    unseen: following ? 0 : pane.unseen,
  }
}

/** Puts the cursor on a line; one that is not on the screen comes to the middle of it when it is `far`. */
export const at = (pane: LogPane, cursor: number, layout: Layout, far = false): LogPane => {
  const { bottom } = windowOf(pane, layout)
  const moved = { ...pane, following: false, cursor, rowsAbove: 0 }
  return { ...moved, bottom: bottomFor(moved, bottom, layout, far) }
}

/** In another place the first line of the screen is the same one, as far as that keeps the cursor on it. */
export const placedIn = (pane: LogPane, before: Layout, layout: Layout): LogPane => {
  const [top] = windowOf(pane, before).numbers
  return pane.following || top === undefined ? pane : { ...pane, bottom: below(pane, top, layout.height, layout) }
}

/** `rowsAbove`: how many rows of the uppermost line are above the screen; `bottom`: the last line of which all is on it. */
export type Window = { readonly numbers: readonly number[]; readonly rowsAbove: number; readonly bottom: number }

/** The lines on the screen, always with the cursor among them. Of the uppermost and the last one there may be room for a part only. */
export const windowOf = (pane: LogPane, layout: Layout): Window => {
  const cursor = cursorOf(pane)
  if (cursor === null) return { numbers: [], rowsAbove: 0, bottom: 0 }
  const place = pane.following ? cursor : (nearest(pane, pane.bottom) ?? cursor)
  const bottom = bottomFor({ ...pane, cursor }, place, layout, false)
  const numbers = above(pane, bottom, layout)
  let rows = rowsOfAll(pane, numbers, layout)
  const surplus = Math.max(0, rows - layout.height)
  const isRead = numbers[0] === cursor && !pane.following
  // Near the start there is not enough above: what comes next fills the pane.
  let last = bottom
  while (rows < layout.height) {
    const next = shownAfter(pane, last)
    if (next === null) break
    numbers.push(next)
    rows += layout.rowsOf(pane, next)
    if (rows > layout.height) break
    last = next
  }
  return { numbers, rowsAbove: isRead ? Math.min(pane.rowsAbove, surplus) : surplus, bottom: last }
}

/** The last line on the screen so that the cursor is on it, moved no further than needed, or to the middle when it was `far`. */
const bottomFor = (pane: LogPane, bottom: number, layout: Layout, far: boolean): number => {
  const { cursor } = pane
  const numbers = above(pane, bottom, layout)
  const top = numbers[0] ?? bottom
  const isCut = cursor === top && rowsOfAll(pane, numbers, layout) > layout.height
  if (cursor >= top && cursor <= bottom && !isCut) return bottom
  if (cursor > bottom && !far) return cursor
  return below(pane, cursor, far ? Math.ceil(layout.height / 2) : layout.height, layout)
}

const rowsOfAll = (pane: LogPane, numbers: readonly number[], { rowsOf }: Layout): number =>
  numbers.reduce((sum, number) => sum + rowsOf(pane, number), 0)

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
