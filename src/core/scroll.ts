import { type Line, ruleKeeping } from './line.ts'

/** A text that may be longer than its place: the lines from one on, below a heading that says which they are and how to see the others. */
export const scrolled = (
  title: string,
  lines: readonly Line[],
  from: number,
  { columns, height }: { readonly columns: number; readonly height: number },
): readonly Line[] => {
  const space = Math.max(1, height - 1)
  const first = Math.max(0, Math.min(from, lines.length - space))
  const shown = lines.slice(first, first + space)
  const position = positionOf(first, shown.length, lines.length, 'j k')
  return [ruleKeeping(title, position ?? ['Esc goes back'], columns, true), ...shown]
}

/** `1-9 of 14, j k scroll`, in several lengths, the longest first; null when all is seen. */
export const positionOf = (from: number, shown: number, all: number, keys: string): readonly string[] | null => {
  if (shown >= all) return null
  const position = `${from + 1}-${from + shown} of ${all}, ${keys}`
  return [`${position} scroll, Esc back`, `${position} scroll`, position]
}

/** How far a key scrolls on a screen of so many rows; undefined for one that does not. */
export const scrollBy = (key: string, rows: number): number | undefined => {
  const page = pageOf(rows)
  return {
    ...{ j: 1, down: 1, k: -1, up: -1, pagedown: page, pageup: -page },
    ...{ g: -Infinity, home: -Infinity, G: Infinity, end: Infinity },
  }[key]
}

/** About what is seen of a list at once: some of it stays on the screen. */
const pageOf = (rows: number): number => Math.max(1, rows - 8)
