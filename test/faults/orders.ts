import type { Halt } from './halt.ts'
import type { Knocks, Span } from './knocks.ts'
import type { FaultName } from './names.ts'
import type { Caught } from './without-undo.ts'

/** What the main program says to the process that has a lab, and what comes back. */
export type Order =
  /** Finds the points of a scenario. */
  | { readonly kind: 'list'; readonly scenario: string }
  | ({ readonly kind: 'try' } & Chunk)
  /** Leaves out each undo of its plan and each record of its crash. */
  | { readonly kind: 'undos'; readonly scenario: string }

/** Some points of a scenario with one fault: what a lab takes at a time. */
export type Chunk = { readonly scenario: string; readonly fault: FaultName; readonly points: readonly Halt[] }

export type Answers = {
  readonly list: readonly Halt[]
  readonly try: Tried
  readonly undos: readonly Caught[]
}

export type Tried = { readonly trials: readonly Trial[]; readonly steady: Knocks; readonly changing: Knocks }

export type Verdict = 'old' | 'new' | 'VIOLATION'

export type Trial = {
  readonly scenario: string
  readonly fault: FaultName
  readonly point: Halt
  readonly verdict: Verdict
  /** What the operation said of its own end. */
  readonly claim: string
  /** Who died, how the operation and both repairs ended; for a violation all that is different. */
  readonly story: readonly string[]
  readonly ran: Span
  readonly outage: Span | null
}

/** A message of that process: it is ready (no `answer` yet), has done what it was told, or cannot go on. */
export type Told =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly why: string }
