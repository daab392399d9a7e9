import { batchWords, isAllDone } from './batch.ts'
import { evidenceFor, fitFrame } from './evidence.ts'
import { explainInConsole } from './explain-console.ts'
import { type Line, line, type Span, span } from './line.ts'
import { isRunning, type State } from './state.ts'
import type { OperationReport } from './step.ts'
import { chopped, oneLine } from './text.ts'

/** What it was begun with in mind; once it went well nobody needs to know. */
export const warningLines = ({ outcome, warnings }: OperationReport, width: number): readonly Line[] =>
  outcome.kind === 'done' ? [] : warnings.flatMap(words => told(words, width, 'warn'))

/** What must be read to the end is wrapped, and an address chopped, not cut. */
const told = (text: string, width: number, tone: Span['tone']): readonly Line[] =>
  chopped(oneLine(text), width).map(part => line(span(`  ${part}`, tone)))

/** Lines of it, where all of the screen is not asked for. */
export const mostEvidence = 6

/** What to do next and how things stand come last, so on a small screen the evidence makes room for them. */
export const endingLines = (state: State, operation: OperationReport, height: number): readonly Line[] => {
  for (let evidence = mostEvidence; evidence > 1; evidence--) {
    const lines = conclusion(state, operation, evidence)
    if (lines.length <= height) return lines
  }
  return conclusion(state, operation, 1)
}

/** Why it failed, what to do next and how things stand, with so many lines of evidence. */
export const conclusion = (state: State, operation: OperationReport, evidence: number): readonly Line[] => {
  const width = state.ui.columns - 4
  const { outcome } = operation
  if (outcome.kind === 'running') return []
  const problem = 'problem' in outcome ? explainInConsole(outcome.problem) : null
  const left = 'leftBehind' in outcome ? outcome.leftBehind : []
  return [
    line(),
    ...(problem === null ? [] : told(`${problem.title}: ${problem.cause}`, width, 'bad')),
    ...(problem === null ? [] : evidenceLines(problem.evidence, evidence, width)),
    ...(problem?.hint ? told(`Next: ${problem.hint}`, width, 'warn') : []),
    ...(left.length === 0 ? [] : [line(span('  Left behind; run, or x repairs:', 'warn'))]),
    ...left.map(command => line(span(`    ${oneLine(command)}`))),
    ...standingLines(state, operation),
  ]
}

/** How things stand, and where it was one of several, how all of them ended. */
export const standingLines = (state: State, { outcome, summary }: OperationReport): readonly Line[] => {
  const width = state.ui.columns - 4
  const all = isRunning(state) ? null : batchWords(state.batch)
  return [
    ...(summary === null ? [] : told(summary, width, outcome.kind === 'done' ? 'ok' : 'strong')),
    ...(all === null ? [] : told(all, width, isAllDone(state.batch) ? 'ok' : 'warn')),
  ]
}

/** Where there is room for all of it none is cut. */
const evidenceLines = (said: readonly string[], most: number, width: number): readonly Line[] =>
  Number.isFinite(most)
    ? evidenceFor(said, most).map(each => line(span(`      ${fitFrame(oneLine(each), width - 4)}`, 'dim')))
    : said.flatMap(each => chopped(oneLine(each), width - 4).map(part => line(span(`      ${part}`, 'dim'))))
