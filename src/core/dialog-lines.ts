import { actions } from './actions.ts'
import { hopChain } from './hops.ts'
import { type Line, line, rule, span } from './line.ts'
import { logHelp } from './log-bar.ts'
import { choicesOf } from './publish-choices.ts'
import type { Dialog, State } from './state.ts'
import { cells, fit, oneLine, wrapped } from './text.ts'
import { judge } from './verdict.ts'

/** A dialog's lines: help and the publish list take the body, the others the place below the papers. */
export const dialogLines = (state: State, dialog: Dialog, height: number): readonly Line[] => {
  switch (dialog.kind) {
    case 'help':
      return helpLines(state, dialog, height)
    case 'publish':
      return publishLines(state, dialog, height)
    case 'hosts':
      // The view puts its tables below this heading.
      return [rule('Hosts', 'Esc goes back', state.ui.columns, true)]
    case 'hops':
      return hopLines(state, dialog.id)
    case 'quit':
      return question(state, 'An operation is under way. Quit cancels it and undoes what was done. Quit?', ' y/N')
    case 'confirm':
      return dialog.expected === null
        ? question(state, dialog.question, ' y/N')
        : question(state, dialog.question, `Type ${dialog.expected} and Enter: ${dialog.typed}▏`)
  }
}

const question = (state: State, words: string, answer: string): readonly Line[] => [
  rule('Are you sure?', 'Esc goes back', state.ui.columns, true),
  ...wrapped(oneLine(words), state.ui.columns - 4).map(text => line(span(`  ${text}`))),
  line(span(`  ${answer.trim()}`, 'key')),
]

const helpLines = (state: State, { from }: Extract<Dialog, { kind: 'help' }>, height: number): readonly Line[] => {
  const lines = helpText(state)
  const space = Math.max(1, height - 1)
  const isWhole = lines.length <= space
  const first = Math.min(from, Math.max(0, lines.length - space))
  const heading = rule('Help', isWhole ? 'Esc goes back' : 'j k scroll, Esc back', state.ui.columns, true)
  return [heading, ...lines.slice(first, first + space)]
}

/** All of the help, which a small screen shows a part of. */
export const helpText = (state: State): readonly Line[] => {
  const keys: readonly (readonly [string, string])[] = [
    ...(state.ui.focus === 'log' ? logHelp(state) : []),
    ['j k ↓ ↑ g G PgUp PgDn', 'move'],
    ['/', 'filter (! inverts), or verdict:failing, port:27003'],
    ['s  S', 'sort by the next column, the other way round'],
    ['f', 'only what is not ok'],
    ['space  *', 'mark one, mark all shown'],
    ['Enter', 'the hop chain: where a paper breaks'],
    ['h', 'both hosts, and what uses the GPUs'],
    ['l  e', 'journal of the paper, its errors at the edge'],
    ['Tab  + -  z', 'the other pane, its size, the whole screen'],
    ...(state.ui.focus === 'log' ? [] : [['in a log', 'keys of its own: Tab to it, then ?'] as const]),
    ['p', 'publish a notebook; a live paper without an outage'],
    ...actions.map(({ key, title }): [string, string] => [key, title]),
    ['Esc', 'back: closes one thing, changes nothing'],
    ['Ctrl-C', 'during an operation: cancel and undo; else quit'],
    ['q', 'quit'],
  ]
  const signs = '✓ ok   … starting   ~ degraded   ✗ failing   ≠ drift   ■ stopped   ? unknown'
  const asciiSigns = '+ ok   . starting   ~ degraded   x failing   ! drift   # stopped   ? unknown'
  const width = state.ui.columns >= 60 ? 22 : 13
  return [
    ...keys.flatMap(([key, words]) =>
      wrapped(words, state.ui.columns - width - 5).map((part, at) =>
        line(span(`  ${fit(at === 0 ? key : '', width)}  `, 'key'), span(part)),
      ),
    ),
    line(),
    ...wrapped(state.ui.options.ascii ? asciiSigns : signs, state.ui.columns - 4).map(part =>
      line(span(`  ${part}`, 'dim')),
    ),
  ]
}

const publishLines = (state: State, dialog: Extract<Dialog, { kind: 'publish' }>, height: number): readonly Line[] => {
  const heading = rule('Publish a notebook', 'Enter chooses, Esc goes back', state.ui.columns, true)
  const search = line(span('  Search: ', 'dim'), span(`${dialog.filter}▏`))
  if (state.notebooks === null) return [heading, search, line(span('  Looking for notebooks…', 'dim'))]
  const choices = choicesOf(state, dialog.filter)
  if (choices.length === 0) return [heading, search, line(span('  No marimo notebook matches.', 'dim'))]
  const space = Math.max(1, height - 3)
  const from = Math.max(0, Math.min(choices.length - space, dialog.index - Math.floor(space / 2)))
  const width = Math.min(48, Math.max(...choices.map(({ path }) => cells(path))))
  return [
    heading,
    search,
    line(),
    ...choices.slice(from, from + space).map((choice, index) => ({
      selected: from + index === dialog.index,
      spans: [
        span(from + index === dialog.index ? (state.ui.options.ascii ? '> ' : '▸ ') : '  ', 'strong'),
        span(fit(oneLine(choice.path), width)),
        span(`  ${fit(choice.standing, 20)}`, choice.standing === 'live' ? 'dim' : 'plain'),
        span(`  ${choice.refused ?? `changed ${choice.changed}`}`, choice.refused === null ? 'dim' : 'warn'),
      ],
    })),
  ]
}

/** "Where does it break?": the chain, the verdict's words, and what mends it. */
const hopLines = (state: State, id: string): readonly Line[] => {
  const paper = state.observed.papers.get(id)
  if (paper === undefined) return [line(span('  This paper is gone.', 'dim'))]
  const verdict = judge(paper, state.observed, state.at)
  const signs = { ok: '✓', bad: '✗', unknown: '?', waiting: '–' } as const
  const asciiSigns = { ok: '+', bad: 'x', unknown: '?', waiting: '-' } as const
  const hops = hopChain(paper, state.observed, state.at)
  return [
    rule(`Hops of ${oneLine(id)}`, 'Esc goes back', state.ui.columns, true),
    ...hops.map(({ name, sign, words }) =>
      line(
        span(`  ${fit(name, 11)} `, sign === 'bad' ? 'strong' : 'plain'),
        span(
          `${(state.ui.options.ascii ? asciiSigns : signs)[sign]} `,
          sign === 'ok' ? 'ok' : sign === 'bad' ? 'bad' : 'dim',
        ),
        span(words, sign === 'bad' ? 'bad' : 'dim'),
      ),
    ),
    ...wrapped(verdict.cause, state.ui.columns - 4).map(text => line(span(`  ${text}`, 'strong'))),
  ]
}
