import type { Verdict } from './facts.ts'
import { signs } from './signs.ts'

/** `failing: exit 1, 4 m ago`: the level and its cause; what is ok, or says so itself, needs no word before it. */
export const verdictWords = ({ level, cause }: Verdict, isAgain = false): string => {
  const { word } = signs[level]
  if (level === 'ok' || cause.startsWith(word)) return cause
  return `${word}${isAgain ? ' again' : ''}: ${cause}`
}
