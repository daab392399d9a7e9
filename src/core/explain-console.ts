import type { Problem } from './errors.ts'
import { explain } from './explain.ts'
import type { Explanation } from './explanation.ts'
import { oneLine } from './text.ts'

/** As `explain`, for the console: a step has the name it has on the screen, and a journal is a key away. */
export const explainInConsole = (problem: Problem): Explanation => {
  if (problem.kind !== 'step-failed') return explain(problem)
  const { title, journalOf, ...bare } = problem
  const { hint, ...said } = explain(bare)
  return {
    ...said,
    title: title === undefined ? said.title : `${oneLine(title)}, failed`,
    hint: journalOf === undefined ? hint : `${hint}; l shows its journal`,
  }
}

/** Title and cause on one line. */
export const lineInConsole = (problem: Problem): string => {
  const { title, cause } = explainInConsole(problem)
  return cause === '' ? title : `${title}: ${cause}`
}
