import type { Cell, Screen } from '../../test/console/cells.ts'
import { drawnPath } from './drawn.ts'
import type { Palette } from './palette.ts'
import { groundsOf, type Kind, type Run, runsOf } from './runs.ts'
import { cell, inWindow, type Words } from './window.ts'
import { escaped } from './xml.ts'

/** A screen as a picture of its window. */
export const svgOf = (screen: Screen, words: Words): string =>
  inWindow(
    { columns: screen[0]?.length ?? 0, rows: screen.length },
    words,
    screen.map((row, at) => rowMarkup(row, at, words.palette)).join(''),
  )

/** One row: its text on its backgrounds. */
export const rowMarkup = (row: readonly Cell[], at: number, palette: Palette): string =>
  [...groundMarkups(row, at, palette), ...textMarkups(row, at, palette)].join('')

export const groundMarkups = (row: readonly Cell[], at: number, palette: Palette): readonly string[] =>
  groundsOf(row, palette).map(({ column, width, colour }) => {
    const [x, y, across] = [column * cell.width, at * cell.height, width * cell.width]
    return `<path fill="${colour}" d="M${x} ${y}h${across}v${cell.height}h-${across}z"/>`
  })

/** Each run says where it is and how long, so that no font moves what stands beside it. */
export const textMarkups = (row: readonly Cell[], at: number, palette: Palette): readonly string[] =>
  runsOf(row, palette).map(run => runMarkup(run, at, palette))

const runMarkup = (run: Run, row: number, palette: Palette): string =>
  run.kind === 'drawn'
    ? `<path${fillOf(run, palette)} d="${drawnPath(run.text, run.column, row, run.paint.bold)}"/>\n`
    : `<text${placeOf(run, row)}${fillOf(run, palette)}${lookOf(run)}>${escaped(run.text)}</text>\n`

/** A single letter needs no length: nothing of its own run stands behind it. */
const placeOf = ({ column, width, text, kind }: Run, row: number): string =>
  ` x="${column * cell.width}" y="${row * cell.height + baselines[kind]}"${[...text].length > 1 ? ` textLength="${width * cell.width}"` : ''}`

/** Korean stands lower than Latin letters do, and is set larger. */
const baselines: Readonly<Record<Kind, number>> = { letters: 15, signs: 15, drawn: 15, wide: 16 }

const fillOf = ({ paint }: Run, { foreground }: Palette): string =>
  paint.fill === foreground ? '' : ` fill="${paint.fill}"`

const lookOf = ({ kind, paint }: Run): string =>
  [
    kind === 'wide' ? ' class="wide"' : '',
    paint.bold ? ' font-weight="bold"' : '',
    paint.underline ? ' text-decoration="underline"' : '',
  ].join('')
