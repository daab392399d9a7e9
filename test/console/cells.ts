import type { Terminal } from '@xterm/headless'

/** A colour as a program asked for it: the terminal's own, one of its 256, or `#rrggbb`. */
export type Colour = null | number | string

/** One cell of the screen. A wide character has the width 2, and the cell right of it 0 and no text. */
export type Cell = {
  readonly text: string
  readonly width: number
  readonly fg: Colour
  readonly bg: Colour
  readonly bold: boolean
  readonly dim: boolean
  readonly inverse: boolean
  readonly underline: boolean
}

/** All rows of a screen, from top to bottom. */
export type Screen = readonly (readonly Cell[])[]

export const cellsOf = (terminal: Terminal): Screen => {
  const { active } = terminal.buffer
  return Array.from({ length: terminal.rows }, (_, row) => {
    const line = active.getLine(active.viewportY + row)
    return Array.from({ length: terminal.cols }, (_, column) => cellOf(line?.getCell(column) ?? active.getNullCell()))
  })
}

type BufferCell = ReturnType<Terminal['buffer']['active']['getNullCell']>

const cellOf = (cell: BufferCell): Cell => ({
  text: cell.getChars(),
  width: cell.getWidth(),
  fg: cell.isFgDefault() ? null : cell.isFgRGB() ? hex(cell.getFgColor()) : cell.getFgColor(),
  bg: cell.isBgDefault() ? null : cell.isBgRGB() ? hex(cell.getBgColor()) : cell.getBgColor(),
  bold: cell.isBold() !== 0,
  dim: cell.isDim() !== 0,
  inverse: cell.isInverse() !== 0,
  underline: cell.isUnderline() !== 0,
})

const hex = (colour: number): string => `#${colour.toString(16).padStart(6, '0')}`
