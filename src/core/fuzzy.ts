/** How well a text answers what was typed, and which of its characters (UTF-16 units) did. */
export type Match = { readonly score: number; readonly at: readonly number[] }

/**
 * Each word of the query must occur in the text, its letters in order but not necessarily side by side: `rs att` finds
 * `restart attention`. Letters side by side and at the beginning of words count more, and so do shorter texts.
 * @returns null when a word does not occur
 */
export const fuzzy = (query: string, text: string): Match | null => {
  const lower = lowered(text)
  let score = -text.length / 50
  const at = new Set<number>()
  for (const word of lowered(query).split(/\s+/).filter(Boolean)) {
    const match = isWithin(word, lower) ? matchWord(word, lower) : null
    if (match === null) return null
    score += match.score
    for (const index of match.at) at.add(index)
  }
  return { score, at: [...at].sort((a, b) => a - b) }
}

/** Unit by unit, so that what was found in it stands at the same place in the text. */
const lowered = (text: string): string =>
  [...text]
    .map(character => (character.toLowerCase().length === character.length ? character.toLowerCase() : character))
    .join('')

/** Most texts are ruled out here, which is cheap. */
const isWithin = (word: string, text: string): boolean => {
  let from = 0
  for (const letter of word) {
    const found = text.indexOf(letter, from)
    if (found < 0) return false
    from = found + letter.length
  }
  return true
}

const atWordStart = 6
const sideBySide = 5
const apart = -1

/** The best of all ways to find the letters in order. */
const matchWord = (word: string, text: string): Match | null => {
  const rows: Row[] = []
  for (const letter of word.split('')) rows.push(rowOf(letter, text, rows.at(-1) ?? null))
  return bestOf(rows)
}

/** For each place of the text: how good the best way is that ends there, and where its letter before stands. */
type Row = { readonly scores: readonly number[]; readonly origins: readonly number[] }

const rowOf = (letter: string, text: string, before: Row | null): Row => {
  const scores = new Array<number>(text.length).fill(-Infinity)
  const origins = new Array<number>(text.length).fill(-1)
  // Where the best way ended that leaves a gap to the present place.
  let best = -1
  for (let at = 0; at < text.length; at++) {
    if (before !== null && at > 1 && before.scores[at - 2]! > (before.scores[best] ?? -Infinity)) best = at - 2
    if (text[at] !== letter) continue
    const beside = (before?.scores[at - 1] ?? -Infinity) + sideBySide
    const behind = (before?.scores[best] ?? -Infinity) + apart
    scores[at] = (isWordStart(text, at) ? atWordStart : 0) + 1 + (before === null ? 0 : Math.max(beside, behind))
    origins[at] = beside >= behind ? at - 1 : best
  }
  return { scores, origins }
}

const bestOf = (rows: readonly Row[]): Match | null => {
  const scores = rows.at(-1)?.scores ?? []
  const score = Math.max(...scores)
  if (score === -Infinity) return null
  const at: number[] = []
  for (let letter = rows.length - 1, place = scores.indexOf(score); letter >= 0; letter--) {
    at.push(place)
    place = rows[letter]!.origins[place]!
  }
  return { score, at: at.reverse() }
}

const isWordStart = (text: string, at: number): boolean => at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!)
