import { isWithin, lowered, wordsOf as wordsIn } from './fuzzy.ts'
import { compiled } from './log-pattern.ts'
import { lastOf } from './reading.ts'
import type { JudgedPaper } from './rows.ts'

/** How the words of a filter are looked for. `literal`: they are no regular expression, so they are taken as they stand. */
export type FilterKind = 'regex' | 'literal' | 'fuzzy'

/** What was typed at `/`, taken apart: `!title:~rag` is everything without those letters in its title. */
export type Filter = {
  readonly inverted: boolean
  /** Where it looks; null: wherever a paper is named or judged. */
  readonly column: keyof Words | null
  readonly kind: FilterKind
  readonly words: string
}

/** Null where nothing is looked for: nothing typed yet, or nothing yet behind `!`, a column or `~`. */
export const readFilter = (typed: string): Filter | null => {
  const [, not, name, tilde, rest] = /^(!?)\s*(?:(paper|title|port|unit|edge|verdict):)?\s*(~?)(.*)$/isu.exec(typed)!
  const words = (rest ?? '').trim()
  if (words === '') return null
  return {
    inverted: not !== '',
    column: name === undefined ? null : (name.toLowerCase() as keyof Words),
    kind: tilde !== '' ? 'fuzzy' : expressionOf(words) === null ? 'literal' : 'regex',
    words,
  }
}

/** What kind of filter is at work, for its chip: `not fuzzy in title`; null where none is. */
export const filterKind = (typed: string): string | null => {
  const filter = readFilter(typed)
  if (filter === null) return null
  return `${filter.inverted ? 'not ' : ''}${filter.kind}${filter.column === null ? '' : ` in ${filter.column}`}`
}

/** Whether a row is listed under this filter. */
export const matcher = (typed: string): ((row: JudgedPaper) => boolean) => {
  const filter = readFilter(typed)
  if (filter === null) return () => true
  const { inverted, column } = filter
  const holds = filter.kind === 'fuzzy' ? isNear(filter) : isWritten(filter)
  return row => holds(placesOf(wordsOf(row), column, filter.kind)) !== inverted
}

type Words = Readonly<Record<'paper' | 'title' | 'port' | 'unit' | 'edge' | 'verdict', string>>

const wordsOf = ({ paper, verdict }: JudgedPaper): Words => {
  const entry = lastOf(paper.entry)
  return {
    paper: paper.id,
    title: entry?.title ?? '',
    port: String(entry?.port ?? ''),
    unit: lastOf(paper.unit)?.state ?? '',
    edge: String(lastOf(paper.edge)?.status ?? lastOf(paper.edge)?.kind ?? ''),
    verdict: `${verdict.level} ${verdict.cause}`,
  }
}

/** Letters far apart are found in any long sentence, so without a column `~` leaves the verdict out. */
const placesOf = (words: Words, column: Filter['column'], kind: FilterKind): readonly string[] => {
  if (column !== null) return [words[column]]
  const { paper, title, verdict } = words
  return kind === 'fuzzy' ? [paper, title] : [`${paper} ${title} ${verdict}`]
}

/** Each word in one of the places, its letters in order. */
const isNear = ({ words }: Filter): ((places: readonly string[]) => boolean) => {
  const parts = wordsIn(words)
  return places => {
    const lower = places.map(lowered)
    return parts.every(part => lower.some(place => isWithin(part, place)))
  }
}

const isWritten = ({ words }: Filter): ((places: readonly string[]) => boolean) => {
  const expression = expressionOf(words)
  const wanted = words.toLowerCase()
  return places =>
    places.some(place => (expression === null ? place.toLowerCase().includes(wanted) : expression.test(place)))
}

const expressionOf = (words: string): RegExp | null => compiled(words, 'iu')
