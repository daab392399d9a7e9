import { describe, expect, test } from 'vitest'
import { type Line, line, span, type Tone } from '../../src/core/line.ts'
import { type ThemeName, themeNames } from '../../src/core/themes.ts'
import { createTheme, type Look, looks } from '../../src/views/theme.ts'

/** The sixteen colours as terminals have them before anybody chose others, black to white and then the bright ones. */
const palettes: Readonly<Record<string, readonly string[]>> = {
  xterm: [
    ...['#000000', '#cd0000', '#00cd00', '#cdcd00', '#0000ee', '#cd00cd', '#00cdcd', '#e5e5e5'],
    ...['#7f7f7f', '#ff0000', '#00ff00', '#ffff00', '#5c5cff', '#ff00ff', '#00ffff', '#ffffff'],
  ],
  VGA: [
    ...['#000000', '#aa0000', '#00aa00', '#aa5500', '#0000aa', '#aa00aa', '#00aaaa', '#aaaaaa'],
    ...['#555555', '#ff5555', '#55ff55', '#ffff55', '#5555ff', '#ff55ff', '#55ffff', '#ffffff'],
  ],
}

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

/** Where a theme is meant to stand: index of the terminal's own text and background. */
const onBlack = { text: 7, background: 0 }
const onWhite = { text: 0, background: 15 }

type Stand = readonly [theme: ThemeName, on: string, terminal: typeof onBlack, least: number]

const stands: readonly Stand[] = [
  ['dark', 'black', onBlack, 4.5],
  ['light', 'white', onWhite, 4.5],
  ['high-contrast', 'black', { ...onBlack, text: 15 }, 7],
  ['high-contrast', 'black with grey text', onBlack, 7],
  ['high-contrast', 'white', onWhite, 7],
]

const cases = stands.flatMap(([theme, on, terminal, least]) =>
  Object.entries(palettes).flatMap(([palette, colours]) =>
    Object.entries(looks[theme]).map(
      ([tone, look]) => [theme, on, palette, tone, look, terminal, colours, leastOf(theme, tone, least)] as const,
    ),
  ),
)

/** Dimmed text recedes on purpose; on a dark background it stays legible where the terminal takes a third off it. */
function leastOf(theme: ThemeName, tone: string, least: number): number {
  return theme === 'dark' && (tone === 'dim' || tone === 'rule') ? 4 : least
}

describe('every tone can be read on the colours terminals have', () => {
  test.each(cases)('%s on %s, %s: %s', (_, __, ___, ____, look, terminal, colours, least) => {
    for (const bright of look.bold === true ? [false, true] : [false])
      expect(contrastOf(look, terminal, colours, bright)).toBeGreaterThanOrEqual(least)
  })

  test('the measure is that of WCAG', () => {
    expect(contrast('#000000', '#ffffff')).toBe(21)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
    expect(contrast('#cdcd00', '#ffffff')).toBeLessThan(2)
  })
})

describe('what must stand out looks like nothing else', () => {
  test.each(themeNames.map(name => [name]))('%s', name => {
    const seen = (['plain', 'bad', 'hit', 'selected', 'warn', 'key'] as const).map(tone =>
      JSON.stringify(looks[name][tone]),
    )
    expect(new Set(seen).size).toBe(seen.length)
    // A block of its own, or weight: never the hue alone.
    for (const tone of ['bad', 'hit', 'selected', 'strong', 'key'] as const)
      expect(Object.keys(looks[name][tone]).filter(key => key !== 'ink')).not.toEqual([])
  })

  test.each(themeNames.map(name => [name]))('%s: a fault in the row of the cursor is no plain part of it', name => {
    const row = (tone: Tone): Line => ({ ...line('paper ', span('exit 1', tone)), selected: true })
    const theme = createTheme(name, true)
    expect(theme.line(row('bad'))).toContain('\u001b[7m')
    expect(theme.line(row('bad'))).not.toBe(theme.line(row('plain')))
    expect(theme.line(row('hit'))).not.toBe(theme.line(row('plain')))
  })
})

test('blanks between columns are no part of a block, those of a hit are', () => {
  const theme = createTheme('light', true)
  expect(theme.paint('bad', ' failed  ')).toBe(` ${theme.paint('bad', 'failed')}  `)
  expect(theme.paint('bad', '   ')).toBe('   ')
  expect(theme.paint('hit', '  ')).toMatch(/^\u001b.*m {2}\u001b/)
})

test.each(themeNames.map(name => [name]))('without colour %s writes not one escape', name => {
  const theme = createTheme(name, false)
  const tones = Object.keys(looks.dark).filter(tone => tone !== 'selected') as Tone[]
  const spans = tones.map(tone => span(tone, tone))
  expect(theme.line({ spans })).toBe(tones.join(''))
  expect(theme.line({ spans, selected: true })).toBe(tones.join(''))
})

/** @param bright whether the terminal shows bold text in the bright half of its colours */
const contrastOf = (look: Look, { text, background }: typeof onBlack, colours: readonly string[], bright: boolean) => {
  const ink = look.ink === undefined ? text : brightened(indexOf(look.ink), bright)
  const ground = look.ground === undefined ? background : indexOf(look.ground)
  const [front, back] = [colours[ink] ?? '', colours[ground] ?? '']
  // Inverted they are the same pair. xterm and VTE dim a colour by a third.
  return contrast(look.dim === true ? scaled(front, 2 / 3) : front, back)
}

const brightened = (index: number, bright: boolean): number => (bright && index < 8 ? index + 8 : index)

const indexOf = (name: string): number => {
  const bare = name.replace(/^bg/, '').toLowerCase()
  return names.indexOf(bare.replace('bright', '')) + (bare.endsWith('bright') ? 8 : 0)
}

const contrast = (one: string, other: string): number => {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = channels(colour).map(value => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const scaled = (colour: string, by: number): string =>
  `#${channels(colour)
    .map(value =>
      Math.round(value * by)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`

const channels = (colour: string): number[] => [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))
