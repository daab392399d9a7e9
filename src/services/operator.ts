import { type Draft, draftOf } from '../core/dry-run.ts'
import { PapergenError, problemOf } from '../core/errors.ts'
import type { Event } from '../core/event.ts'
import { explain, problemLine } from '../core/explain.ts'
import { ranOf } from '../core/history.ts'
import { prepare, type Request } from '../core/operations.ts'
import type { World } from '../core/ports.ts'
import { runPlan } from '../core/run-plan.ts'
import type { Plan } from '../core/step.ts'

export type Operator = {
  /** Makes the plans that a yes would run, and tells them; nothing is changed. */
  prepare(requests: readonly Request[]): Promise<void>
  /** Runs one request after the other and stops at the first that does not succeed. */
  run(requests: readonly Request[]): Promise<void>
  /** The first Ctrl-C: what was done is undone, unless past the commit point. */
  cancel(): void
  /** No further request begins; resolves when the present one has ended. */
  finish(): Promise<void>
}

/** The one who acts, for the console: tells each step as an event. `changed` is called after each operation. */
export const createOperator = (world: World, tell: (event: Event) => void, changed: () => void): Operator => {
  let operating = new AbortController()
  let finishing = false
  let running: Promise<void> = Promise.resolve()
  // What was shown is what runs: a plan finds out by itself when the world is no more what it was made for.
  const shown = new WeakMap<Request, Plan>()

  const draft = async (request: Request): Promise<Draft> => {
    try {
      const plan = await prepare(world, request)
      shown.set(request, plan)
      return draftOf(plan)
    } catch (thrown) {
      return { kind: 'refused', problem: problemOf(thrown, request.kind) }
    }
  }

  const runAll = async (requests: readonly Request[]): Promise<void> => {
    // Until the last one ended nothing else begins, also while one is only being checked.
    tell({ type: 'requested', requests })
    for (const request of requests) {
      operating = new AbortController()
      const succeeded = await runOne(world, request, shown.get(request) ?? null, operating.signal, tell)
      shown.delete(request)
      changed()
      tell({ type: 'next-request' })
      if (!succeeded || finishing) break
    }
    tell({ type: 'requested', requests: [] })
  }

  return {
    prepare: async requests => {
      const drafts: Draft[] = []
      for (const request of requests) drafts.push(await draft(request))
      tell({ type: 'prepared', requests, drafts })
    },
    run: requests => {
      running = runAll(requests)
      return running
    },
    cancel: () => operating.abort(new PapergenError({ kind: 'interrupted', during: 'the operation' })),
    finish: () => {
      finishing = true
      return running
    },
  }
}

/** @returns whether it succeeded; a refusal before anything began is told, not thrown */
const runOne = async (
  world: World,
  request: Request,
  shown: Plan | null,
  signal: AbortSignal,
  tell: (event: Event) => void,
): Promise<boolean> => {
  try {
    tell({ type: 'notice', notice: { tone: 'info', text: `${request.kind}: checking…` } })
    const plan = shown ?? (await prepare(world, request))
    if (plan.steps.length === 0) {
      tell({ type: 'notice', notice: { tone: 'info', text: plan.title } })
      return true
    }
    const report = await runPlan(plan, world, { signal, report: now => tell({ type: 'operation', report: now }) })
    tell({ type: 'ran', ran: ranOf(plan, report) })
    return report.outcome.kind === 'done'
  } catch (thrown) {
    const problem = problemOf(thrown, request.kind)
    const { hint } = explain(problem)
    tell({ type: 'refused', text: `${problemLine(problem)}${hint === null ? '' : `  Next: ${hint}`}`, problem })
    return false
  }
}
