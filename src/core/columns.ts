/** The columns of the grid, in the order they stand in unless the config says otherwise. */
export const columnNames = ['paper', 'title', 'port', 'unit', 'up', 'gpu', 'edge', 'verdict'] as const

export type Column = (typeof columnNames)[number]

/** A column as it is drawn on a screen of some width. */
export type Shown = {
  readonly column: Column
  readonly heading: string
  readonly width: number
  readonly align: 'left' | 'right'
}

/** Cursor, mark, sign and a blank stand before the first column on every row. */
const before = 4
const gap = 2

/**
 * The chosen columns, in their order, as a screen of this width has room for: the least important leave until the rest fits.
 * `ids`: as they are listed; the paper's column always stays.
 */
export const columnsFor = (chosen: readonly Column[], width: number, ids: readonly string[]): readonly Shown[] => {
  // A blank between the id and the sign of a journal that moves, where the screen is not narrow.
  const blank = width < 60 ? 0 : 1
  const longest = Math.max(10, ...ids.map(id => id.length + blank))
  // One long id must not take the room of the verdict's words.
  const paper = Math.min(width < 140 ? 18 : 24, longest)
  const isRoomy = neededFor(chosen, paper, roomy) <= width
  const sizes = isRoomy ? roomy : compact
  const kept = isRoomy ? chosen : keptIn(chosen, width, paper)
  const widths = widened(kept, { ...sizes, paper }, width, longest)
  return kept.map(column => ({
    column,
    heading: headingFor(column, isRoomy),
    width: widths[column],
    align: isNumber(column) ? 'right' : 'left',
  }))
}

/** In this order they leave a screen that is too narrow. The paper never does. */
export const leaving: readonly Column[] = ['up', 'title', 'gpu', 'port', 'verdict', 'edge', 'unit']

/** Where little room is left the id is cut before unit or edge leave; all others leave before it is cut. */
const keptIn = (chosen: readonly Column[], width: number, paper: number): readonly Column[] => {
  let kept = chosen
  for (const next of leaving) {
    const least = next === 'edge' || next === 'unit' ? 8 : paper
    if (neededFor(kept, least, compact) <= width) return kept
    kept = kept.filter(column => column !== next)
  }
  return kept
}

type Sizes = Readonly<Record<Exclude<Column, 'paper'>, number>>

/** A title of twelve cells is readable; it only comes where the verdict's words have eight more than they need. */
const roomForTitle = 8
const compact: Sizes = { title: 12, port: 5, unit: 10, up: 5, gpu: 9, edge: 12, verdict: 12 }
/** `200 120ms` */
const leastEdge = 9
/** With the sparkline of the GPU memory, and the whole of a stale answer. */
const roomy: Sizes = { ...compact, gpu: 13, edge: 14 }

const neededFor = (columns: readonly Column[], paper: number, sizes: Sizes): number =>
  columns.reduce((sum, column) => sum + { ...sizes, paper }[column], before + gap * (columns.length - 1)) +
  (columns.includes('title') && columns.includes('verdict') ? roomForTitle : 0)

/** What is left over goes to the verdict's words and the title; without the verdict nothing is wider than it needs to be. */
const widened = (
  kept: readonly Column[],
  sizes: Readonly<Record<Column, number>>,
  width: number,
  longest: number,
): Readonly<Record<Column, number>> => {
  const isFixed = (column: Column): boolean => !['paper', 'title', 'verdict'].includes(column)
  const fixed = kept.filter(isFixed).reduce((sum, column) => sum + sizes[column], before + gap * (kept.length - 1))
  const [hasTitle, hasVerdict] = [kept.includes('title'), kept.includes('verdict')]
  // Beside the id there is a gap on one side at least, for the sign of a journal that moves.
  const room = width - fixed - (kept.length === 1 ? gap : 0)
  if (!hasTitle && !hasVerdict) {
    // The whole id says more than blanks between an answer and its time.
    const spared = kept.includes('edge') ? Math.max(0, Math.min(sizes.edge - leastEdge, longest - room)) : 0
    return { ...sizes, edge: sizes.edge - spared, paper: Math.max(8, Math.min(longest, room + spared)) }
  }
  const words = width - fixed - sizes.paper
  if (!hasVerdict) return { ...sizes, title: Math.min(60, words) }
  const title = hasTitle ? Math.max(sizes.title, Math.min(40, Math.floor(words * 0.32))) : 0
  return { ...sizes, title, verdict: words - title }
}

const isNumber = (column: Column): boolean => ['port', 'up', 'gpu'].includes(column)

const headingFor = (column: Column, isRoomy: boolean): string =>
  column === 'gpu' ? (isRoomy ? 'GPU MEMORY' : 'GPU MEM') : column.toUpperCase()
