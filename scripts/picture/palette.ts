import type { Cell, Colour } from '../../test/console/cells.ts'

/** How a terminal shows what it is told; a theme of the console must be legible in those it is made for. */
export type Palette = {
  readonly background: string
  readonly foreground: string
  /** The bar of the window, its outline, and words beside the screen. */
  readonly bar: string
  readonly edge: string
  readonly quiet: string
  readonly sixteen: readonly string[]
}

/** Calm and dark. Each of the sixteen but black keeps a contrast of 4.5 to the background, and so does dimmed text. */
export const dark: Palette = {
  background: '#12161d',
  foreground: '#dbe0e8',
  bar: '#1b212b',
  edge: '#323b4a',
  quiet: '#939eb0',
  sixteen: [
    ...['#3a4454', '#ff7a85', '#8fd18b', '#f0c56b', '#7fb2ff', '#d99bf0', '#62cfd6', '#dbe0e8'],
    ...['#8c98ab', '#ff9aa2', '#aee5aa', '#ffdc91', '#a6c9ff', '#e8bdf7', '#93e4e9', '#ffffff'],
  ],
}

/** As terminals with a white background have it: yellow, green and cyan are as illegible there as they are in life. */
export const light: Palette = {
  background: '#ffffff',
  foreground: '#24292f',
  bar: '#eef0f3',
  edge: '#c3c9d1',
  quiet: '#59636e',
  sixteen: [
    ...['#24292f', '#c0232c', '#2c974b', '#b58900', '#0b57b5', '#8a2be2', '#1a9aa0', '#d5d9de'],
    ...['#59636e', '#e5534b', '#46b95f', '#d4a72c', '#3d8bfd', '#a66bea', '#39b5bb', '#ffffff'],
  ],
}

/** What a cell looks like once its colours, their inversion and its dimness are worked out. */
export type Paint = {
  readonly fill: string
  /** Null where the window's own background shows. */
  readonly ground: string | null
  readonly bold: boolean
  readonly underline: boolean
}

export const paintOf = ({ fg, bg, bold, dim, inverse, underline }: Cell, palette: Palette): Paint => {
  const ink = hexOf(fg, palette.foreground, palette)
  const paper = hexOf(bg, palette.background, palette)
  const [fill, ground] = inverse ? [paper, ink] : [ink, paper]
  return {
    fill: dim ? mixed(fill, ground, 0.62) : fill,
    ground: ground === palette.background ? null : ground,
    bold,
    underline,
  }
}

const hexOf = (colour: Colour, otherwise: string, palette: Palette): string => {
  if (colour === null) return otherwise
  return typeof colour === 'string' ? colour : indexed(colour, palette)
}

/** The 256 colours of a terminal: the sixteen, a cube of 6 x 6 x 6, and 24 greys. */
const indexed = (index: number, { sixteen, foreground }: Palette): string => {
  if (index < 16) return sixteen[index] ?? foreground
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
