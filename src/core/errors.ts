/** Everything that can go wrong, as data. Words for people are made in `explain` (explain.ts) and nowhere else. */
export type Problem =
  // Wrong arguments, files or config: nothing begun (exit 2).
  | { kind: 'bad-argument'; what: string; why: string; hint: string | null }
  | { kind: 'bad-config'; path: string; problems: readonly { at: string; message: string }[] }
  | { kind: 'bad-state'; path: string; line: number | null; reason: string }
  | { kind: 'bad-notebook'; path: string; why: string; detail: string | null; hint: string }
  | { kind: 'port-unavailable'; port: number | null; why: string }
  | { kind: 'foreign'; what: string; path: string; why: string }
  | { kind: 'read-only'; action: string }
  | { kind: 'needs-repair'; operation: string; id: string; since: string }
  // A host is unreachable, refused us or is not ready (exit 4).
  /** `next`: what to do about it, where more is known than that it failed. */
  | { kind: 'host-unreachable'; host: string; address: string; why: string; next?: string }
  | { kind: 'session-refused'; host: string; why: string }
  | { kind: 'bus-down'; host: string; socket: string | null; why: string }
  | { kind: 'host-key-unknown'; host: string; address: string; port: number; fingerprint: string; file: string }
  | {
      kind: 'host-key-changed'
      host: string
      address: string
      port: number
      fingerprint: string
      expected: string
      file: string
    }
  | { kind: 'key-refused'; host: string; user: string; tried: readonly string[] }
  | { kind: 'not-set-up'; host: string; role: 'gpu' | 'edge'; why: string }
  | { kind: 'nginx-broken'; host: string; file: string | null; line: number | null; output: string }
  | { kind: 'nginx-down'; host: string; state: string }
  | { kind: 'certificate-unfit'; host: string; why: string }
  // Begun and failed (exit 1, or 5 when something is left behind).
  | { kind: 'locked'; host: string; holder: string; operation: string; id: string; since: string }
  | { kind: 'request-failed'; host: string; request: string; output: string }
  | { kind: 'reload-failed'; host: string; output: string }
  | { kind: 'command-failed'; host: string; command: string; code: number | null; output: string }
  | { kind: 'gpu-unseen'; host: string; command: string; code: number | null; why: string }
  /**
   * `next`: what to do about it, where more is known than that it failed; `journalOf`: whose journal says more; `title`: the
   * step's own, once it was run as a part of a plan.
   */
  | {
      kind: 'step-failed'
      step: string
      why: string
      evidence: readonly string[]
      next?: string
      journalOf?: string
      title?: string
    }
  | { kind: 'no-answer'; host: string; what: string; seconds: number }
  | { kind: 'connection-lost'; host: string; during: string }
  | { kind: 'changed-underneath'; path: string }
  | { kind: 'file-locked'; host: string; path: string; holder: string | null; seconds: number }
  | { kind: 'not-written'; host: string; path: string; reason: 'full' | 'read-only' | 'unsaid' }
  | { kind: 'no-permission'; host: string; what: string; cure: string }
  | { kind: 'interrupted'; during: string }
  | { kind: 'unexpected'; what: string; why: string }

export type ProblemKind = Problem['kind']

/** A thrown problem. The message is for logs; people read `explain(problem)`. */
export class PapergenError extends Error {
  override readonly name = 'PapergenError'
  readonly problem: Problem

  constructor(problem: Problem, options?: { cause?: unknown }) {
    super(`${problem.kind}: ${JSON.stringify(problem)}`, options)
    this.problem = problem
  }
}

/** The answer to a commit was lost and nobody can be asked: neither undoing nor going on would be right. `repair` decides later. */
export class UndecidedError extends PapergenError {}

/** Any thrown thing as a problem; a foreign error becomes `unexpected` with what we were doing. */
export const problemOf = (thrown: unknown, what: string): Problem =>
  thrown instanceof PapergenError
    ? thrown.problem
    : { kind: 'unexpected', what, why: thrown instanceof Error ? thrown.message : String(thrown) }
