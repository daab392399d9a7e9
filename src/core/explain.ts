import type { Problem } from './errors.ts'
import { failureWords } from './explain-failure.ts'
import { hostWords } from './explain-host.ts'
import { refusalWords } from './explain-refusal.ts'
import type { Explanation, Words } from './explanation.ts'
import { clean, oneLine } from './text.ts'

export type { ExitCode, Explanation } from './explanation.ts'

/** What, where, why and what to do next. The only place where a problem becomes words. */
export const explain = (problem: Problem): Explanation => {
  const say = words[problem.kind] as (problem: Problem) => Explanation
  const said = say(problem)
  return {
    title: oneLine(said.title),
    cause: oneLine(said.cause),
    evidence: said.evidence.flatMap(linesOf),
    hint: said.hint === null ? null : oneLine(said.hint),
    exitCode: said.exitCode,
  }
}

/** Lines for stderr: the title, the cause, the evidence, and what to do next. */
export const renderProblem = (problem: Problem): string => {
  const { title, cause, evidence, hint } = explain(problem)
  return [
    `✗ ${title}`,
    ...(cause === '' ? [] : [`  ${cause}`]),
    ...evidence.map(line => `  │ ${line}`),
    ...(hint === null ? [] : [`  Next: ${hint}`]),
  ].join('\n')
}

/** Title and cause on one line: for a status document, a header, an audit line. */
export const problemLine = (problem: Problem): string => {
  const { title, cause } = explain(problem)
  return cause === '' ? title : `${title}: ${cause}`
}

const words: Words<Problem['kind']> = { ...refusalWords, ...hostWords, ...failureWords }

const linesOf = (text: string): string[] =>
  clean(text)
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '')
