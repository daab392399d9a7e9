import type { Clock } from './ports.ts'
import type { OperationReport, Outcome, Plan, Step, StepReport } from './step.ts'
import { oneLine } from './text.ts'

/** The report of a running plan; every change is a new value handed to `changed`. */
export type RunReport = {
  now(): OperationReport
  step(step: Step, state: StepReport['state'], output?: readonly string[]): void
  say(step: Step, line: string): void
  cancelling(): void
  commit(): void
  end(outcome: Outcome, summary: string): OperationReport
}

export const createRunReport = (plan: Plan, clock: Clock, changed: (report: OperationReport) => void): RunReport => {
  let report = firstReport(plan, clock.now())
  const set = (change: Partial<OperationReport>): void => {
    report = { ...report, ...change }
    changed(report)
  }
  const setStep = (name: string, change: (step: StepReport) => StepReport): void =>
    set({ steps: report.steps.map(step => (step.name === name ? change(step) : step)) })
  set({})
  return {
    now: () => report,
    step: ({ name }, state, output = []) =>
      setStep(name, step => ({ ...step, state, ...times(step, state, clock.now()), output: joined(step, output) })),
    say: ({ name }, line) => setStep(name, step => ({ ...step, output: joined(step, [line]) })),
    cancelling: () => {
      // Past the commit point there is nothing left to cancel.
      if (!report.committed && report.outcome.kind === 'running') set({ cancelling: true })
    },
    commit: () => set({ committed: true }),
    end: (outcome, summary) => {
      set({ outcome, summary, endedAt: clock.now() })
      return report
    },
  }
}

const kept = 200

const joined = ({ output }: StepReport, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? output : [...output, ...lines.map(oneLine)].slice(-kept)

/** `endedAt` stays that of the step itself while it is undone. */
const times = (step: StepReport, state: StepReport['state'], now: number): Partial<StepReport> => {
  if (state === 'running') return { startedAt: now, endedAt: null }
  return ['done', 'failed', 'stopped'].includes(state) ? { endedAt: now } : { endedAt: step.endedAt }
}

const firstReport = (plan: Plan, startedAt: number): OperationReport => ({
  op: plan.op,
  operation: plan.operation,
  id: plan.id,
  title: plan.title,
  warnings: plan.warnings ?? [],
  startedAt,
  endedAt: null,
  steps: plan.steps.map(({ name, title }) => ({
    name,
    title,
    state: 'waiting',
    startedAt: null,
    endedAt: null,
    output: [],
  })),
  outcome: { kind: 'running' },
  summary: null,
  cancelling: false,
  committed: false,
})
