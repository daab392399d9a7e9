import xterm from '@xterm/headless'
import { describe, expect, test } from 'vitest'
import { channels, dark, light, type Palette, paintOf } from '../../scripts/picture/palette.ts'
import { runsOf } from '../../scripts/picture/runs.ts'
import { rowMarkup, svgOf } from '../../scripts/picture/svg.ts'
import { escaped } from '../../scripts/picture/xml.ts'
import type { Tone } from '../../src/core/line.ts'
import type { ThemeName } from '../../src/core/themes.ts'
import { createTheme, looks } from '../../src/views/theme.ts'
import { cellsOf, type Screen } from '../console/cells.ts'

/** What a terminal shows of these bytes. */
const drawn = (bytes: string, cols = 30, rows = 1): Promise<Screen> =>
  new Promise(resolve => {
    const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true })
    terminal.write(bytes, () => resolve(cellsOf(terminal)))
  })

const markup = async (bytes: string): Promise<string> => {
  const [row = []] = await drawn(bytes)
  return rowMarkup(row, 0, dark).trim()
}

const words = { title: 'a <title>', description: 'what "it" shows & more', window: 'papergen', palette: dark }

describe('runs', () => {
  const joins: readonly (readonly [
    what: string,
    bytes: string,
    runs: readonly (readonly [number, number, string])[],
  ])[] = [
    ['equal cells are one run', 'a paper', [[0, 7, 'a paper']]],
    [
      'two blanks end one, so that columns keep their place',
      'ok  200   9 ms',
      [
        [0, 2, 'ok'],
        [4, 3, '200'],
        [10, 4, '9 ms'],
      ],
    ],
    [
      'another style begins one',
      'a\u001b[1mb\u001b[31mc\u001b[0md',
      [
        [0, 1, 'a'],
        [1, 1, 'b'],
        [2, 1, 'c'],
        [3, 1, 'd'],
      ],
    ],
    [
      'a style that was reset goes on with the plain text',
      '\u001b[32mok\u001b[0m!',
      [
        [0, 2, 'ok'],
        [2, 1, '!'],
      ],
    ],
    [
      'wide letters are two cells each and a run of their own',
      'a 확산 b',
      [
        [0, 1, 'a'],
        [2, 4, '확산'],
        [7, 1, 'b'],
      ],
    ],
    [
      'signs and lines are runs of their own',
      '✓ ok ──',
      [
        [0, 1, '✓'],
        [2, 2, 'ok'],
        [5, 2, '──'],
      ],
    ],
    ['nothing but blanks is nothing', '      ', []],
  ]
  test.each(joins)('%s', async (_, bytes, runs) => {
    const [row = []] = await drawn(bytes)
    expect(runsOf(row, dark).map(({ column, width, text }) => [column, width, text])).toEqual(runs)
  })
})

describe('text', () => {
  const texts: readonly (readonly [what: string, text: string, escaped: string])[] = [
    ['marks', '</text><script a="b">&', '&lt;/text&gt;&lt;script a=&quot;b&quot;&gt;&amp;'],
    ['what XML cannot hold', 'a\u0000b\u001bc\u0085d\uffffe\ud800f', 'a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf'],
    ['what it can', '확산 ✓ 😀', '확산 ✓ 😀'],
  ]
  test.each(texts)('%s', (_, text, expected) => {
    expect(escaped(text)).toBe(expected)
  })

  test('of a hostile screen stays text', async () => {
    expect(await markup('<a>&"')).toBe('<text x="0" y="15" textLength="50">&lt;a&gt;&amp;&quot;</text>')
  })
})

describe('colours', () => {
  const colours: readonly (readonly [what: string, code: string, fill: string])[] = [
    ['one of the sixteen', '31', dark.sixteen[1] ?? ''],
    ['a bright one', '92', dark.sixteen[10] ?? ''],
    ['one of the cube', '38;5;208', '#ff8700'],
    ['a grey', '38;5;240', '#585858'],
    ['a true one', '38;2;1;2;255', '#0102ff'],
    ['inverted, on the colour of letters', '7', dark.background],
  ]
  test.each(colours)('%s', async (_, code, fill) => {
    expect(await markup(`\u001b[${code}mx`)).toContain(`fill="${fill}">x`)
  })

  test('the usual one is not said', async () => {
    expect(await markup('x')).toBe('<text x="0" y="15">x</text>')
  })

  test('backgrounds are one piece under all they belong to, blanks too', async () => {
    expect(await markup(' \u001b[7ma  \u001b[0m')).toBe(
      `<path fill="${dark.foreground}" d="M10 0h30v20h-30z"/><text x="10" y="15" fill="${dark.background}">a</text>`,
    )
  })

  test('bold, underlined', async () => {
    expect(await markup('\u001b[1;4mx')).toBe(
      '<text x="0" y="15" font-weight="bold" text-decoration="underline">x</text>',
    )
  })

  test('can be read: every colour of the sixteen but black, and dimmed text, 4.5 to 1', async () => {
    const dim = /fill="([^"]+)"/.exec(await markup('\u001b[2mx'))?.[1] ?? ''
    for (const colour of [...dark.sixteen.slice(1), dim, dark.quiet])
      expect(contrast(colour, dark.background), colour).toBeGreaterThan(4.5)
  })
})

describe('a theme of the console can be read in the terminals it is made for, 4.5 to 1', () => {
  const terminals: readonly (readonly [ThemeName, string, Palette])[] = [
    ['dark', 'black', dark],
    ['light', 'white', light],
    ['high-contrast', 'black', dark],
    ['high-contrast', 'white', light],
  ]
  test.each(terminals)('%s, on %s', async (name, _, palette) => {
    const theme = createTheme(name, true)
    for (const tone of Object.keys(looks[name]).filter(each => each !== 'rule' && each !== 'selected') as Tone[]) {
      const [row = []] = await drawn(theme.paint(tone, 'x'))
      const { fill, ground } = paintOf(row[0]!, palette)
      expect(contrast(fill, ground ?? palette.background), tone).toBeGreaterThan(4.5)
    }
  })
})

describe('lines and blocks are drawn, so that they touch in any font', () => {
  const shapes: readonly (readonly [what: string, text: string, path: string])[] = [
    ['a line is one piece', '───', 'M0 9.2h30v1.6h-30z'],
    ['a corner is two', '┌', 'M4.2 9.2h5.8v1.6h-5.8zM4.2 9.2h1.6v10.8h-1.6z'],
    ['a full block', '█', 'M0 1.5h10v17h-10z'],
    ['blocks stand on one line', '▄▁', 'M0 10h10v8.5h-10zM10 16.38h10v2.13h-10z'],
  ]
  test.each(shapes)('%s', async (_, text, path) => {
    expect(await markup(text)).toBe(`<path d="${path}"/>`)
  })
})

describe('a picture', () => {
  test('has its size, its words for those who hear it, and one row below the other', async () => {
    const svg = svgOf(await drawn('a\r\nb', 40, 2), words)
    expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 428 102" [^>]*role="img" aria-labelledby="title description">/)
    expect(svg).toContain('<title id="title">a &lt;title&gt;</title>')
    expect(svg).toContain('<desc id="description">what &quot;it&quot; shows &amp; more</desc>')
    expect(svg).toContain('<text x="0" y="15">a</text>\n<text x="0" y="35">b</text>')
    expect(svg).toMatch(/<\/svg>\n$/)
  })
})

const contrast = (a: string, b: string): number => {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

/** As WCAG defines it. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = channels(colour).map(value =>
    value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
