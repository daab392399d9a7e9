import type { JournalEntry, JournalQuery } from './journal.ts'

/** A journal pane: a bounded buffer and where one looks at it. */
export type LogPane = {
  readonly unit: string
  readonly source: JournalQuery['source']
  readonly entries: readonly JournalEntry[]
  readonly bytes: number
  /** Lines that came since the pane was opened, also those dropped since. */
  readonly total: number
  readonly following: boolean
  /** Index of the last line shown when not following. */
  readonly bottom: number
  /** Lines that came while not following. */
  readonly unseen: number
  readonly failed: string | null
}

const maxLines = 20_000
const maxBytes = 8 * 1024 * 1024

export const openPane = (unit: string, source: JournalQuery['source']): LogPane => ({
  unit,
  source,
  entries: [],
  bytes: 0,
  total: 0,
  following: true,
  bottom: 0,
  unseen: 0,
  failed: null,
})

/** New lines at the end; the oldest go when the pane is over its bounds. What one looks at stays where it is. */
export const appendLines = (pane: LogPane, added: readonly JournalEntry[]): LogPane => {
  if (added.length === 0) return pane
  const all = pane.entries.concat(added)
  let bytes = pane.bytes + added.reduce((sum, entry) => sum + bytesOf(entry), 0)
  let dropped = Math.max(0, all.length - maxLines)
  for (const entry of all.slice(0, dropped)) bytes -= bytesOf(entry)
  while (bytes > maxBytes && dropped < all.length - 1) bytes -= bytesOf(all[dropped++])
  return {
    ...pane,
    entries: dropped === 0 ? all : all.slice(dropped),
    bytes,
    total: pane.total + added.length,
    bottom: pane.following ? all.length - dropped - 1 : Math.max(0, pane.bottom - dropped),
    unseen: pane.following ? 0 : pane.unseen + added.length,
  }
}

const utf8 = new TextEncoder()

const bytesOf = (entry: JournalEntry | undefined): number => (entry === undefined ? 0 : utf8.encode(entry.text).length)

/** Moves by lines; reaching the end does not start following, `f` and `G` do. */
export const scroll = (pane: LogPane, by: number, height: number): LogPane => {
  const last = pane.entries.length - 1
  const from = pane.following ? last : pane.bottom
  const bottom = Math.max(Math.min(height - 1, last), Math.min(last, from + by))
  return { ...pane, following: false, bottom }
}

export const follow = (pane: LogPane, following = !pane.following): LogPane => ({
  ...pane,
  following,
  bottom: pane.entries.length - 1,
  unseen: following ? 0 : pane.unseen,
})

/** The lines a pane of this height shows. */
export const visibleLines = (pane: LogPane, height: number): readonly JournalEntry[] => {
  const end = (pane.following ? pane.entries.length - 1 : pane.bottom) + 1
  // The lines one looked at may be dropped by now: then the oldest that are left fill the pane.
  const from = Math.max(0, end - height)
  return pane.entries.slice(from, from + height)
}
