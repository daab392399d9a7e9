import { explain } from './explain.ts'
import { headerLines } from './header.ts'
import { type Ran, ranBehind } from './history.ts'
import { type Line, line, rule, type Span, span } from './line.ts'
import { effectLines } from './plan-text.ts'
import type { AuditLine } from './ports.ts'
import type { Dialog, State } from './state.ts'
import { chopped, clean, fit, oneLine } from './text.ts'
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
  return [
    rule('Past operations', past.lines.length === 0 ? '' : `${index + 1} of ${past.lines.length}`, columns, true),
    ...broken,
    ...(past.lines.length === 0 ? [dim('Nothing was done yet.')] : []),
    ...past.lines.slice(first, to).map((each, at) => rowLine(state, each, first + at === index)),
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

/** A narrow screen leaves out who and why; Enter shows them. */
const rowLine = (state: State, { at, by, operation, id, outcome, detail }: AuditLine, selected: boolean): Line => {
  const { columns, options } = state.ui
  const isWide = columns >= 100
  const isNarrow = columns < 60
  const when = timeOf(state, at)
  const how = outcomes[outcome] ?? [outcome, 'warn']
  return {
    selected,
    spans: [
      span(selected ? (options.ascii ? '> ' : '▸ ') : '  ', 'strong'),
      span(isNarrow ? `${fit(when.slice(5, 16), 11)} ` : `${fit(when, 19)}  `, 'dim'),
      span(`${fit(operation, isNarrow ? 9 : 10)} `),
      span(`${fit(id, isNarrow ? 8 : 20)} `, 'strong'),
      span(`${fit(how[0], isWide ? 14 : Math.min(11, columns - 34))} `, how[1]),
      ...(isWide ? [span(`${fit(by, 20)} `, 'dim'), span(detail ?? '', 'dim')] : []),
    ],
  }
}

const outcomes: Readonly<Record<string, readonly [string, Span['tone']]>> = {
  done: ['done', 'ok'],
  'rolled-back': ['undone', 'warn'],
  'half-rolled-back': ['half undone', 'bad'],
  failed: ['failed', 'bad'],
}

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
  const rows = Object.entries({
    When: timeOf(state, past.at),
    Who: past.by,
    Operation: past.operation,
    Paper: past.id,
    Outcome: past.outcome,
    Detail: past.detail ?? '–',
  })
  return [
    ...rows.flatMap(([name, words]) =>
      chopped(words, state.ui.columns - 16).map((part, at) =>
        line(span(`  ${fit(at === 0 ? name : '', 10)}  `, 'key'), span(part)),
      ),
    ),
    line(),
    ...(ran === null ? [dim('Its steps are known to the session that ran it alone.')] : stepsOf(state, ran)),
  ]
}

/** What was really run: steps that never began are left out. */
const stepsOf = (state: State, { report, effects }: Ran): readonly Line[] =>
  report.steps.flatMap((step, at) =>
    step.state === 'waiting'
      ? []
      : [
          ...told(state, `${step.title}  (${step.state.replace('-', ' ')})`, step.state === 'done' ? 'plain' : 'warn'),
          ...(effects[at] ?? []).flatMap(effectLines).flatMap(text => told(state, `    ${clean(text)}`, 'dim')),
          ...step.output.flatMap(text => told(state, `    │ ${oneLine(text)}`, 'dim')),
        ],
  )

const told = ({ ui: { columns } }: State, text: string, tone: Span['tone'] = 'plain'): readonly Line[] =>
  chopped(text, columns - 4).map(part => line(span(`  ${part}`, tone)))
