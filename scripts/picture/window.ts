import type { Palette } from './palette.ts'
import { escaped } from './xml.ts'

/** A cell in units of the picture: whole numbers, which DejaVu Sans Mono fills exactly at this size. */
export const cell = { width: 10, height: 20, size: 16.6 } as const

export type Words = {
  readonly title: string
  /** What the picture shows, for who cannot see it. */
  readonly description: string
  /** What stands in the bar of the window. */
  readonly window: string
  /** Of the terminal it is in. */
  readonly palette: Palette
}

export type Size = { readonly columns: number; readonly rows: number }

/** Room around the screen, the window's bar above it and, when there is something to say, a strip below. */
const margin = 14
const bar = 34
const strip = 30

/** What stands below the screen, `width` units wide, when a picture has something to say besides. */
export type Below = (width: number) => string

/** A screen in a window: a bar with a title, rounded corners, and the words for those who hear a picture. */
export const inWindow = (size: Size, words: Words, screen: string, style = '', below: Below | null = null): string => {
  const inner = { width: size.columns * cell.width, height: size.rows * cell.height }
  const width = inner.width + 2 * margin
  const height = bar + inner.height + 2 * margin + (below === null ? 0 : strip)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">\n`,
    `<title id="title">${escaped(words.title)}</title>\n<desc id="description">${escaped(words.description)}</desc>\n`,
    `<style>${fontsOf(words.palette)}${style}</style>\n`,
    frame({ width, height }, words, size),
    `<g transform="translate(${margin} ${bar + margin})" font-size="${cell.size}" fill="${words.palette.foreground}">\n${screen}</g>\n`,
    below === null ? '' : `<g transform="translate(${margin} ${height - strip})">\n${below(inner.width)}</g>\n`,
    '</svg>\n',
  ].join('')
}

/** Wide letters fill their two cells at this size; in smaller ones Korean would look lost beside DejaVu. */
const fontsOf = ({ quiet, sixteen }: Palette): string =>
  `text{font-family:"DejaVu Sans Mono",Menlo,Consolas,monospace}.wide{font-family:"Nanum Gothic Coding","NanumGothicCoding","Noto Sans Mono CJK KR","Apple SD Gothic Neo","Malgun Gothic",monospace;font-size:19px}.quiet{font-size:13px;fill:${quiet}}.key{font-weight:bold;fill:${sixteen[6]}}`

const frame = (
  { width, height }: { readonly width: number; readonly height: number },
  { window, palette }: Words,
  { columns, rows }: Size,
): string =>
  [
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10" fill="${palette.background}" stroke="${palette.edge}"/>`,
    `<path fill="${palette.bar}" d="M1 ${bar}V10.5a9.5 9.5 0 0 1 9.5-9.5h${width - 21}a9.5 9.5 0 0 1 9.5 9.5V${bar}z"/>`,
    [20, 38, 56].map(x => `<circle cx="${x}" cy="${bar / 2}" r="5" fill="${palette.edge}"/>`).join(''),
    `<text class="quiet" x="${width / 2}" y="${bar / 2 + 4.5}" text-anchor="middle">${escaped(window)}</text>`,
    `<text class="quiet" x="${width - 16}" y="${bar / 2 + 4.5}" text-anchor="end">${columns} × ${rows}</text>\n`,
  ].join('\n')
