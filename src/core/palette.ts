import { publishDisabled } from './actions.ts'
import { aimed } from './aimed.ts'
import type { PaperFacts } from './facts.ts'
import { gridKeys } from './grid-keys.ts'
import { logCommands } from './log-keys.ts'
import { nameOf, ofKeys, ofNotebooks, ofPaper, ofSorting, type PaletteEntry } from './palette-entries.ts'
import { ranked, type Searched, searched } from './palette-search.ts'
import { lastOf } from './reading.ts'
import type { State } from './state.ts'

export type { PaletteEntry } from './palette-entries.ts'

/** What answers the query, the best first; without a query the keys alone, in their order. */
export const foundIn = (state: State, query: string): readonly PaletteEntry[] => {
  if (query.trim() === '') return ofKeys(state)
  const few = [...ofKeys(state), ...ofSorting(state), ...ofNotebooks(state)].map(searched)
  return merged(few, papersOf(state.observed.papers), query)
}

/** Two lists ranked as one: that of the papers is long and asked again and again, the other one is made anew. */
const merged = (few: readonly Searched[], many: readonly Searched[], query: string): readonly PaletteEntry[] => {
  const [left, right] = [ranked(few, query), ranked(many, query)]
  const found: PaletteEntry[] = []
  let next = 0
  left.places.forEach((place, at) => {
    while (next < right.places.length && right.scores[next]! > left.scores[at]!)
      found.push(many[right.places[next++]!]!.entry)
    found.push(few[place]!.entry)
  })
  while (next < right.places.length) found.push(many[right.places[next++]!]!.entry)
  return found
}

/** A thousand papers make ten thousand entries. They stay the same ones while no paper's id or title changes, whatever else is told. */
const papersOf = (papers: ReadonlyMap<string, PaperFacts>): readonly Searched[] => {
  if (latest.papers === papers) return latest.list
  const parts = Array.from(papers.values(), partOf)
  const isSame = parts.length === latest.parts.length && parts.every((part, at) => part === latest.parts[at])
  latest = isSame ? { ...latest, papers } : { papers, parts, list: parts.flat() }
  return latest.list
}

type Latest = {
  readonly papers: ReadonlyMap<string, PaperFacts> | null
  readonly parts: readonly (readonly Searched[])[]
  readonly list: readonly Searched[]
}

let latest: Latest = { papers: null, parts: [], list: [] }

const partOf = (paper: PaperFacts): readonly Searched[] => {
  const key = lastOf(paper.entry) ?? paper
  const before = partsOf.get(key)
  if (before !== undefined) return before
  const part = ofPaper(paper).map(searched)
  partsOf.set(key, part)
  return part
}

const partsOf = new WeakMap<object, readonly Searched[]>()

/** Why the entry cannot run now; null when it can. */
export const whyNotRun = (state: State, { act }: PaletteEntry): string | null => {
  switch (act.kind) {
    case 'publish':
      return publishDisabled(state) ?? act.choice.refused
    case 'key':
      return (
        gridKeys.find(({ key }) => key === act.key)?.disabled(act.paper === null ? state : aimed(state, act.paper)) ??
        null
      )
    case 'log':
      return whyNoLogKey(state, act.key)
    default:
      return null
  }
}

/** The log may have been closed while the palette was open. */
const whyNoLogKey = ({ log }: State, key: string): string | null =>
  log === null ? 'no log pane is open' : (logCommands(log).find(each => each.key === key)?.why ?? null)

/** The entry the cursor of the palette is on: the chosen one as long as it is found, else the best. */
export const chosenIn = (found: readonly PaletteEntry[], chosen: string | null): number =>
  chosen === null
    ? 0
    : Math.max(
        0,
        found.findIndex(entry => nameOf(entry) === chosen),
      )
