import { type BackgroundColorName, Chalk, type ChalkInstance, type ForegroundColorName } from 'chalk'
import type { Line, Tone } from '../core/line.ts'
import type { ThemeName } from '../core/themes.ts'

/** How a tone looks: some of the 16 colours every terminal has, so that its own palette decides, and weight. */
export type Look = {
  readonly ink?: Exclude<ForegroundColorName, 'gray' | 'grey'>
  readonly ground?: Exclude<BackgroundColorName, 'bgGray' | 'bgGrey'>
  readonly bold?: true
  readonly dim?: true
  readonly underline?: true
  readonly inverse?: true
}

/** `selected` is the cursor's row. */
export type Looks = Readonly<Record<Tone | 'selected', Look>>

/**
 * Where no colour is named the terminal's own stand. A light background leaves few of the sixteen legible (yellow, green and cyan are
 * not, and neither is dimmed text everywhere); high contrast names no colour but with its own ground, so that it holds on black and on
 * white alike.
 */
export const looks: Readonly<Record<ThemeName, Looks>> = {
  dark: {
    plain: {},
    dim: { dim: true },
    ok: { ink: 'green' },
    // The yellow of the first eight is brown on some consoles, and their red is too dark on black.
    warn: { ink: 'yellowBright' },
    bad: { ink: 'redBright', bold: true },
    strong: { bold: true },
    key: { ink: 'cyan', bold: true },
    rule: { dim: true },
    hit: { ink: 'black', ground: 'bgYellowBright' },
    selected: { inverse: true },
  },
  light: {
    plain: {},
    dim: {},
    ok: { ink: 'blue' },
    warn: { ink: 'magenta' },
    // Bold red is bright red on many terminals, too bright for white.
    bad: { ink: 'whiteBright', ground: 'bgRed', bold: true },
    strong: { bold: true },
    key: { ink: 'blue', bold: true },
    rule: {},
    hit: { ink: 'whiteBright', ground: 'bgBlue' },
    selected: { inverse: true },
  },
  'high-contrast': {
    plain: {},
    dim: {},
    ok: {},
    warn: { bold: true, underline: true },
    bad: { bold: true, inverse: true },
    strong: { bold: true },
    key: { bold: true },
    rule: {},
    // A block within the block of an error, too.
    hit: { ink: 'black', ground: 'bgYellowBright', underline: true },
    selected: { inverse: true },
  },
}

/** What still stands out in the cursor's row, whose colours are inverted as a whole. */
const inSelected: Partial<Record<Tone, Look>> = {
  bad: { bold: true, underline: true },
  hit: { bold: true, underline: true },
  strong: { bold: true },
}

export type Theme = {
  /** Text on its own. */
  readonly paint: (tone: Tone, text: string) => string
  /** A line as the terminal gets it. */
  readonly line: (line: Line) => string
}

/** Without colour nothing is painted: signs, words and the cursor's mark carry it all. */
export const createTheme = (name: ThemeName, color: boolean): Theme => {
  const chalk = new Chalk({ level: color ? 1 : 0 })
  const whole = (look: Look, text: string): string => paintOf(chalk, look)(text)
  /** Blanks at its ends are room between columns; those of a hit were looked for. */
  const painted = (look: Look | undefined, tone: Tone, text: string): string => {
    if (look === undefined || tone === 'hit') return look === undefined ? text : whole(look, text)
    const words = text.trim()
    return text === words ? whole(look, text) : text.replace(words, () => whole(look, words))
  }
  const paint = (tone: Tone, text: string): string => painted(looks[name][tone], tone, text)
  return {
    paint,
    line: ({ spans, selected }) =>
      selected === true
        ? whole(looks[name].selected, spans.map(({ text, tone }) => painted(inSelected[tone], tone, text)).join(''))
        : spans.map(({ text, tone }) => paint(tone, text)).join(''),
  }
}

const paintOf = (chalk: ChalkInstance, { ink, ground, ...weights }: Look): ChalkInstance =>
  [...(ground === undefined ? [] : [ground]), ...(ink === undefined ? [] : [ink]), ...weightsOf(weights)].reduce(
    (painter, name) => painter[name],
    chalk,
  )

type Weight = 'bold' | 'dim' | 'underline' | 'inverse'

const weightsOf = (weights: Omit<Look, 'ink' | 'ground'>): readonly Weight[] => Object.keys(weights) as Weight[]
