import type { Request } from '../../src/core/operations.ts'
import type { OperationReport } from '../../src/core/step.ts'

/** A place where the program under fault can be made to wait. */
export type Halt = {
  /** Counts every such place of a run, so that another run comes to the same one. */
  readonly number: number
  /** `gpuEntry.begin`, or `step` and `undo` for a whole one. */
  readonly call: string
  readonly when: 'before' | 'after'
  readonly step: string
}

/** What the program under fault is told on its command line. */
export type Script = {
  readonly request: Request
  /** Where it waits for a line on its input. */
  readonly halts: 'all' | readonly number[]
  /** Steps whose undo is left out, and the step that fails after it ran. */
  readonly without?: { readonly undos: readonly string[]; readonly failing: string }
}

/** What it prints, one a line. */
export type Said =
  | { readonly halt: Halt }
  | {
      readonly ended: {
        readonly outcome: OperationReport['outcome']['kind'] | 'refused' | 'nothing'
        readonly words: string
      }
    }

export const wordsOf = ({ number, call, when, step }: Halt): string => `${number} ${step}, ${when} ${call}`
