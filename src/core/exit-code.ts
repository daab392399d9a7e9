import type { Problem } from './errors.ts'
import { explain } from './explain.ts'
import type { OperationReport } from './step.ts'

/** The exit code of an ended operation (contract: "Exit codes"). */
export const exitOf = (report: OperationReport): 0 | 1 | 2 | 4 | 5 | 130 => {
  const { outcome } = report
  switch (outcome.kind) {
    case 'running':
    case 'done':
      return 0
    case 'half-rolled-back':
      return 5
    case 'rolled-back':
      return outcome.interrupted ? 130 : failureCode(outcome.problem, nothingBegun(report))
    case 'failed':
      if (outcome.leftBehind.length > 0) return 5
      return outcome.problem.kind === 'interrupted' ? 130 : failureCode(outcome.problem, nothingBegun(report))
  }
}

/** "Wrong arguments, files or config" is only said while nothing has begun; later it is a failure like any other. */
const failureCode = (problem: Problem, nothingBegun: boolean): 1 | 2 | 4 => {
  const code = explain(problem).exitCode
  if (code === 4) return 4
  return code === 2 && nothingBegun ? 2 : 1
}

const nothingBegun = ({ steps }: OperationReport): boolean =>
  steps.every(step => step.state === 'waiting' || step.name === 'check' || step.name === 'begin')
