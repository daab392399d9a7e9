import { questionLines, typedAnswer } from './confirm-question.ts'
import { type Confirm, type Draft, type DryRun, whyNotYet } from './dry-run.ts'
import { explain } from './explain.ts'
import { fitWarnings } from './gpu-fit.ts'
import { headerLines } from './header.ts'
import { type Line, line, ruleKeeping, type Span, span } from './line.ts'
import { positionOf } from './scroll.ts'
import type { State } from './state.ts'
import { chopped, oneLine } from './text.ts'

/** A question, how it is answered, and below it what a yes would run. */
export const confirmLines = (state: State, dialog: Confirm, height: number): readonly Line[] => {
  const head = headOf(state, dialog, height)
  const { dryRun } = dialog
  if (dryRun === null) return head
  const space = Math.max(1, height - head.length)
  if (dryRun.unfoldedFrom === null) return [...head, ...foldedLines(state, dryRun, space)]
  const from = Math.min(dryRun.unfoldedFrom, lastUnfoldedLine(state, dialog))
  const details = unfoldedLines(state, dryRun)
  const shown = details.slice(from, from + space)
  // Where something is typed, letters are letters.
  const position = positionOf(from, shown.length, details.length, dialog.expected === null ? 'j k' : '↓ ↑')
  const heading = ruleKeeping(headingOf(dialog), position ?? ['Esc goes back'], state.ui.columns, true)
  return [heading, ...head.slice(1), ...shown]
}

const headOf = (state: State, dialog: Confirm, height: number): readonly Line[] => {
  const { columns } = state.ui
  const question = {
    heading: headingOf(dialog),
    words: dialog.question,
    ids: dialog.requests.flatMap(({ id }) => id ?? []),
    warnings: warningsOf(state, dialog),
    answer: answerTo(dialog, columns),
  }
  return questionLines(question, { columns, height: height - roomForPlan(dialog, height), body: bodyOf(state) })
}

const bodyOf = (state: State): number => state.ui.rows - headerLines(state).length - 1

/** Lines that a long question leaves to the plan: the half when that is read. */
const roomForPlan = ({ dryRun }: Confirm, height: number): number => {
  if (dryRun === null) return 0
  return dryRun.unfoldedFrom === null ? 3 : Math.floor(height / 2)
}

const answerTo = (dialog: Confirm, columns: number): readonly string[] => {
  if (dialog.expected !== null && !isRefused(dialog)) return typedAnswer(dialog.expected, dialog.typed, columns)
  return [whyNotYet(dialog) === null ? 'y/N' : 'Esc goes back']
}

/** A restart is asked about without a plan, so its warning is made here, of what is known now. */
const warningsOf = ({ observed, at }: State, { requests, dryRun }: Confirm): readonly string[] => {
  if (dryRun !== null) return (dryRun.drafts ?? []).flatMap(draft => (draft.kind === 'plan' ? draft.warnings : []))
  const ids = requests.flatMap(request => (request.kind === 'restart' ? [request.id] : []))
  const { gpuUses: uses, gpuHost } = observed
  return fitWarnings({ ids, beside: false }, { uses, gpu: gpuHost.gpu, at }).map(oneLine)
}

const headingOf = (dialog: Confirm): string => (isRefused(dialog) ? 'Refused' : 'Are you sure?')

const isRefused = ({ dryRun }: Confirm): boolean => dryRun?.drafts?.some(({ kind }) => kind === 'refused') === true

/** The first line shown when the end of the unfolded plan is. */
export const lastUnfoldedLine = (state: State, dialog: Confirm): number => {
  if (dialog.dryRun === null) return 0
  const height = bodyOf(state)
  const space = height - headOf(state, dialog, height).length
  return Math.max(0, unfoldedLines(state, dialog.dryRun).length - space)
}

const foldedLines = (state: State, { drafts }: DryRun, space: number): readonly Line[] => {
  if (drafts === null) return [line(span('  Preparing the plan…', 'dim'))]
  const isOne = drafts.length === 1
  const lines = drafts.flatMap(draft => draftLines(state, draft, isOne))
  if (lines.length <= space) return lines
  const hidden = lines.length - space + 1
  return [...lines.slice(0, space - 1), line(span(`  … and ${hidden} more lines: Tab shows all`, 'dim'))]
}

/** Several plans show their titles, one alone shows its steps. */
const draftLines = (state: State, draft: Draft, isOne: boolean): readonly Line[] => {
  if (draft.kind === 'refused') return refusalLines(state, draft)
  if (draft.steps.length === 0) return told(state, draft.title, 'ok')
  const steps = draft.steps.map((title, at) =>
    line(span(`${String(at + 1).padStart(5)}  `, 'dim'), span(oneLine(title))),
  )
  return isOne ? steps : told(state, `${draft.title}: ${draft.steps.length} steps`, 'plain')
}

/** What, where, why, what shows it, and what to do next. */
const refusalLines = (state: State, { problem }: Extract<Draft, { kind: 'refused' }>): readonly Line[] => {
  const { title, cause, evidence, hint } = explain(problem)
  return [
    ...told(state, title, 'bad'),
    ...(cause === '' ? [] : told(state, cause, 'plain')),
    ...evidence.flatMap(text => told(state, `  ${text}`, 'dim')),
    ...(hint === null ? [] : told(state, `Next: ${hint}`, 'warn')),
  ]
}

const unfoldedLines = (state: State, { drafts }: DryRun): readonly Line[] =>
  (drafts ?? []).flatMap(draft =>
    draft.kind === 'refused'
      ? refusalLines(state, draft)
      : draft.text.split('\n').flatMap(text => told(state, text, /^ {5}/.test(text) ? 'dim' : 'plain')),
  )

/** To the last character: it is what will be run. */
const told = ({ ui: { columns } }: State, text: string, tone: Span['tone']): readonly Line[] =>
  chopped(text, columns - 4).map(part => line(span(`  ${part}`, tone)))
