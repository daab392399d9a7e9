import { isEndless } from './endless-pattern.ts'

/** What is searched or filtered for, as it was typed. */
export type Pattern = {
  readonly typed: string
  readonly inverted: boolean
  /** What was typed is no regular expression: it is taken word by word. */
  readonly literal: boolean
  readonly expression: RegExp
}

/** Null for nothing. A capital letter makes the case count. `invertible`: a leading `!` means everything else. */
export const patternOf = (typed: string, invertible = false): Pattern | null => {
  const inverted = invertible && typed.startsWith('!')
  const words = inverted ? typed.slice(1) : typed
  if (words === '') return null
  const flags = words === words.toLowerCase() ? 'gi' : 'g'
  const expression = compiled(words, flags)
  return {
    typed,
    inverted,
    literal: expression === null,
    expression: expression ?? new RegExp(words.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'), flags),
  }
}

/** Whether the text has it, inverted or not. */
export const isFoundIn = ({ expression }: Pattern, text: string): boolean => {
  expression.lastIndex = 0
  return expression.test(text.length > longest ? text.slice(0, longest) : text)
}

/** Where in the text, as pairs of from and to; what matches nothing is no place. Half a character counts as the whole: it cannot be drawn. */
export const placesIn = ({ expression }: Pattern, text: string): readonly (readonly [number, number])[] => {
  const places: (readonly [number, number])[] = []
  for (const { index, 0: found } of text.matchAll(expression)) {
    const from = isWithinCharacter(text, index) ? index - 1 : index
    const end = index + found.length
    const to = isWithinCharacter(text, end) ? end + 1 : end
    if (found !== '' && from >= (places.at(-1)?.[1] ?? 0)) places.push([from, to])
  }
  return places
}

const isWithinCharacter = (text: string, at: number): boolean => at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff

/** Characters of a line that are looked at: a line of 48 KiB must not hold up the keys. */
const longest = 8_192

/** Null for what is no regular expression, half typed or meant as it stands, and for one that could take for ever. */
export const compiled = (words: string, flags: string): RegExp | null => {
  if (isEndless(words)) return null
  try {
    return new RegExp(words, flags)
  } catch {
    return null
  }
}
