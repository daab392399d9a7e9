import { PapergenError, problemOf } from '../core/errors.ts'
import { explain, renderProblem } from '../core/explain.ts'
import { clean } from '../core/text.ts'

/**
 * What ended the program, in words; where in the program it was when it is a defect (`unexpected` with its cause) or somebody looks for
 * one. @returns the exit code
 */
export const tellFailure = (thrown: unknown, print: (text: string) => void, isDebugging: boolean): number => {
  const problem = problemOf(thrown, 'papergen')
  print(clean(renderProblem(problem)))
  const isDefect = problem.kind === 'unexpected' && (isDebugging || thrown instanceof PapergenError)
  const stack = isDefect ? stackOf(thrown) : null
  if (stack !== null) print(clean(stack))
  return explain(problem).exitCode
}

const stackOf = (thrown: unknown): string | null => {
  const origin = thrown instanceof PapergenError ? thrown.cause : thrown
  return origin instanceof Error ? (origin.stack ?? null) : null
}
