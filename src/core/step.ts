import type { Problem } from './errors.ts'
import type { OperationName } from './facts.ts'

/** What a step does to the world, for the dry run and the operation overlay: exact files and commands. */
export type Effect =
  | { readonly kind: 'read'; readonly words: string }
  | {
      readonly kind: 'write'
      readonly host: string
      readonly path: string
      readonly content?: string
      /** What lies there now, where it matters what of it goes: somebody's edit. */
      readonly former?: string
    }
  | {
      readonly kind: 'remove'
      readonly host: string
      readonly path: string
      /** What lies there now, where nobody said before that it is to go. */
      readonly former?: string
    }
  | { readonly kind: 'run'; readonly host: string; readonly command: string }
  | { readonly kind: 'prove'; readonly words: string }

export type StepContext = {
  /** One line of live output under the running step. */
  readonly say: (line: string) => void
  /** Aborts on the first Ctrl-C before the commit point. */
  readonly signal: AbortSignal
}

export type Step = {
  /** Short and stable: `check`, `snapshot`, `registry`, `unit`, `health`, `lan`, `route`, `public`, `index`, `confirm`. */
  readonly name: string
  readonly title: string
  readonly effects: readonly Effect[]
  readonly run: (context: StepContext) => Promise<void>
  /** Registered before `run`, because `run` can half-succeed; so it is idempotent. */
  readonly undo?: {
    readonly title: string
    readonly run: (context: StepContext) => Promise<void>
    readonly byHand: readonly string[]
  }
  /** After this step the operation only goes forward. */
  readonly commit?: boolean
}

export type Plan = {
  readonly op: string
  readonly operation: OperationName
  readonly id: string
  readonly title: string
  /** What is to be said before it begins, and stays true while it runs; none of it keeps it from running. */
  readonly warnings?: readonly string[]
  readonly steps: readonly Step[]
  /** The one sentence for each way it can end; the outcome's own truth is added to it. */
  readonly words?: { readonly done: string; readonly undone: string; readonly failed: string }
  /**
   * Called once when neither its last step nor its undo ended the operation: frees the locks and leaves what `repair` needs.
   */
  readonly letGo?: () => Promise<void>
}

/** How an operation stands; the overlay and `--json` read this. Times are milliseconds. */
export type StepReport = {
  readonly name: string
  readonly title: string
  /** `stopped`: it was being run when somebody cancelled. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped' | 'undoing' | 'undone' | 'undo-failed'
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly output: readonly string[]
}

export type Outcome =
  | { readonly kind: 'running' }
  | { readonly kind: 'done' }
  | { readonly kind: 'rolled-back'; readonly problem: Problem; readonly interrupted: boolean }
  | {
      readonly kind: 'half-rolled-back'
      readonly problem: Problem
      readonly interrupted: boolean
      /** The very commands a person must run. */
      readonly leftBehind: readonly string[]
    }
  /** Failed after the commit point, or an operation without undo (restart): nothing was put back, and it says so. */
  | { readonly kind: 'failed'; readonly problem: Problem; readonly leftBehind: readonly string[] }

export type OperationReport = {
  readonly op: string
  readonly operation: OperationName
  readonly id: string
  readonly title: string
  readonly warnings: readonly string[]
  readonly startedAt: number
  readonly endedAt: number | null
  readonly steps: readonly StepReport[]
  readonly outcome: Outcome
  /** The one sentence that says how things stand now. */
  readonly summary: string | null
  readonly cancelling: boolean
  readonly committed: boolean
}
