import { PapergenError, problemOf } from '../core/errors.ts'
import { explain, problemLine } from '../core/explain.ts'
import { prepare, type Request } from '../core/operations.ts'
import type { World } from '../core/ports.ts'
import { runPlan } from '../core/run-plan.ts'
import type { Event } from '../core/state.ts'

export type Operator = {
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

  const runAll = async (requests: readonly Request[]): Promise<void> => {
    // Until the last one ended nothing else begins, also while one is only being checked.
    tell({ type: 'requested', requests })
    for (const request of requests) {
      operating = new AbortController()
      const succeeded = await runOne(world, request, operating.signal, tell)
      changed()
      tell({ type: 'next-request' })
      if (!succeeded || finishing) break
    }
    tell({ type: 'requested', requests: [] })
  }

  return {
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
  signal: AbortSignal,
  tell: (event: Event) => void,
): Promise<boolean> => {
  try {
    tell({ type: 'notice', notice: { tone: 'info', text: `${request.kind}: checking…` } })
    const plan = await prepare(world, request)
    if (plan.steps.length === 0) {
      tell({ type: 'notice', notice: { tone: 'info', text: plan.title } })
      return true
    }
    const report = await runPlan(plan, world, { signal, report: now => tell({ type: 'operation', report: now }) })
    return report.outcome.kind === 'done'
  } catch (thrown) {
    const problem = problemOf(thrown, request.kind)
    const { hint } = explain(problem)
    tell({ type: 'refused', text: `${problemLine(problem)}${hint === null ? '' : `  Next: ${hint}`}`, problem })
    return false
  }
}
