import { Chalk, type ChalkInstance } from 'chalk'
import type { Line, Tone } from '../core/line.ts'

export type Theme = Readonly<Record<Tone | 'selected', (text: string) => string>>

/** Colours of the 16 every terminal has, so that its own palette decides; without colour weight and signs carry it all. */
export const createTheme = (color: boolean): Theme => {
  const paint: ChalkInstance = new Chalk({ level: color ? 1 : 0 })
  const plain = (text: string): string => text
  return color
    ? {
        plain,
        dim: paint.dim,
        ok: paint.green,
        warn: paint.yellow,
        bad: paint.red.bold,
        strong: paint.bold,
        key: paint.cyan.bold,
        rule: paint.dim,
        hit: paint.black.bgYellow,
        selected: paint.inverse,
      }
    : {
        plain,
        dim: plain,
        ok: plain,
        warn: plain,
        bad: plain,
        strong: plain,
        key: plain,
        rule: plain,
        hit: plain,
        selected: plain,
      }
}

/** A line as the terminal gets it. The cursor's row is inverted as a whole; its colours would be lost in it. */
export const paintLine = (theme: Theme, { spans, selected }: Line): string =>
  selected === true
    ? theme.selected(spans.map(({ text }) => text).join(''))
    : spans.map(({ text, tone }) => theme[tone](text)).join('')
