import { detailWords, problemIn } from './audit-log.ts'
import { type Explanation, explain } from './explain.ts'
import { headerLines } from './header.ts'
import { type Ran, ranBehind } from './history.ts'
import { type Line, line, rule, type Span, span } from './line.ts'
import { type Ending, endingOf } from './outcome-words.ts'
import { effectLines } from './plan-text.ts'
import type { AuditLine } from './ports.ts'
import type { Dialog, State } from './state.ts'
import { cells, chopped, clean, fit, oneLine } from './text.ts'
import { dayAndTime } from './time-of-day.ts'
import { windowOf } from './window.ts'

type History = Extract<Dialog, { kind: 'history' }>

/** What was done, by whom and how it ended, newest first; or one of it with all its words. */
export const historyLines = (state: State, dialog: History, height: number): readonly Line[] => {
  const { past, index, from } = dialog
  const { columns } = state.ui
  if (past === null) return [rule('Past operations', '', columns, true), dim('Reading the audit log…')]
  if (past.kind === 'failed') return [rule('Past operations', '', columns, true), ...failureLines(state, past.problem)]
  const chosen = past.lines[index]
  if (from !== null && chosen !== undefined) {
    const heading = rule(`${chosen.operation} ${chosen.id}`, 'Esc goes back', columns, true)
    return [heading, ...detailLines(state, chosen).slice(Math.min(from, lastDetailLine(state, dialog)))].slice(
      0,
      height,
    )
  }
  const broken = past.broken === 0 ? [] : [dim(`${past.broken} lines of the audit log could not be read`)]
  const { from: first, to } = windowOf(past.lines.length, index, height - 1 - broken.length)
  const shown = past.lines.slice(first, to)
  const widths = widthsOf(columns, shown)
  return [
    rule('Past operations', past.lines.length === 0 ? '' : `${index + 1} of ${past.lines.length}`, columns, true),
    ...broken,
    ...(past.lines.length === 0 ? [dim('Nothing was done yet.')] : []),
    ...shown.map((each, at) => rowLine(state, each, widths, first + at === index)),
  ]
}

const dim = (text: string): Line => line(span(`  ${text}`, 'dim'))

const failureLines = (state: State, problem: Parameters<typeof explain>[0]): readonly Line[] => {
  const { title, cause, hint } = explain(problem)
  return [
    ...told(state, title, 'bad'),
    ...told(state, cause),
    ...(hint === null ? [] : told(state, `Next: ${hint}`, 'warn')),
  ]
}

type Widths = {
  readonly when: number
  readonly operation: number
  readonly id: number
  readonly outcome: number
  readonly by: number
}

/** As wide as what is shown, so that nothing is cut beside an empty column; a narrow screen leaves out who. */
const widthsOf = (columns: number, shown: readonly AuditLine[]): Widths => {
  const longest = (most: number, words: (line: AuditLine) => string): number =>
    Math.min(most, Math.max(0, ...shown.map(each => cells(words(each)))))
  const isNarrow = columns < 60
  const when = columns >= 100 ? 19 : isNarrow ? 11 : 16
  const operation = longest(10, each => each.operation)
  const outcome = longest(20, each => howWords(each, columns))
  const by = isNarrow ? 0 : longest(20, each => each.by)
  const left = columns - when - operation - outcome - by - (isNarrow ? 6 : 11)
  return { when, operation, outcome, by, id: longest(Math.max(6, left), each => each.id) }
}

/** Enter shows all of it. */
const rowLine = (state: State, past: AuditLine, widths: Widths, selected: boolean): Line => {
  const { columns, options } = state.ui
  const isNarrow = columns < 60
  const gap = isNarrow ? ' ' : '  '
  const when = timeOf(state, past.at).slice(isNarrow ? 5 : 0, columns < 100 ? 16 : undefined)
  return {
    selected,
    spans: [
      span(selected ? (options.ascii ? '> ' : '▸ ') : '  ', 'strong'),
      span(`${fit(when, widths.when)}${gap}`, 'dim'),
      span(`${fit(past.operation, widths.operation)}${gap}`),
      span(`${fit(past.id, widths.id)}${gap}`, 'strong'),
      span(`${fit(howWords(past, columns), widths.outcome)}  `, endingIn(past).tone),
      ...(isNarrow ? [] : [span(`${fit(past.by, widths.by)}  `, 'dim')]),
      ...(columns < 100 ? [] : [span(detailWords(past.detail) ?? '', 'dim')]),
    ],
  }
}

const endingIn = ({ outcome, detail }: AuditLine): Ending =>
  endingOf(outcome, problemIn(detail)?.kind === 'interrupted')

const howWords = (past: AuditLine, columns: number): string => endingIn(past)[columns < 60 ? 'brief' : 'words']

const timeOf = (state: State, at: string): string => {
  const ms = Date.parse(at)
  return Number.isNaN(ms) ? at : dayAndTime(ms, state.ui.options.zone)
}

/** The first line shown when the end of the words is. */
export const lastDetailLine = (state: State, { past, index }: History): number => {
  const chosen = past?.kind === 'listed' ? past.lines[index] : undefined
  if (chosen === undefined) return 0
  return Math.max(0, detailLines(state, chosen).length - (state.ui.rows - headerLines(state).length - 2))
}

const detailLines = (state: State, past: AuditLine): readonly Line[] => {
  const ran = ranBehind(state, past)
  const problem = problemIn(past.detail)
  const rows = Object.entries({
    When: timeOf(state, past.at),
    Who: past.by,
    Operation: past.operation,
    Paper: past.id,
    Outcome: endingIn(past).words,
    ...(past.detail === null ? {} : { Why: detailWords(past.detail) ?? '' }),
  })
  return [
    ...rows.flatMap(([name, words]) =>
      chopped(words, state.ui.columns - 16).map((part, at) =>
        line(span(`  ${fit(at === 0 ? name : '', 10)}  `, 'key'), span(part)),
      ),
    ),
    ...(problem === null ? [] : problemLines(state, explain(problem))),
    line(),
    ...(ran === null ? [dim('Its steps are known to the session that ran it alone.')] : stepsOf(state, ran)),
  ]
}

const problemLines = (state: State, { evidence, hint }: Explanation): readonly Line[] => [
  ...evidence.flatMap(text => told(state, `    │ ${text}`, 'dim')),
  ...(hint === null ? [] : told(state, `Next: ${hint}`, 'warn')),
]

/** What was really run: steps that never began are left out. */
const stepsOf = (state: State, { report, effects }: Ran): readonly Line[] =>
  report.steps.flatMap((step, at) =>
    step.state === 'waiting'
      ? []
      : [
          ...told(
            state,
            `${step.title}  (${step.state === 'undo-failed' ? 'not undone' : step.state})`,
            step.state === 'done' ? 'plain' : 'warn',
          ),
          ...(effects[at] ?? []).flatMap(effectLines).flatMap(text => told(state, `    ${clean(text)}`, 'dim')),
          ...step.output.flatMap(text => told(state, `    │ ${oneLine(text)}`, 'dim')),
        ],
  )

const told = ({ ui: { columns } }: State, text: string, tone: Span['tone'] = 'plain'): readonly Line[] =>
  chopped(text, columns - 4).map(part => line(span(`  ${part}`, tone)))
