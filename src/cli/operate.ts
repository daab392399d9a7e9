import type { Problem } from '../core/errors.ts'
import { renderProblem } from '../core/explain.ts'
import { prepare, type Request } from '../core/operations.ts'
import { planText } from '../core/plan-text.ts'
import { exitOf, runPlan } from '../core/run-plan.ts'
import type { OperationReport, Plan, StepReport } from '../core/step.ts'
import { oneLine } from '../core/text.ts'
import { confirm, type Session, warn } from './terminal.ts'

export type OperateOptions = {
  readonly yes: boolean
  readonly dryRun: boolean
  readonly json: boolean
  /** What a person must type; `y` unless told. */
  readonly expected?: string
  /** What the plan warns of was said already. */
  readonly warned?: boolean
}

/** Prepares, shows or runs one operation. @returns the exit code; throws the problem of a refusal before anything began */
export const operate = async (session: Session, request: Request, options: OperateOptions): Promise<number> => {
  const { terminal, world, signal } = session
  const plan = await prepare(world, request)
  if (options.dryRun) {
    terminal.print(options.json ? planJson(plan) : planText(plan))
    return 0
  }
  if (plan.steps.length === 0) {
    terminal.print(options.json ? planJson(plan) : plan.title)
    return 0
  }
  if (!options.warned) warn(terminal, plan.warnings ?? [])
  await confirm(terminal, options.yes, `${plan.title}?`, options.expected)
  const steps = stepPrinter(session)
  const report = await runPlan(plan, world, { signal, report: steps })
  if (options.json) terminal.print(JSON.stringify(reportJson(report), null, 2))
  else conclude(session, report)
  return exitOf(report)
}

/** Prints each step once when it ends, with its time. */
const stepPrinter = ({ terminal }: Session): ((report: OperationReport) => void) => {
  const said = new Map<string, StepReport['state']>()
  return report => {
    for (const step of report.steps) {
      if (said.get(step.name) === step.state || step.state === 'waiting') continue
      said.set(step.name, step.state)
      if (step.state !== 'running' && step.state !== 'undoing') terminal.progress(stepLine(step))
      // Why a step failed is told at the end, once; why something could not be undone only here.
      if (step.state === 'undo-failed') terminal.progress(`      ${oneLine(step.output.at(-1) ?? '')}`)
    }
  }
}

const words: Record<StepReport['state'], string> = {
  waiting: '·',
  running: '…',
  done: 'done',
  failed: 'FAILED',
  stopped: 'stopped',
  undoing: '…',
  undone: 'undone',
  'undo-failed': 'NOT UNDONE',
}

const stepLine = (step: StepReport): string => {
  const took =
    step.startedAt === null || step.endedAt === null ? '' : `${((step.endedAt - step.startedAt) / 1000).toFixed(1)} s`
  return `  ${words[step.state].padEnd(10)} ${step.title}${took === '' ? '' : `  (${took})`}`
}

const conclude = ({ terminal }: Session, report: OperationReport): void => {
  const problem = problemIn(report)
  if (problem !== null) terminal.progress(renderProblem(problem))
  const summary = report.summary ?? ''
  if (report.outcome.kind === 'done') terminal.print(summary)
  else terminal.progress(summary)
  if ('leftBehind' in report.outcome && report.outcome.leftBehind.length > 0) {
    terminal.progress('Left behind; run these, or papergen repair:')
    for (const line of report.outcome.leftBehind) terminal.progress(`  ${line}`)
  }
}

const problemIn = ({ outcome }: OperationReport): Problem | null => ('problem' in outcome ? outcome.problem : null)

const planJson = (plan: Plan): string =>
  JSON.stringify(
    {
      operation: plan.operation,
      id: plan.id,
      title: plan.title,
      warnings: plan.warnings ?? [],
      steps: plan.steps.map(({ name, title, effects }) => ({ name, title, effects })),
    },
    null,
    2,
  )

const reportJson = (report: OperationReport): object => ({ ...report, exit: exitOf(report) })
