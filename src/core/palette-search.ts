import { lowered, scoreOf, wordsOf } from './fuzzy.ts'
import type { PaletteEntry } from './palette-entries.ts'

/** An entry as the search looks at it: what does not change from key to key is done once. */
export type Searched = { readonly entry: PaletteEntry; readonly words: string; readonly detail: string }

/** What answers, the best first. */
export type Ranking = { readonly places: readonly number[]; readonly scores: readonly number[] }

export const searched = (entry: PaletteEntry): Searched => ({
  entry,
  words: lowered(entry.words),
  detail: lowered(entry.detail),
})

/** Ranks what answers the query. A list that was asked before for the beginning of the query is only asked for what answered that. */
export const ranked = (list: readonly Searched[], query: string): Ranking => {
  const known = rankings.get(list) ?? new Map<string, Ranking>()
  rankings.set(list, known)
  const before = known.get(query)
  if (before !== undefined) return before
  const ranking = rank(list, query, known.get(beginningOf(query, known))?.places)
  // Enough for every letter of a query that is typed and taken back again.
  if (known.size > 60) known.clear()
  known.set(query, ranking)
  return ranking
}

const rankings = new WeakMap<readonly Searched[], Map<string, Ranking>>()

/** The longest one asked before. */
const beginningOf = (query: string, known: ReadonlyMap<string, Ranking>): string => {
  for (let length = query.length - 1; length > 0; length--)
    if (known.has(query.slice(0, length))) return query.slice(0, length)
  return ''
}

const rank = (list: readonly Searched[], query: string, among: readonly number[] | undefined): Ranking => {
  const words = wordsOf(query)
  const found: number[] = []
  const take = (place: number): void => {
    const score = scoreFor(query.trim(), words, list[place]!)
    // Score and place in one number, which sorts without a function: twenty times as fast.
    if (score !== null) found.push(-Math.round(score * fine) * size + place)
  }
  if (among === undefined) for (let place = 0; place < list.length; place++) take(place)
  else among.forEach(take)
  const sorted = Float64Array.from(found).sort()
  const places: number[] = []
  const scores: number[] = []
  for (const each of sorted) {
    const place = ((each % size) + size) % size
    places.push(place)
    scores.push((place - each) / size / fine)
  }
  return { places, scores }
}

/** A score counts in fiftieths: the length of the text does. */
const fine = 50
/** More than any list is long. */
const size = 2 ** 22

/** What only its explanation answers, by whole parts of words, comes behind everything that is called so. */
const scoreFor = (typed: string, query: readonly string[], { entry, words, detail }: Searched): number | null => {
  const score = scoreOf(query, words)
  if (score !== null) return score + bonus(typed, entry)
  return query.every(word => words.includes(word) || detail.includes(word)) ? -100 : null
}

/**
 * A bare name goes to the paper, which changes nothing; a key comes before others that are called as much like it; a column
 * that is not shown comes after those that are.
 */
const bonus = (typed: string, { act, detail }: PaletteEntry): number => {
  if (act.kind === 'go') return 1
  if (act.kind === 'sort') return detail === '' ? 0 : -1
  return act.kind === 'key' && act.paper === null && typed === act.key ? 1.5 : 0
}
