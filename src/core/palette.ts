import { publishDisabled } from './actions.ts'
import { fuzzy, type Match } from './fuzzy.ts'
import { type GridKey, gridKeys, sortColumns } from './grid-keys.ts'
import { type Choice, choicesOf } from './publish-choices.ts'
import { lastOf } from './reading.ts'
import { rowsOf } from './rows.ts'
import type { Column, State } from './state.ts'

/** Something the palette can do. Its words name it: no two entries have the same. */
export type PaletteEntry = {
  readonly words: string
  readonly detail: string
  /** The key that does the same. */
  readonly shown: string
  readonly act:
    | { readonly kind: 'key'; readonly key: string; readonly paper: string | null }
    | { readonly kind: 'go'; readonly paper: string }
    | { readonly kind: 'sort'; readonly column: Column }
    | { readonly kind: 'publish'; readonly choice: Choice }
}

export type Found = { readonly entry: PaletteEntry; readonly match: Match }

/** What answers the query, the best first; without a query the keys alone, in their order. */
export const foundIn = (state: State, query: string): readonly Found[] => {
  const before = searches.get(state.observed.papers)
  if (before?.query === query && before.notebooks === state.notebooks) return before.found
  const entries = query.trim() === '' ? ofKeys : [...ofKeys, ...ofSorting, ...ofPapers(state), ...ofNotebooks(state)]
  const found = entries.flatMap(entry => matched(query, entry)).sort((a, b) => b.match.score - a.match.score)
  searches.set(state.observed.papers, { query, notebooks: state.notebooks, found })
  return found
}

type Search = { readonly query: string; readonly notebooks: State['notebooks']; readonly found: readonly Found[] }

// Every frame asks, and a thousand papers make ten thousand entries.
const searches = new WeakMap<State['observed']['papers'], Search>()

/** What only its explanation answers, by whole parts of words, comes behind everything that is called so. */
const matched = (query: string, entry: PaletteEntry): readonly Found[] => {
  if (query.trim() === '') return [{ entry, match: { score: 0, at: [] } }]
  const match = fuzzy(query, entry.words)
  if (match !== null) return [{ entry, match: { ...match, score: match.score + bonus(query, entry) } }]
  const all = `${entry.words} ${entry.detail}`.toLowerCase()
  const isExplained = query
    .toLowerCase()
    .split(/\s+/)
    .every(word => all.includes(word))
  return isExplained ? [{ entry, match: { score: -100, at: [] } }] : []
}

/** A bare name goes to the paper, which changes nothing; a key comes before others that are called as much like it. */
const bonus = (query: string, { act }: PaletteEntry): number => {
  if (act.kind === 'go') return 1
  return act.kind === 'key' && act.paper === null && act.key === query.trim() ? 1.5 : 0
}

const offered = gridKeys.filter(({ key }) => key !== ':')

const ofKeys: readonly PaletteEntry[] = offered.map(({ key, shown, name, title }) => ({
  ...{ words: name, detail: title, shown },
  act: { kind: 'key', key, paper: null },
}))

const ofSorting: readonly PaletteEntry[] = sortColumns.map(column => ({
  ...{ words: `sort by ${column}`, detail: '', shown: 's' },
  act: { kind: 'sort', column },
}))

const ofPapers = ({ observed }: State): readonly PaletteEntry[] =>
  [...observed.papers.values()].flatMap(({ id, entry }) => {
    const detail = lastOf(entry)?.title ?? ''
    return [
      { ...{ words: `go to ${id}`, detail, shown: 'j k' }, act: { kind: 'go', paper: id } } as const,
      ...offered
        .filter(({ ofPaper }) => ofPaper)
        .map(
          key =>
            ({
              ...{ words: wordsOf(key, id), detail, shown: key.shown },
              act: { kind: 'key', key: key.key, paper: id },
            }) as const,
        ),
    ]
  })

const wordsOf = ({ name }: GridKey, id: string): string =>
  ['hops', 'journal', 'edge log', 'copy URL'].includes(name) ? `${name} of ${id}` : `${name} ${id}`

const ofNotebooks = (state: State): readonly PaletteEntry[] =>
  choicesOf(state, '').map(choice => ({
    ...{ words: `publish ${choice.path}`, detail: choice.standing, shown: 'p' },
    act: { kind: 'publish', choice },
  }))

/** Why the entry cannot run now; null when it can. */
export const whyNotRun = (state: State, { act }: PaletteEntry): string | null => {
  if (act.kind === 'publish') return publishDisabled(state) ?? act.choice.refused
  if (act.kind !== 'key') return null
  const key = gridKeys.find(each => each.key === act.key)
  return key?.disabled(act.paper === null ? state : aimed(state, act.paper)) ?? null
}

/** The state in which a key acts on this paper and no other. */
const aimed = (state: State, paper: string): State => ({
  ...state,
  ui: { ...state.ui, cursor: paper, marks: new Set(), filter: '', faultsOnly: false },
})

/** As `aimed`, with the filter as it is unless it hides the paper. */
export const aimedAt = (state: State, paper: string): State => {
  const { filter, faultsOnly } = state.ui
  const isListed = rowsOf(state).some(row => row.paper.id === paper)
  const there = aimed(state, paper)
  return isListed ? { ...there, ui: { ...there.ui, filter, faultsOnly } } : there
}

/** The entry the cursor of the palette is on: the chosen one as long as it is found, else the best. */
export const chosenIn = (found: readonly Found[], chosen: string | null): number =>
  Math.max(
    0,
    found.findIndex(({ entry }) => entry.words === chosen),
  )
