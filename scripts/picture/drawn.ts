import { cell } from './window.ts'

/**
 * Lines and blocks, drawn instead of set: a viewer's font may lack them, or leave gaps where they must touch.
 * Light lines and the blocks of a bar are what a console uses; other signs of those ranges are set as text.
 */
export const isDrawn = (sign: string): boolean => sign in arms || sign in blocks

type Rect = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** The signs as one path, those that touch as one piece of it. */
export const drawnPath = (text: string, column: number, row: number, bold: boolean): string => {
  const pieces: Rect[] = []
  for (const [at, sign] of [...text].entries())
    for (const { x, y, width, height } of rectsOf(sign, bold ? 2.4 : 1.6)) {
      const piece = { x: x + (column + at) * cell.width, y: y + row * cell.height, width, height }
      const last = pieces.at(-1)
      if (last !== undefined && touches(last, piece))
        pieces[pieces.length - 1] = { ...last, width: piece.x + width - last.x }
      else pieces.push(piece)
    }
  return pieces.map(({ x, y, width, height }) => `M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}z`).join('')
}

const n = (value: number): string => String(Math.round(value * 100) / 100)

const touches = (a: Rect, b: Rect): boolean =>
  a.y === b.y && a.height === b.height && Math.abs(a.x + a.width - b.x) < 0.01

const rectsOf = (sign: string, thick: number): readonly Rect[] => {
  const block = blocks[sign]
  if (block !== undefined) return [block]
  const middle = { x: (cell.width - thick) / 2, y: (cell.height - thick) / 2 }
  const [across, down] = [(cell.width + thick) / 2, (cell.height + thick) / 2]
  const arm: Readonly<Record<string, Rect>> = {
    l: { x: 0, y: middle.y, width: across, height: thick },
    r: { x: middle.x, y: middle.y, width: across, height: thick },
    u: { x: middle.x, y: 0, width: thick, height: down },
    d: { x: middle.x, y: middle.y, width: thick, height: down },
    '-': { x: 0, y: middle.y, width: cell.width, height: thick },
    '|': { x: middle.x, y: 0, width: thick, height: cell.height },
  }
  return [...(arms[sign] ?? '')].flatMap(which => arm[which] ?? [])
}

/** Which ways the lines go from the middle of the cell. */
const arms: Readonly<Record<string, string>> = {
  '─': '-',
  '│': '|',
  '┌': 'rd',
  '┐': 'ld',
  '└': 'ru',
  '┘': 'lu',
  '╭': 'rd',
  '╮': 'ld',
  '╰': 'ru',
  '╯': 'lu',
  '├': '|r',
  '┤': 'l|',
  '┬': '-d',
  '┴': '-u',
  '┼': '-|',
}

/** A row's bars stand apart from those of the rows above and below: they are not one. */
const tallest = cell.height - 3

const blocks: Readonly<Record<string, Rect>> = {
  ...Object.fromEntries(
    [...'▁▂▃▄▅▆▇█'].map((sign, eighths): [string, Rect] => {
      const height = (tallest * (eighths + 1)) / 8
      return [sign, { x: 0, y: cell.height - 1.5 - height, width: cell.width, height }]
    }),
  ),
  '▏': { x: 0, y: 1.5, width: 1.6, height: tallest },
}
