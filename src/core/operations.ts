import type { OperationReport, Plan } from './step.ts'

/** What an operator asks for; CLI and console make these, `prepare` turns one into a plan. */
export type Request =
  | {
      readonly kind: 'publish'
      /** As typed: relative to the project or the notebook folder, or absolute inside the project. */
      readonly notebook: string
      readonly id: string | null
      readonly title: string | null
      readonly port: number | null
    }
  | { readonly kind: 'rollback'; readonly id: string }
  | { readonly kind: 'restart'; readonly id: string }
  | { readonly kind: 'unpublish'; readonly id: string }
  /** Null id: everything unfinished and every drift. */
  | { readonly kind: 'repair'; readonly id: string | null }

export type RunWatch = {
  /** First Ctrl-C: cancel and undo, unless past the commit point. */
  readonly signal: AbortSignal
  /** Called on every change; cheap and synchronous. */
  readonly report: (report: OperationReport) => void
}

export type { Plan }
