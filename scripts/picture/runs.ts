import type { Cell } from '../../test/console/cells.ts'
import { isDrawn } from './drawn.ts'
import { type Paint, type Palette, paintOf } from './palette.ts'

/** How a run is set: narrow letters, wide ones, lines and blocks that must touch, and signs a viewer's font may not have. */
export type Kind = 'letters' | 'wide' | 'drawn' | 'signs'

/** Cells beside each other that are set alike. */
export type Run = {
  readonly column: number
  readonly width: number
  readonly text: string
  readonly kind: Kind
  readonly paint: Paint
}

export type Ground = { readonly column: number; readonly width: number; readonly colour: string }

/** The text of a row. Blanks end a run when there are two of them, so that columns stay where they are in any font. */
export const runsOf = (row: readonly Cell[], palette: Palette): readonly Run[] => {
  const runs: Run[] = []
  for (const run of row.flatMap((cell, column) => single(cell, column, palette))) {
    const before = runs.at(-1)
    if (before !== undefined && isSetAlike(before, run)) runs[runs.length - 1] = joined(before, run)
    else if (run.text !== ' ') runs.push(run)
  }
  return runs.map(withoutTrailingBlank)
}

/** The stretches of a row that have a background of their own. */
export const groundsOf = (row: readonly Cell[], palette: Palette): readonly Ground[] => {
  const grounds: Ground[] = []
  for (const [column, cell] of row.entries()) {
    const colour = paintOf(cell, palette).ground
    const before = grounds.at(-1)
    if (colour === null) continue
    if (before?.colour === colour && before.column + before.width === column)
      grounds[grounds.length - 1] = { ...before, width: before.width + 1 }
    else grounds.push({ column, width: 1, colour })
  }
  return grounds
}

/** A cell as a run of its own; the right half of a wide character is none. */
const single = (cell: Cell, column: number, palette: Palette): readonly Run[] => {
  if (cell.width === 0) return []
  const text = cell.text === '' ? ' ' : cell.text
  return [{ column, width: cell.width, text, kind: kindOf(text, cell.width), paint: paintOf(cell, palette) }]
}

const kindOf = (text: string, width: number): Kind => {
  if (width === 2) return 'wide'
  if (isDrawn(text)) return 'drawn'
  return /^[\u2000-\uffff]/.test(text) ? 'signs' : 'letters'
}

const isSetAlike = (a: Run, b: Run): boolean =>
  a.column + a.width === b.column &&
  a.kind === b.kind &&
  !(a.text.endsWith(' ') && b.text === ' ') &&
  a.paint.fill === b.paint.fill &&
  a.paint.bold === b.paint.bold &&
  a.paint.underline === b.paint.underline

const joined = (a: Run, b: Run): Run => ({ ...a, width: a.width + b.width, text: a.text + b.text })

const withoutTrailingBlank = (run: Run): Run =>
  run.text.endsWith(' ') ? { ...run, width: run.width - 1, text: run.text.slice(0, -1) } : run
