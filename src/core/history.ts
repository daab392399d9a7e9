import type { Past } from './audit-log.ts'
import type { Problem } from './errors.ts'
import type { AuditLine } from './ports.ts'
import type { State } from './state.ts'
import type { Effect, OperationReport, Plan } from './step.ts'

/** An operation that this session ran: how it went, and what each of its steps does to the world. */
export type Ran = { readonly report: OperationReport; readonly effects: readonly (readonly Effect[])[] }

/** What came of asking for the past operations. */
export type PastAnswer = ({ readonly kind: 'listed' } & Past) | { readonly kind: 'failed'; readonly problem: Problem }

const most = 50

export const ranOf = (plan: Plan, report: OperationReport): Ran => ({
  report,
  effects: plan.steps.map(({ effects }) => effects),
})

export const withRan = (state: State, ran: Ran): State => ({ ...state, ran: [...state.ran, ran].slice(-most) })

/** The answer in the list that asked for it; a list that was left meanwhile wants it no more. */
export const withPast = (state: State, past: PastAnswer): State => {
  const { dialog } = state.ui
  return dialog?.kind === 'history' ? { ...state, ui: { ...state.ui, dialog: { ...dialog, past } } } : state
}

/** The operation behind an audit line, when this session ran it: its line is written while it ends. */
export const ranBehind = ({ ran }: State, { at, operation, id }: AuditLine): Ran | null => {
  const written = Date.parse(at)
  const isIts = ({ report }: Ran): boolean =>
    report.operation === operation &&
    report.id === id &&
    report.startedAt <= written &&
    written <= (report.endedAt ?? Infinity)
  return ran.find(isIts) ?? null
}
