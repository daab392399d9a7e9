import { type Column, columnNames } from './columns.ts'
import type { PaperFacts } from './facts.ts'
import { type GridKey, gridKeys } from './grid-keys.ts'
import { logCommands } from './log-keys.ts'
import { type Choice, choicesOf } from './publish-choices.ts'
import { lastOf } from './reading.ts'
import type { State } from './state.ts'

/** Something the palette can do. */
export type PaletteEntry = {
  readonly words: string
  readonly detail: string
  /** The key that does the same. */
  readonly shown: string
  readonly act:
    | { readonly kind: 'key'; readonly key: string; readonly paper: string | null }
    | { readonly kind: 'log'; readonly key: string }
    | { readonly kind: 'go'; readonly paper: string }
    | { readonly kind: 'sort'; readonly column: Column }
    | { readonly kind: 'publish'; readonly choice: Choice }
}

/** No two entries have the same: a paper may be called so that its words are those of a key, but that is another key. */
export const nameOf = ({ shown, words }: PaletteEntry): string => `${shown} ${words}`

/** The keys, those of the log too where one is open: first the ones of the pane that has the focus. */
export const ofKeys = (state: State): readonly PaletteEntry[] =>
  state.ui.focus === 'log' ? [...ofLog(state), ...ofGrid] : [...ofGrid, ...ofLog(state)]

const offered = gridKeys.filter(({ key }) => key !== ':')

const ofGrid: readonly PaletteEntry[] = offered.map(({ key, shown, name, title }) => ({
  ...{ words: name, detail: title, shown },
  act: { kind: 'key', key, paper: null },
}))

const ofLog = ({ log }: State): readonly PaletteEntry[] =>
  log === null
    ? []
    : logCommands(log).map(({ key, shown, name, title }) => ({
        ...{ words: `log: ${name}`, detail: title, shown },
        act: { kind: 'log', key },
      }))

/** The columns of the grid in their order, then those one can sort by all the same. */
export const ofSorting = ({ ui: { options } }: State): readonly PaletteEntry[] =>
  [...new Set([...options.chosen, ...columnNames])].map(column => ({
    words: `sort by ${column}`,
    detail: options.chosen.includes(column) ? '' : 'not among the columns',
    shown: 's',
    act: { kind: 'sort', column },
  }))

/** Everything a key does to one paper. */
export const ofPaper = ({ id, entry }: PaperFacts): readonly PaletteEntry[] => {
  const detail = lastOf(entry)?.title ?? ''
  return [
    { ...{ words: `go to ${id}`, detail, shown: 'j k' }, act: { kind: 'go', paper: id } },
    ...paperKeys.map(
      key =>
        ({
          ...{ words: wordsFor(key, id), detail, shown: key.shown },
          act: { kind: 'key', key: key.key, paper: id },
        }) as const,
    ),
  ]
}

const paperKeys = offered.filter(each => each.ofPaper)

const wordsFor = ({ name }: GridKey, id: string): string =>
  ['hops', 'journal', 'edge log', 'copy URL'].includes(name) ? `${name} of ${id}` : `${name} ${id}`

export const ofNotebooks = (state: State): readonly PaletteEntry[] =>
  choicesOf(state, '').map(choice => ({
    ...{ words: `publish ${choice.path}`, detail: choice.standing, shown: 'p' },
    act: { kind: 'publish', choice },
  }))
