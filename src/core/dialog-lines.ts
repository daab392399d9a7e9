import { confirmLines } from './confirm-lines.ts'
import { type Question, questionLines } from './confirm-question.ts'
import { gridKeys } from './grid-keys.ts'
import { historyLines } from './history-lines.ts'
import { causeOf, type Part, partOf } from './hop-cause.ts'
import { type HopState, hopChain } from './hops.ts'
import { hostsLines } from './hosts-lines.ts'
import { type Line, line, type Span, span } from './line.ts'
import { logHelp } from './log-bar.ts'
import { nextStep } from './next-step.ts'
import { paletteLines } from './palette-lines.ts'
import { publishLines } from './publish-lines.ts'
import { againWords, judgedOf } from './rows.ts'
import { scrolled } from './scroll.ts'
import { movingSign, signs } from './signs.ts'
import type { Dialog, State } from './state.ts'
import { cells, chopped, fit, oneLine, wrapped } from './text.ts'
import { judge } from './verdict.ts'

/** A dialog's lines: help and the publish list take the body, the others the place below the papers. */
export const dialogLines = (state: State, dialog: Dialog, height: number): readonly Line[] => {
  switch (dialog.kind) {
    case 'help':
      return scrolled('Help', helpText(state), dialog.from, { columns: state.ui.columns, height })
    case 'publish':
      return publishLines(state, dialog, height)
    case 'history':
      return historyLines(state, dialog, height)
    case 'palette':
      return paletteLines(state, dialog, height)
    case 'hosts':
      return hostsLines(state, dialog, height)
    case 'hops':
      return hopLines(state, dialog, height)
    case 'quit':
      return questionLines(quitQuestion, { columns: state.ui.columns, height, body: height })
    case 'confirm':
      return confirmLines(state, dialog, height)
  }
}

const quitQuestion: Question = {
  heading: 'Are you sure?',
  words: 'An operation is under way. Quit cancels it and undoes what was done. Quit?',
  ...{ ids: [], warnings: [], answer: ['y/N'] },
}

/** All of the help, which a small screen shows a part of. */
export const helpText = (state: State): readonly Line[] => {
  const inLog = state.ui.focus === 'log' ? logHelp(state) : []
  const keys: readonly (readonly [string, string])[] = [
    ['j k ↓ ↑ g G PgUp PgDn', 'move'],
    ...gridKeys.map(({ shown, title }): [string, string] => [shown, title]),
    ...(inLog.length > 0 ? [] : [['in a log', 'keys of its own: Tab to it, then ?'] as const]),
    ['Esc', 'back, one at a time: dialog, filter, marks, log'],
    ['Ctrl-C', 'during an operation: cancel and undo; else quit'],
    ['Ctrl-Z', 'back to the shell; its fg comes back here'],
  ]
  const chapter = (title: string): Line => line(span(`  ${title}`, 'strong'))
  return [
    ...signLines(state),
    line(),
    ...(inLog.length === 0
      ? []
      : [
          chapter('In the log'),
          ...tableLines(state, inLog, 'key'),
          line(),
          chapter('With the papers (Tab); keys not named above work here too'),
        ]),
    ...tableLines(state, keys, 'key'),
    line(),
    ...tableLines(state, words, 'plain'),
  ]
}

/** Without these signs the grid cannot be read, so they come first. */
const signLines = ({ ui: { columns, options } }: State): readonly Line[] => {
  const legend = [...Object.values(signs), movingSign].map(
    ({ sign, ascii, word }) => `${options.ascii ? ascii : sign} ${word}`,
  )
  const whole = legend.join('   ')
  const perLine = Math.floor((columns - 2) / 12)
  const rows = Array.from({ length: Math.ceil(legend.length / perLine) }, (_, at) =>
    legend
      .slice(at * perLine, (at + 1) * perLine)
      .map(each => fit(each, 12))
      .join(''),
  )
  return (cells(whole) <= columns - 4 ? [whole] : rows).map(text => line(span(`  ${text}`)))
}

/** What the console's own words mean, for who reads them for the first time. */
const words: readonly (readonly [string, string])[] = [
  ['verdict', 'all that is seen of a paper, in one word and its cause'],
  ['hop', 'one link of the way from a paper to its readers'],
  ['drift', 'the records of the two hosts disagree: x mends it'],
  ['registry', 'state.json: which paper owns which port'],
  ['route', "nginx's rule on the edge that leads to the paper"],
  ['on trial', 'the edge takes it back by itself unless it is made final'],
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
const hopLines = (
  state: State,
  { id, from = 0 }: Extract<Dialog, { kind: 'hops' }>,
  height: number,
): readonly Line[] => {
  const { columns } = state.ui
  // A narrow screen needs the place to say that there is more.
  const title = columns < 60 ? oneLine(id) : `Hops of ${oneLine(id)}`
  return scrolled(title, hopText(state, id), from, { columns, height })
}

/** All of the chain, which a small screen shows a part of. */
export const hopText = (state: State, id: string): readonly Line[] => {
  const paper = state.observed.papers.get(id)
  if (paper === undefined) return [line(span('  This paper is gone.', 'dim'))]
  const { verdict, again } = judgedOf(state).find(row => row.paper.id === id) ?? {
    verdict: judge(paper, state.observed, state.at),
    again: undefined,
  }
  const hops = hopChain(paper, state.observed, state.at)
  const cause = causeOf(hops, verdict.hop)
  const next = nextStep(paper, state.observed, verdict, state.at, again !== undefined)
  const why = [
    ...chopped(verdict.cause, state.ui.columns - 4).map(text => line(span(`  ${text}`, 'strong'))),
    ...(again === undefined ? [] : [line(span(`  ${againWords(again)}`))]),
    ...(next === null ? [] : wrapped(`Next: ${next}`, state.ui.columns - 4).map(text => line(span(`  ${text}`)))),
  ]
  // Where not all of it can be seen, why it breaks comes before where.
  const isShort = state.ui.rows < 20
  return [
    ...(isShort ? why : []),
    ...hops.flatMap(hop => linesOfHop(state, hop, partOf(hop, cause), cause?.name ?? '')),
    ...(isShort ? [] : why),
    ...chopped(`  ${state.ui.options.site}${oneLine(id)}/`, state.ui.columns).map(text => line(span(text, 'dim'))),
  ]
}

/** The one to look at is named as such; what only comes of it recedes. */
const linesOfHop = (state: State, { name, sign, words }: HopState, part: Part, cause: string): readonly Line[] => {
  const hopSigns = { ok: '✓', bad: '✗', unknown: '?', waiting: '–' } as const
  const asciiSigns = { ok: '+', bad: 'x', unknown: '?', waiting: '-' } as const
  const tone = sign === 'bad' && part !== 'follows' ? 'bad' : 'dim'
  const said = [
    span(`  ${fit(name, 11)} `, tone === 'bad' ? 'strong' : 'plain'),
    span(`${(state.ui.options.ascii ? asciiSigns : hopSigns)[sign]} `, sign === 'ok' ? 'ok' : tone),
    span(words, tone),
  ]
  if (part === null) return [line(...said)]
  const note = part === 'cause' ? span('breaks here', 'strong') : span(`follows from ${cause}`, 'dim')
  const hasRoom = 16 + cells(words) + 2 + cells(note.text) <= state.ui.columns
  return hasRoom ? [line(...said, '  ', note)] : [line(...said), line(' '.repeat(16), note)]
}
