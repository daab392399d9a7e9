/** How well a text answers what was typed, and which of its characters (UTF-16 units) did. */
export type Match = { readonly score: number; readonly at: readonly number[] }

/**
 * Each word of the query must occur in the text, its letters in order but not necessarily side by side: `rs att` finds
 * `restart attention`. Letters side by side and at the beginning of words count more, and so do shorter texts.
 * @returns null when a word does not occur
 */
export const fuzzy = (query: string, text: string): Match | null => {
  const lower = lowered(text)
  const words = wordsOf(query)
  const score = scoreOf(words, lower)
  if (score === null) return null
  const at = new Set(words.flatMap(word => placesOf(word, lower)))
  return { score, at: [...at].sort((a, b) => a - b) }
}

/** The words of a query, as `scoreOf` takes them. */
export const wordsOf = (query: string): readonly string[] => lowered(query).split(/\s+/).filter(Boolean)

/** The score alone, of a text that is `lowered` already: what a search of thousands asks. */
export const scoreOf = (words: readonly string[], lower: string): number | null => {
  let score = -lower.length / 50
  for (const word of words) {
    if (!isWithin(word, lower)) return null
    score += bestWay(word, lower)
  }
  return score
}

/** Unit by unit, so that what was found in it stands at the same place in the text. */
export const lowered = (text: string): string =>
  isAscii(text)
    ? text.toLowerCase()
    : [...text]
        .map(character => (character.toLowerCase().length === character.length ? character.toLowerCase() : character))
        .join('')

const isAscii = (text: string): boolean => /^[ -~]*$/.test(text)

/** Whether the letters occur in order, both `lowered`. Most texts are ruled out here, which is cheap. */
export const isWithin = (word: string, text: string): boolean => {
  let from = 0
  for (let letter = 0; letter < word.length; letter++) {
    const found = text.indexOf(word[letter]!, from)
    if (found < 0) return false
    from = found + 1
  }
  return true
}

const atWordStart = 6
const sideBySide = 5
const apart = -1
const noWay = -1_000_000

// A key at the palette searches ten thousand texts: lists of their own for each would take longer than the search.
// One row for each letter of the word, one place in it for each of the text: how good the best way is that ends there...
let scores = new Int32Array(4_096)
/** ...and where its letter before stands. */
let origins = new Int32Array(4_096)

/** The score of the best of all ways to find the letters in order, of which there is one. */
const bestWay = (word: string, text: string): number => {
  const size = word.length * text.length
  if (size > scores.length) [scores, origins] = [new Int32Array(size), new Int32Array(size)]
  firstRow(word.charCodeAt(0), text)
  for (let letter = 1; letter < word.length; letter++) nextRow(word.charCodeAt(letter), letter * text.length, text)
  let best = noWay
  for (let place = size - text.length; place < size; place++) best = Math.max(best, scores[place]!)
  return best
}

const firstRow = (unit: number, text: string): void => {
  for (let at = 0; at < text.length; at++) scores[at] = text.charCodeAt(at) === unit ? worth(text, at) : noWay
}

const nextRow = (unit: number, row: number, text: string): void => {
  const before = row - text.length
  // Where the best way ended that leaves a gap to the present place; before the second there is none.
  let best = before
  for (let at = 0; at < text.length; at++) {
    if (at > 1 && scores[before + at - 2]! > scores[best]!) best = before + at - 2
    scores[row + at] = noWay
    if (at === 0 || text.charCodeAt(at) !== unit) continue
    const beside = scores[before + at - 1]! + sideBySide
    const behind = at === 1 ? noWay : scores[best]! + apart
    if (Math.max(beside, behind) < noWay / 2) continue
    scores[row + at] = worth(text, at) + Math.max(beside, behind)
    origins[row + at] = beside >= behind ? at - 1 : best - before
  }
}

/** Where the letters stand in the best way. */
const placesOf = (word: string, text: string): readonly number[] => {
  const best = bestWay(word, text)
  const at: number[] = []
  let place = scores.subarray((word.length - 1) * text.length, word.length * text.length).indexOf(best)
  for (let letter = word.length - 1; letter >= 0; letter--) {
    at.push(place)
    place = origins[letter * text.length + place]!
  }
  return at.reverse()
}

/** What a letter found here counts by itself. */
const worth = (text: string, at: number): number => (isWordStart(text, at) ? atWordStart : 0) + 1

const isWordStart = (text: string, at: number): boolean => {
  if (at === 0) return true
  const unit = text.charCodeAt(at - 1)
  if (unit > 127) return !/[\p{L}\p{N}]/u.test(text[at - 1]!)
  return !((unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90))
}
