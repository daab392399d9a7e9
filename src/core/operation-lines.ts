import { placeIn } from './batch.ts'
import { tellingAt } from './evidence.ts'
import { type Line, line, ruleKeeping, type Span, span } from './line.ts'
import { conclusion, endingLines, mostEvidence, standingLines, warningLines } from './operation-ending.ts'
import { endingOf } from './outcome-words.ts'
import { scrolled } from './scroll.ts'
import type { State } from './state.ts'
import type { OperationReport, StepReport } from './step.ts'
import { cells, fit, oneLine } from './text.ts'

/** An operation as it runs: each step with its time and last words; on failure what was undone, and how things stand now. */
export const operationLines = (state: State, height: number, focused = false): readonly Line[] => {
  const { operation, ui } = state
  if (operation === null) return []
  if (ui.reading !== null)
    return scrolled(oneLine(operation.title), wholeText(state), ui.reading, { columns: ui.columns, height })
  const steps = operation.steps.map(step => stepLine(state, step))
  const warned = warningLines(operation, state.ui.columns - 4)
  const end = endingLines(state, operation, height - warned.length - 2)
  const running = Math.max(
    0,
    operation.steps.findIndex(({ state: now }) => ['running', 'failed', 'stopped', 'undoing'].includes(now)),
  )
  const space = Math.max(1, height - 1 - warned.length - end.length)
  const from = Math.max(0, Math.min(steps.length - space, running - Math.floor(space / 2)))
  const shown = [...warned, ...steps.slice(from, from + space), ...end]
  const standing = standingOf(state, operation, from, Math.min(steps.length, from + space))
  const heading = ruleKeeping(oneLine(operation.title), standing, state.ui.columns, focused)
  return [heading, ...shown, ...Array.from({ length: Math.max(0, height - 1 - shown.length) }, () => line())]
}

/** In no more rows than that: where it does not fit, what led to the end is cut, how things stand is not. */
export const operationWithin = (state: State, height: number, focused: boolean): readonly Line[] => {
  const lines = operationLines(state, height, focused)
  if (lines.length <= height || state.operation === null || state.ui.reading !== null) return lines.slice(0, height)
  const end = standingLines(state, state.operation)
  const before = lines.slice(0, lines.length - end.length).filter(({ spans }) => spans.length > 0)
  return [...before.slice(0, height - end.length), ...end]
}

/** Lines that would show all of it. */
export const neededLines = (state: State): number => {
  const { operation, ui } = state
  if (operation === null) return 0
  const end = conclusion(state, operation, mostEvidence)
  return 1 + warningLines(operation, ui.columns - 4).length + operation.steps.length + Math.max(3, end.length)
}

/** All of it, to be read through where the screen does not hold it: what is cut there is wrapped here. */
export const wholeText = (state: State): readonly Line[] => {
  const { operation, ui } = state
  if (operation === null) return []
  const width = ui.columns - 4
  const [, ...end] = conclusion(state, operation, Number.POSITIVE_INFINITY)
  const steps = operation.steps.map(step => stepLine(state, step))
  return [...end, line(), ...warningLines(operation, width), ...steps]
}

/** In words, with the step that runs, or else the steps that are seen where a small screen shows only some of them. */
const standingOf = (state: State, operation: OperationReport, from: number, to: number): readonly string[] => {
  const { outcome, cancelling, steps } = operation
  if (outcome.kind === 'running') {
    const step = `step ${reached(steps)} of ${steps.length}`
    const place = placeIn(state.batch, state.queued.length)
    const how = cancelling ? 'cancelling' : 'running'
    return place === null ? [`${how}, ${step}`] : [`${place}, ${how}, ${step}`, `${place}, ${cancelling ? how : step}`]
  }
  const { words } = endingOf(outcome.kind, 'problem' in outcome && outcome.problem.kind === 'interrupted')
  if (to - from >= steps.length) return [words]
  // Which steps are seen could be taken for those that were done.
  if (outcome.kind === 'done') return [`done, all ${steps.length} steps, j k scroll`, `done, all ${steps.length} steps`]
  const at = steps.findIndex(({ state }) => state === 'failed' || state === 'stopped') + 1
  const where = at === 0 ? '' : ` at step ${at} of ${steps.length}`
  const [how = '', ...rest] = words.split(', ')
  const whole = [how + where, ...rest].join(', ')
  return [`${whole}, j k scroll`, whole]
}

const reached = (steps: readonly StepReport[]): number =>
  Math.max(1, steps.filter(({ state }) => state !== 'waiting').length)

const marks: Record<StepReport['state'], readonly [sign: string, ascii: string, tone: Span['tone'], word: string]> = {
  waiting: ['·', '.', 'dim', ''],
  running: ['▸', '>', 'strong', ''],
  done: ['✓', '+', 'ok', ''],
  failed: ['✗', 'x', 'bad', 'failed'],
  stopped: ['■', '#', 'warn', 'stopped'],
  undoing: ['↶', '<', 'warn', 'being undone'],
  undone: ['↶', '<', 'warn', 'undone'],
  'undo-failed': ['✗', 'x', 'bad', 'NOT UNDONE'],
}

/** How it went and how long it took are seen whatever the step is called. */
const stepLine = (state: State, step: StepReport): Line => {
  const [sign, ascii, tone, word] = marks[step.state]
  const how = word === '' ? '' : `  ${word}`
  const took = step.startedAt === null ? '' : `  ${duration(step.startedAt, step.endedAt, state.at)}`
  const title = oneLine(step.title)
  const room = state.ui.columns - 4 - cells(how + took)
  const said = saidOf(step)
  return line(
    span(`  ${state.ui.options.ascii ? ascii : sign} `, tone),
    span(cells(title) > room ? fit(title, room) : title, step.state === 'waiting' ? 'dim' : 'plain'),
    span(how, tone),
    span(took, 'dim'),
    span(said === undefined ? '' : `  ${oneLine(said)}`, 'dim'),
  )
}

/** Its last words, and of one that failed those that tell why. */
const saidOf = (step: StepReport): string | undefined => {
  if (isOver(step)) return undefined
  return step.state === 'failed' ? step.output[tellingAt(step.output)] : step.output.at(-1)
}

/** What a step said while it ran would read as if it still held. */
const isOver = ({ state }: StepReport): boolean => ['done', 'stopped', 'undone', 'undoing'].includes(state)

/** A running step's time in whole seconds, so that nothing flickers; a finished one's to a tenth. */
const duration = (from: number, to: number | null, at: number): string =>
  to === null ? `${Math.max(0, Math.floor((at - from) / 1000))} s` : `${Math.max(0, (to - from) / 1000).toFixed(1)} s`
