import { confirmLines, questionLines } from './confirm-lines.ts'
import { gridKeys } from './grid-keys.ts'
import { historyLines } from './history-lines.ts'
import { hopChain } from './hops.ts'
import { hostsLines } from './hosts-lines.ts'
import { type Line, line, rule, type Span, span } from './line.ts'
import { logHelp } from './log-bar.ts'
import { nextStep } from './next-step.ts'
import { paletteLines } from './palette-lines.ts'
import { publishLines } from './publish-lines.ts'
import type { Dialog, State } from './state.ts'
import { chopped, fit, oneLine, wrapped } from './text.ts'
import { judge } from './verdict.ts'

/** A dialog's lines: help and the publish list take the body, the others the place below the papers. */
export const dialogLines = (state: State, dialog: Dialog, height: number): readonly Line[] => {
  switch (dialog.kind) {
    case 'help':
      return helpLines(state, dialog, height)
    case 'publish':
      return publishLines(state, dialog, height)
    case 'history':
      return historyLines(state, dialog, height)
    case 'palette':
      return paletteLines(state, dialog, height)
    case 'hosts':
      return hostsLines(state, dialog, height)
    case 'hops':
      return hopLines(state, dialog.id)
    case 'quit':
      return questionLines(state, 'An operation is under way. Quit cancels it and undoes what was done. Quit?', 'y/N')
    case 'confirm':
      return confirmLines(state, dialog, height)
  }
}

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
    ...gridKeys.map(({ shown, title }): [string, string] => [shown, title]),
    ...(state.ui.focus === 'log' ? [] : [['in a log', 'keys of its own: Tab to it, then ?'] as const]),
    ['Esc', 'back: closes one thing, changes nothing'],
    ['Ctrl-C', 'during an operation: cancel and undo; else quit'],
    ['Ctrl-Z', 'back to the shell; its fg comes back here'],
  ]
  const signs = '✓ ok   … starting   ~ degraded   ✗ failing   ≠ drift   ■ stopped   ? unknown'
  const asciiSigns = '+ ok   . starting   ~ degraded   x failing   ! drift   # stopped   ? unknown'
  return [
    ...tableLines(state, keys, 'key'),
    line(),
    ...wrapped(state.ui.options.ascii ? asciiSigns : signs, state.ui.columns - 4).map(part =>
      line(span(`  ${part}`, 'dim')),
    ),
    line(),
    ...tableLines(state, words, 'plain'),
  ]
}

/** What the console's own words mean, for who reads them for the first time. */
const words: readonly (readonly [string, string])[] = [
  ['verdict', 'all that is seen of a paper, in one word and its cause'],
  ['hop', 'one link of the way from a paper to its readers'],
  ['drift', 'the records of the two hosts disagree: x mends it'],
  ['registry', 'state.json: which paper owns which port'],
  ['route', "nginx's rule on the edge that leads to the paper"],
  ['provisionally', 'on trial: the edge takes it back by itself unless confirmed'],
  ['stand-in', 'not the real thing: the demo has one in its place'],
]

const tableLines = (
  { ui: { columns } }: State,
  rows: readonly (readonly [string, string])[],
  tone: Span['tone'],
): readonly Line[] => {
  const width = columns >= 60 ? 22 : 13
  return rows.flatMap(([name, meaning]) =>
    wrapped(meaning, columns - width - 5).map((part, at) =>
      line(span(`  ${fit(at === 0 ? name : '', width)}  `, tone), span(part)),
    ),
  )
}

/** "Where does it break?": the chain, the verdict's words, and what mends it. */
const hopLines = (state: State, id: string): readonly Line[] => {
  const paper = state.observed.papers.get(id)
  if (paper === undefined) return [line(span('  This paper is gone.', 'dim'))]
  const verdict = judge(paper, state.observed, state.at)
  const signs = { ok: '✓', bad: '✗', unknown: '?', waiting: '–' } as const
  const asciiSigns = { ok: '+', bad: 'x', unknown: '?', waiting: '-' } as const
  const hops = hopChain(paper, state.observed, state.at)
  const next = nextStep(paper, state.observed, verdict, state.at)
  const why = [
    ...chopped(verdict.cause, state.ui.columns - 4).map(text => line(span(`  ${text}`, 'strong'))),
    ...(next === null ? [] : wrapped(`Next: ${next}`, state.ui.columns - 4).map(text => line(span(`  ${text}`)))),
  ]
  // Where not all of it can be seen, why it breaks comes before where.
  const isShort = state.ui.rows < 20
  return [
    rule(`Hops of ${oneLine(id)}`, 'Esc goes back', state.ui.columns, true),
    ...(isShort ? why : []),
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
    ...(isShort ? [] : why),
    ...chopped(`  ${state.ui.options.site}${oneLine(id)}/`, state.ui.columns).map(text => line(span(text, 'dim'))),
  ]
}
