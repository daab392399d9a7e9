import type { Level } from './facts.ts'

/** How a level is shown: a sign and a word, so that nothing rests on colour alone. */
export type Sign = { readonly sign: string; readonly ascii: string; readonly word: string }

export const signs: Readonly<Record<Level, Sign>> = {
  ok: { sign: '✓', ascii: '+', word: 'ok' },
  starting: { sign: '…', ascii: '.', word: 'starting' },
  degraded: { sign: '~', ascii: '~', word: 'degraded' },
  failing: { sign: '✗', ascii: 'x', word: 'failing' },
  drift: { sign: '≠', ascii: '!', word: 'drift' },
  stopped: { sign: '■', ascii: '#', word: 'stopped' },
  unknown: { sign: '?', ascii: '?', word: 'unknown' },
}

/** Beside a paper whose journal moves. */
export const movingSign = { sign: '»', ascii: '"', word: 'log moves' } as const

export const signOf = (level: Level, ascii: boolean): string => (ascii ? signs[level].ascii : signs[level].sign)

/** Which way a list is sorted, beside its column's name. */
export const sortSign = (descending: boolean, ascii: boolean): string =>
  ascii ? (descending ? 'v' : '^') : descending ? '▾' : '▴'

/** The row that the keys would act on; hollow where the keys go to another pane just now. */
export const cursorSign = (focused: boolean, ascii: boolean): string =>
  ascii ? (focused ? '>' : '-') : focused ? '▸' : '▹'
