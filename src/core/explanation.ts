import type { Problem } from './errors.ts'

/** A problem in words for people, free of control characters, and the exit code it asks for (docs: exit codes). */
export type Explanation = {
  /** What went wrong and where: one line. */
  readonly title: string
  /** Why: one line. */
  readonly cause: string
  /** Lines from outside that show it; often none. */
  readonly evidence: readonly string[]
  /** What to do next; null when there is nothing sensible to say. */
  readonly hint: string | null
  readonly exitCode: ExitCode
}

/** 0 and 3 are no problems; 5 is decided by an operation's outcome (something was left behind). */
export type ExitCode = 1 | 2 | 4 | 130

/** Words for some kinds of problem; an object of this type cannot forget one. */
export type Words<Kind extends Problem['kind']> = {
  readonly [K in Kind]: (problem: Extract<Problem, { kind: K }>) => Explanation
}
