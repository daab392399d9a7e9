import { PapergenError, type Problem, problemOf, UndecidedError } from './errors.ts'
import { problemLine } from './explain.ts'
import type { RunWatch } from './operations.ts'
import type { World } from './ports.ts'
import { createRunReport, type RunReport } from './run-report.ts'
import type { OperationReport, Outcome, Plan, Step } from './step.ts'

export { exitOf } from './exit-code.ts'

/**
 * Runs a plan: each undo is registered before its step runs, a failure or a cancel before the commit point undoes everything
 * in reverse, a failed undo does not stop the others, and every outcome leaves one audit line. Never throws.
 */
export const runPlan = async (plan: Plan, world: World, watch: RunWatch): Promise<OperationReport> => {
  const report = createRunReport(plan, world.clock, watch.report)
  const cancelling = () => report.cancelling()
  watch.signal.addEventListener('abort', cancelling, { once: true })
  if (watch.signal.aborted) cancelling()
  const run: Run = { plan, report, signal: watch.signal, begun: [] }
  const problem = await forward(run)
  const outcome = problem === null ? ({ kind: 'done' } as const) : await unwind(run, problem)
  watch.signal.removeEventListener('abort', cancelling)
  const unaudited = await audit(plan, world, outcome)
  return report.end(outcome, summaryOf(run, outcome) + unaudited)
}

type Run = {
  readonly plan: Plan
  readonly report: RunReport
  readonly signal: AbortSignal
  /** Steps whose `run` was called, in order. */
  readonly begun: Step[]
}

/** The first problem, or null when all steps are done. */
const forward = async (run: Run): Promise<Problem | null> => {
  for (const step of run.plan.steps) {
    const problem = await runStep(run, step)
    if (problem !== null) return problem
    if (step.commit) run.report.commit()
  }
  return null
}

const runStep = async (run: Run, step: Step): Promise<Problem | null> => {
  const { report, signal } = run
  const final = report.now().committed || step.commit === true
  // A cancel that came in time stops even before the commit step; one that comes during it does not.
  if (signal.aborted && !report.now().committed) return interrupted(step)
  run.begun.push(step)
  report.step(step, 'running')
  try {
    await step.run({ say: line => report.say(step, line), signal: final ? never : signal })
    report.step(step, 'done')
    return null
  } catch (thrown) {
    const problem = signal.aborted && !final ? interrupted(step) : named(problemOf(thrown, step.title), step)
    report.step(step, problem.kind === 'interrupted' ? 'stopped' : 'failed', evidenceOf(problem))
    // It may have been committed, so nothing may be put back.
    if (thrown instanceof UndecidedError) report.commit()
    return problem
  }
}

const never = new AbortController().signal

const interrupted = (step: Step): Problem => ({ kind: 'interrupted', during: step.title })

/** It may be read where the plan is not known any more. */
const named = (problem: Problem, { title }: Step): Problem =>
  problem.kind === 'step-failed' ? { ...problem, title } : problem

const evidenceOf = (problem: Problem): readonly string[] => (problem.kind === 'step-failed' ? problem.evidence : [])

const unwind = async (run: Run, problem: Problem): Promise<Outcome> => {
  if (run.report.now().committed || !isReversible(run.plan)) return fail(run, problem)
  const leftBehind = await undoAll(run)
  const interrupted = problem.kind === 'interrupted'
  if (leftBehind.length === 0) return { kind: 'rolled-back', problem, interrupted }
  await letGo(run.plan)
  return { kind: 'half-rolled-back', problem, interrupted, leftBehind }
}

const isReversible = (plan: Plan): boolean => plan.steps.some(step => step.undo !== undefined)

const fail = async (run: Run, problem: Problem): Promise<Outcome> => {
  const { plan, report } = run
  await letGo(plan)
  if (plan.operation === 'repair' && problem.kind !== 'interrupted')
    return { kind: 'failed', problem, leftBehind: ['papergen repair'] }
  return { kind: 'failed', problem, leftBehind: report.now().committed ? [`papergen repair ${plan.id}`] : [] }
}

/** Undoes everything begun, newest first. @returns what a person must run for the undos that failed */
const undoAll = async ({ begun, report }: Run): Promise<readonly string[]> => {
  const leftBehind: string[] = []
  for (const step of begun.toReversed()) {
    const { undo } = step
    if (undo === undefined) continue
    report.step(step, 'undoing')
    try {
      await undo.run({ say: line => report.say(step, line), signal: never })
      report.step(step, 'undone')
    } catch (thrown) {
      report.say(step, `${undo.title}: ${problemLine(problemOf(thrown, undo.title))}`)
      report.step(step, 'undo-failed')
      leftBehind.push(...undo.byHand)
    }
  }
  return leftBehind
}

/** A lock that cannot be freed dies with its process, so a failure here changes nothing. */
const letGo = async ({ letGo }: Plan): Promise<void> => letGo?.().catch(() => undefined)

const summaryOf = ({ plan, begun }: Run, outcome: Outcome): string => {
  const { id, words } = plan
  switch (outcome.kind) {
    case 'running':
      return ''
    case 'done':
      return words?.done ?? `${plan.title}: done.`
    case 'rolled-back':
      if (begun.every(step => step.name === 'check' || step.name === 'begin')) return `Nothing was changed for ${id}.`
      return words?.undone ?? `Everything is as it was before: ${plan.title}.`
    case 'half-rolled-back':
      return `${id} is only half put back; the commands left behind, or papergen repair ${id}, finish it.`
    case 'failed':
      return words?.failed ?? `${plan.title}: failed, and nothing was put back.`
  }
}

/** @returns what to add to the summary when the line could not be written */
const audit = async (plan: Plan, world: World, outcome: Outcome): Promise<string> => {
  const detail = 'problem' in outcome ? sayProblem(outcome.problem) : null
  const line = { by: world.by, operation: plan.operation, id: plan.id, outcome: outcome.kind, detail }
  try {
    await world.audit.append({ at: new Date(world.clock.now()).toISOString(), ...line })
    return ''
  } catch (thrown) {
    return ` The audit line could not be written: ${problemLine(problemOf(thrown, 'audit'))}.`
  }
}

/** A problem in a log line; people read `explain`. */
const sayProblem = (problem: Problem): string => new PapergenError(problem).message
