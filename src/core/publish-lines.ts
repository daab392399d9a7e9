import { type Line, line, rule, span } from './line.ts'
import { type Choice, choicesOf, chosenIn } from './publish-choices.ts'
import type { Dialog, State } from './state.ts'
import { cells, fit, oneLine, wrapped } from './text.ts'
import { windowOf } from './window.ts'

type Publish = Extract<Dialog, { kind: 'publish' }>

/** The notebooks that match the search, each with its title, how it stands and when it was last saved. */
export const publishLines = (state: State, dialog: Publish, height: number): readonly Line[] => {
  const { columns } = state.ui
  const title = columns < 60 ? 'Publish' : 'Publish a notebook'
  if (dialog.naming !== null)
    return [rule(title, 'Enter goes on, Esc back', columns, true), ...namingLines(state, dialog.naming)]
  const heading = rule(title, 'type to find', columns, true)
  const search = line(span('  Search: ', 'dim'), span(`${dialog.filter}▏`))
  if (state.notebooks === null) return [heading, search, line(span('  Looking for notebooks…', 'dim'))]
  const choices = choicesOf(state, dialog.filter)
  if (choices.length === 0) return [heading, search, line(span('  No notebook matches.', 'dim'))]
  const index = chosenIn(state, dialog, choices)
  const { from, to } = windowOf(choices.length, index, height - 3)
  const shown = choices.slice(from, to)
  const widths = widthsOf(state.ui.columns, shown)
  return [heading, search, line(), ...shown.map((choice, at) => choiceLine(state, choice, widths, from + at === index))]
}

type Widths = { readonly path: number; readonly title: number; readonly standing: number }

/** The path above all; the title where there is room. */
const widthsOf = (columns: number, shown: readonly Choice[]): Widths => {
  const longest = (words: (choice: Choice) => string): number =>
    Math.max(0, ...shown.map(choice => cells(oneLine(words(choice)))))
  const standing = columns < 60 ? 12 : 19
  const path = Math.min(
    longest(({ path: words }) => words),
    columns < 60 ? columns - 18 : Math.floor(columns * 0.35),
  )
  const title = Math.min(
    longest(({ title: words }) => words),
    columns < 60 ? 0 : columns - path - standing - 26,
  )
  return { path, title, standing }
}

const choiceLine = (state: State, choice: Choice, { path, title, standing }: Widths, selected: boolean): Line => {
  const { refused, nameless, changed } = choice
  const tone = refused === null ? 'plain' : 'dim'
  const needsNoHand = choice.standing === 'published' || refused !== null
  return {
    selected,
    spans: [
      span(selected ? (state.ui.options.ascii ? '> ' : '▸ ') : '  ', 'strong'),
      span(`${fit(oneLine(choice.path), path)}  `, tone),
      ...(title === 0 ? [] : [span(`${fit(choice.title, title)}  `, tone)]),
      span(`${fit(choice.standing, standing)}  `, needsNoHand ? 'dim' : 'plain'),
      span(
        oneLine(refused ?? (nameless === null ? `changed ${changed}` : `asks for an id: ${nameless}`)),
        nameless === null ? 'dim' : 'warn',
      ),
    ],
  }
}

const namingLines = (state: State, { path, why, typed }: NonNullable<Publish['naming']>): readonly Line[] => [
  ...wrapped(`${oneLine(path)} needs an id: ${oneLine(why)}.`, state.ui.columns - 4).map(part =>
    line(span(`  ${part}`)),
  ),
  ...wrapped('An id is a-z, 0-9 and dashes; the address of the page ends with it.', state.ui.columns - 4).map(part =>
    line(span(`  ${part}`, 'dim')),
  ),
  line(span('  Id: ', 'key'), span(`${typed}▏`)),
]
