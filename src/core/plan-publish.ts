import type { Plan, Step } from './step.ts'
import { completeStep, confirmStep, finishStep, indexStep, indexUndo, routeStep } from './steps-edge.ts'
import { beginStep, type Draft, entryOf, registryStep, snapshotStep, unitStep } from './steps-gpu.ts'
import { healthStep, lanStep, publicStep } from './steps-prove.ts'
import { letGo, noted, type Undertaking } from './undertaking.ts'

/** Publishes a paper that is not live: operations.md, "Publish (new id)". @param publishedAt as the registry writes it */
export const planPublish = (undertaking: Undertaking, draft: Draft, publishedAt: string, checks: Step): Plan => {
  const { world, id, begin } = undertaking
  const { port } = draft
  const complete = entryOf(undertaking, draft, { pending: false, publishedAt })
  const steps = [
    snapshotStep(undertaking, draft),
    registryStep(undertaking, draft),
    unitStep(undertaking, draft, id, port),
    healthStep(undertaking, id, port),
    lanStep(undertaking, port),
    routeStep(undertaking, port),
    publicStep(undertaking),
    { ...indexStep(undertaking, complete), undo: indexUndo(undertaking) },
    completeStep(undertaking, draft, publishedAt),
    confirmStep(undertaking),
    finishStep(undertaking, draft.release),
  ]
  return {
    op: begin.op,
    operation: 'publish',
    id,
    title: `Publish ${draft.notebook} as ${id} on port ${port}`,
    steps: [checks, beginStep(undertaking, draft.seen, draft.release), ...steps.map(step => noted(undertaking, step))],
    words: {
      done: `${id} is live at ${world.config.site.url}${id}/`,
      undone: `Everything was put back: ${id} is not published, as before.`,
      failed: `${id} may be live, but the operation did not end; papergen repair ${id} finishes it.`,
    },
    letGo: () => letGo(undertaking),
  }
}
