import { actions, publishDisabled } from './actions.ts'
import type { State } from './state.ts'

/** A key of the grid as data. Key bar, help, palette and input all read this list; `pressInGrid` (keys-grid.ts) does what it says. */
export type GridKey = {
  readonly key: string
  /** How it is written for people. */
  readonly shown: string
  /** Two words at most: for the key bar and the palette. */
  readonly name: string
  /** One line: for the help. */
  readonly title: string
  /** The key bar has it, where there is room. */
  readonly inBar: boolean
  /** It acts on one paper, so that the palette offers it for each. */
  readonly ofPaper: boolean
  /** Why it cannot act now; null when it can. */
  readonly disabled: (state: State) => string | null
}

type More = Partial<Pick<GridKey, 'shown' | 'inBar' | 'ofPaper' | 'disabled'>>

const gridKey = (key: string, name: string, title: string, more: More = {}): GridKey => ({
  ...{ key, shown: key, name, title, inBar: false, ofPaper: false, disabled: () => null },
  ...more,
})

const whyNoPaper = ({ ui }: State): string | null => (ui.cursor === null ? 'no paper is selected' : null)
const whyNothingListed = ({ observed }: State): string | null =>
  observed.papers.size === 0 ? 'there is no paper' : null
const whyNoLog = ({ log }: State): string | null =>
  log === null ? 'no log pane is open: l opens the journal, e the edge log' : null
const whyNoPane = (state: State): string | null => (state.operation === null ? whyNoLog(state) : null)

const whyNoTheme = ({ ui }: State): string | null => (ui.options.color ? null : 'colours are off')

const onPaper = { ofPaper: true, disabled: whyNoPaper } as const

/** In the order of the key bar. */
export const gridKeys: readonly GridKey[] = [
  ...actions.map(({ key, name, title, disabled }) =>
    gridKey(key, name, title, { inBar: key !== 'R', ofPaper: key !== 'R', disabled }),
  ),
  gridKey('p', 'publish', 'publish a notebook, or update a live paper', {
    inBar: true,
    disabled: publishDisabled,
  }),
  gridKey('enter', 'hops', 'the hop chain: where a paper breaks', { ...onPaper, shown: 'Enter', inBar: true }),
  gridKey('l', 'journal', 'its journal; marked papers: all merged; e beside it: split', { ...onPaper, inBar: true }),
  gridKey('e', 'edge log', 'its errors at the edge; beside the journal from 140 columns on', {
    ...onPaper,
    inBar: true,
  }),
  gridKey('/', 'filter', 'filter: regex or ~fuzzy, ! inverts, or verdict:failing', { inBar: true }),
  gridKey(' ', 'mark', 'mark the paper', { ...onPaper, shown: 'space', inBar: true }),
  gridKey(':', 'commands', 'every command by its name, for every paper', { inBar: true }),
  gridKey('o', 'open', 'open its page in the browser', onPaper),
  gridKey('y', 'copy URL', 'copy the URL of its page', onPaper),
  gridKey('*', 'mark all', 'mark all shown, or none', { disabled: whyNothingListed }),
  gridKey('f', 'only faults', 'only what is not ok'),
  gridKey('s', 'sort', 'sort by the next column'),
  gridKey('S', 'reverse', 'sort the other way round'),
  gridKey('tab', 'other pane', 'the other pane', { shown: 'Tab', disabled: whyNoLog }),
  gridKey('+', 'grow', 'a larger pane', { disabled: whyNoPane }),
  gridKey('-', 'shrink', 'a smaller pane', { disabled: whyNoPane }),
  gridKey('z', 'zoom', 'the log on the whole screen', { disabled: whyNoLog }),
  gridKey('h', 'hosts', 'both hosts, and what uses the GPUs'),
  gridKey('H', 'past operations', 'past operations: who did what, how it ended'),
  gridKey('T', 'theme', 'dark, light or high contrast', { disabled: whyNoTheme }),
  gridKey('?', 'help', 'this help', { inBar: true }),
  gridKey('q', 'quit', 'quit', { inBar: true }),
]

/** Those that work from the hop chain too, on its paper. */
export const hopKeys: readonly string[] = ['r', 'u', 'x', 'l', 'e', 'o', 'y']

/** `R restart failing: no paper is failing`; null when the key can act, or is none of these. */
export const whyNot = (state: State, key: string): string | null => {
  const known = gridKeys.find(each => each.key === key)
  const why = known?.disabled(state) ?? null
  return known === undefined || why === null ? null : `${known.shown} ${known.name}: ${why}`
}
