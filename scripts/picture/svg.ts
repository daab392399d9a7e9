import type { Cell, Screen } from '../../test/console/cells.ts'
import { drawnPath } from './drawn.ts'
import { theme } from './palette.ts'
import { groundsOf, type Kind, type Run, runsOf } from './runs.ts'
import { cell, inWindow, type Words } from './window.ts'
import { escaped } from './xml.ts'

/** A screen as a picture of its window. */
export const svgOf = (screen: Screen, words: Words): string =>
  inWindow({ columns: screen[0]?.length ?? 0, rows: screen.length }, words, screen.map(rowMarkup).join(''))

/** One row: its backgrounds, and its text on them. Each run says how long it is, so that no font moves what stands beside it. */
export const rowMarkup = (row: readonly Cell[], at: number): string => {
  const grounds = groundsOf(row).map(
    ({ column, width, colour }) =>
      `<path fill="${colour}" d="M${column * cell.width} ${at * cell.height}h${width * cell.width}v${cell.height}h-${width * cell.width}z"/>`,
  )
  return [...grounds, ...runsOf(row).map(run => runMarkup(run, at))].join('')
}

const runMarkup = (run: Run, row: number): string =>
  run.kind === 'drawn'
    ? `<path${fillOf(run)} d="${drawnPath(run.text, run.column, row, run.paint.bold)}"/>\n`
    : `<text${placeOf(run, row)}${fillOf(run)}${lookOf(run)}>${escaped(run.text)}</text>\n`

/** A single letter needs no length: nothing of its own run stands behind it. */
const placeOf = ({ column, width, text, kind }: Run, row: number): string =>
  ` x="${column * cell.width}" y="${row * cell.height + baselines[kind]}"${[...text].length > 1 ? ` textLength="${width * cell.width}"` : ''}`

/** Korean stands lower than Latin letters do, and is set larger. */
const baselines: Readonly<Record<Kind, number>> = { letters: 15, signs: 15, drawn: 15, wide: 16 }

const fillOf = ({ paint }: Run): string => (paint.fill === theme.foreground ? '' : ` fill="${paint.fill}"`)

const lookOf = ({ kind, paint }: Run): string =>
  [
    kind === 'wide' ? ' class="wide"' : '',
    paint.bold ? ' font-weight="bold"' : '',
    paint.underline ? ' text-decoration="underline"' : '',
  ].join('')
