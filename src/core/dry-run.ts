import type { Problem } from './errors.ts'
import type { Request } from './operations.ts'
import { planText } from './plan-text.ts'
import type { Dialog, State } from './state.ts'
import type { Plan } from './step.ts'

/** What came of preparing one request: the plan that a yes would run, or why there is none. */
export type Draft =
  | {
      readonly kind: 'plan'
      readonly title: string
      readonly warnings: readonly string[]
      readonly steps: readonly string[]
      readonly text: string
    }
  | { readonly kind: 'refused'; readonly problem: Problem }

/** The dry run in a confirmation. */
export type DryRun = {
  /** One a request; null while they are being prepared. */
  readonly drafts: readonly Draft[] | null
  /** With exact files and commands, from this line on; null: the steps alone. */
  readonly unfoldedFrom: number | null
}

export type Confirm = Extract<Dialog, { kind: 'confirm' }>

export const draftOf = (plan: Plan): Draft => ({
  kind: 'plan',
  title: plan.title,
  warnings: plan.warnings ?? [],
  steps: plan.steps.map(({ title }) => title),
  text: planText({ ...plan, warnings: [] }),
})

/** The drafts in the question they were made for; a question that was left meanwhile wants them no more. */
export const withDrafts = (state: State, requests: readonly Request[], drafts: readonly Draft[]): State => {
  const { dialog } = state.ui
  if (dialog?.kind !== 'confirm' || dialog.dryRun === null || dialog.requests !== requests) return state
  // A question that has no answer is none.
  if (requests.every(({ kind }) => kind === 'repair') && drafts.every(isEmpty))
    return { ...state, ui: { ...state.ui, dialog: null }, notice: { tone: 'info', text: titlesOf(drafts) } }
  return { ...state, ui: { ...state.ui, dialog: { ...dialog, dryRun: { ...dialog.dryRun, drafts } } } }
}

const isEmpty = (draft: Draft): boolean => draft.kind === 'plan' && draft.steps.length === 0

const titlesOf = (drafts: readonly Draft[]): string =>
  [...new Set(drafts.flatMap(draft => (draft.kind === 'plan' ? [draft.title] : [])))].join('; ')

/** Why a yes would run nothing yet, or at all; null when it would run what is shown. */
export const whyNotYet = ({ dryRun }: Confirm): string | null => {
  if (dryRun === null) return null
  if (dryRun.drafts === null) return 'The plan is being prepared: nothing runs before it is shown.'
  if (dryRun.drafts.some(({ kind }) => kind === 'refused'))
    return 'This was refused, and nothing was begun; Esc goes back.'
  return dryRun.drafts.every(isEmpty) ? 'There is nothing to do; Esc goes back.' : null
}
