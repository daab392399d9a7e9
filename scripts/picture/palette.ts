import type { Cell, Colour } from '../../test/console/cells.ts'

/** Calm and dark. Each of the sixteen but black keeps a contrast of 4.5 to the background, and so does dimmed text. */
export const theme = {
  background: '#12161d',
  foreground: '#dbe0e8',
  bar: '#1b212b',
  edge: '#323b4a',
  quiet: '#939eb0',
  sixteen: [
    ...['#3a4454', '#ff7a85', '#8fd18b', '#f0c56b', '#7fb2ff', '#d99bf0', '#62cfd6', '#dbe0e8'],
    ...['#8c98ab', '#ff9aa2', '#aee5aa', '#ffdc91', '#a6c9ff', '#e8bdf7', '#93e4e9', '#ffffff'],
  ],
} as const

/** What a cell looks like once its colours, their inversion and its dimness are worked out. */
export type Paint = {
  readonly fill: string
  /** Null where the window's own background shows. */
  readonly ground: string | null
  readonly bold: boolean
  readonly underline: boolean
}

export const paintOf = ({ fg, bg, bold, dim, inverse, underline }: Cell): Paint => {
  const ink = hexOf(fg, theme.foreground)
  const paper = hexOf(bg, theme.background)
  const [fill, ground] = inverse ? [paper, ink] : [ink, paper]
  return {
    fill: dim ? mixed(fill, ground, 0.62) : fill,
    ground: ground === theme.background ? null : ground,
    bold,
    underline,
  }
}

const hexOf = (colour: Colour, otherwise: string): string => {
  if (colour === null) return otherwise
  return typeof colour === 'string' ? colour : indexed(colour)
}

/** The 256 colours of a terminal: the sixteen, a cube of 6 x 6 x 6, and 24 greys. */
const indexed = (index: number): string => {
  if (index < 16) return theme.sixteen[index] ?? theme.foreground
  if (index >= 232) return hex(Array.from({ length: 3 }, () => 8 + (index - 232) * 10))
  const cube = [Math.floor((index - 16) / 36), Math.floor((index - 16) / 6) % 6, (index - 16) % 6]
  return hex(cube.map(level => (level === 0 ? 0 : 55 + level * 40)))
}

const mixed = (colour: string, with_: string, share: number): string => {
  const other = channels(with_)
  return hex(channels(colour).map((value, at) => Math.round(value * share + (other[at] ?? 0) * (1 - share))))
}

export const channels = (colour: string): number[] => [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))

const hex = (values: readonly number[]): string =>
  `#${values.map(value => value.toString(16).padStart(2, '0')).join('')}`
