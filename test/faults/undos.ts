import type { Operation } from './names.ts'

/** What is left out of a run, to see that the comparison catches it. */
export type PlanUndo = { readonly operation: Operation; readonly step: string; readonly left: readonly string[] }

/** Steps with an undo, all of them: undos.test.ts asks the plans. The step runs and then fails; its own undo is the first that is due. */
const steps: readonly (readonly [Operation, readonly string[]])[] = [
  ['publish', ['begin', 'snapshot', 'registry', 'unit', 'route', 'index', 'complete']],
  ['update', ['begin', 'snapshot', 'next', 'route-next', 'main', 'complete']],
  ['rollback', ['begin', 'next', 'route-next', 'main', 'complete']],
  ['unpublish', ['begin', 'index']],
]

/** The undo of the second puts back what the first changed as well, so only both together leave anything. */
const alsoBy: Readonly<Record<string, readonly string[]>> = {
  'publish index': ['route'],
  'publish complete': ['registry'],
}

export const planUndos: readonly PlanUndo[] = steps.flatMap(([operation, names]) =>
  names.map(step => ({ operation, step, left: [step, ...(alsoBy[`${operation} ${step}`] ?? [])] })),
)

/** Where an operation is killed, and what its records hold there for `repair`. */
export type CrashUndo = {
  readonly operation: Operation
  readonly at: { readonly call: string; readonly when: 'before' | 'after'; readonly step: string }
  /** Of the intent's `before`; the whole of it: ''. */
  readonly before: readonly string[]
}

/** Each before the commit point, and as late as what the journals keep still differs from what is there. */
export const crashUndos: readonly CrashUndo[] = [
  { operation: 'publish', at: { call: 'step', when: 'before', step: 'confirm' }, before: ['', 'releaseExisted'] },
  {
    operation: 'update',
    at: { call: 'step', when: 'before', step: 'main-health' },
    before: ['entry', 'sidecar', 'releaseExisted'],
  },
  { operation: 'rollback', at: { call: 'step', when: 'before', step: 'main-health' }, before: ['entry', 'sidecar'] },
  {
    operation: 'unpublish',
    at: { call: 'edgeEntry.setIndex', when: 'after', step: 'index' },
    before: ['entry', 'sidecar'],
  },
]

/** The files of an undo journal that each keep one thing; the rest say whose it is, and what was done already. */
export const isRecord = (file: string): boolean => /^(state|unit|route|page)(\..+)?$/.test(file)
