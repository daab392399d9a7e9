import * as byHand from './by-hand.ts'
import { routeWritten, unitRemoved, unitWritten } from './effects.ts'
import { nextOf, unitNameOf } from './paper.ts'
import { proveHealthy } from './prove.ts'
import { sessionWords } from './session-words.ts'
import type { Plan, Step, StepContext } from './step.ts'
import { completeStep, confirmStep, finishStep, indexStep, routeStep, serveFromNext, setRoute } from './steps-edge.ts'
import { beginStep, type Draft, entryOf, refuseTaken, snapshotOf, snapshotStep, unitStep } from './steps-gpu.ts'
import { healthStep, lanStep, publicStep } from './steps-prove.ts'
import { letGo, noted, onGpu, prolong, putBack, type Undertaking } from './undertaking.ts'

export type Update = {
  readonly draft: Draft
  /** Free port for the second unit. */
  readonly nextPort: number
  readonly publishedAt: string
  readonly check: Step
  /** The main unit answered before; an undo must not wait for more than there was. */
  readonly wasHealthy: boolean
  /** Sessions that will be dropped; null when nobody could be asked. */
  readonly viewers: number | null
}

/**
 * Publishes a live paper again without a failing request: operations.md, "Update". The route is on a proved unit at every
 * instant, also while undoing: the new version proves itself in `--next`, which serves while the main unit changes.
 */
export const planUpdate = (undertaking: Undertaking, update: Update): Plan => {
  const { world, id, begin } = undertaking
  const { draft, nextPort, publishedAt } = update
  const steps = [
    // A rollback serves a release that is there.
    ...(begin.operation === 'rollback' ? [] : [snapshotStep(undertaking, draft)]),
    ...nextSteps(undertaking, draft, nextPort),
    mainStep(undertaking, update),
    healthStep(undertaking, id, draft.port, 'main-health'),
    lanStep(undertaking, draft.port, 'main-lan'),
    routeMainStep(undertaking, draft),
    publicStep(undertaking),
    indexStep(undertaking, entryOf(undertaking, draft, { pending: false, publishedAt })),
    completeStep(undertaking, draft, publishedAt),
    confirmStep(undertaking),
    dropNextStep(undertaking),
    finishStep(undertaking, draft.release),
  ]
  return {
    op: begin.op,
    operation: begin.operation,
    id,
    title: titleOf(undertaking, update),
    steps: [
      update.check,
      beginStep(undertaking, draft.seen, draft.release),
      ...steps.map(step => noted(undertaking, step)),
    ],
    words: {
      done: `${id} serves ${draft.release === 'live' ? draft.notebook : `release ${draft.release}`} at ${world.config.site.url}${id}/`,
      undone: `Everything was put back: the former version of ${id} keeps serving.`,
      failed: `${id} may serve the new version, but the operation did not end; papergen repair ${id} finishes it.`,
    },
    letGo: () => letGo(undertaking),
  }
}

const titleOf = ({ id, begin }: Undertaking, { draft, viewers }: Update): string => {
  const what = begin.operation === 'rollback' ? `Roll ${id} back to release ${draft.release}` : `Update ${id}`
  return `${what} (${sessionWords(viewers)})`
}

const nextSteps = (undertaking: Undertaking, draft: Draft, nextPort: number): readonly Step[] => {
  const next = nextOf(undertaking.id)
  const start = unitStep(undertaking, draft, next, nextPort, 'next')
  const run = async (context: StepContext): Promise<void> => {
    await refuseTaken(undertaking, nextPort, next)
    await start.run(context)
  }
  return [
    { ...start, run },
    healthStep(undertaking, next, nextPort, 'next-health'),
    lanStep(undertaking, nextPort, 'next-lan'),
    routeStep(undertaking, nextPort, 'route-next'),
    publicStep(undertaking, 'next-public'),
  ]
}

/** The main unit takes the new release while `--next` serves. Its undo does the same with the old one. */
const mainStep = (undertaking: Undertaking, { draft, nextPort, wasHealthy }: Update): Step => {
  const { world, id } = undertaking
  return {
    name: 'main',
    title: `Restart ${unitNameOf(id)} with the new version`,
    effects: unitWritten(world, id, draft.port, snapshotOf(draft), ['enable', 'start', 'reset-failed', 'restart']),
    run: async () => {
      await world.gpuEntry.writeUnit(id, draft.port, draft.release)
      // A link that was lost while the page was proved took the route back to this unit, with its visitors.
      await prolong(undertaking)
      await world.gpuEntry.startUnit(id)
      await world.gpuEntry.restartUnit(id)
    },
    undo: putBack(
      undertaking,
      `Put ${unitNameOf(id)} back while the second unit serves`,
      async context => {
        await serveFromNext(undertaking, nextPort, context)
        await onGpu(undertaking, gpu => gpu.undoUnit(id))
        if (wasHealthy) await proveHealthy(undertaking, id, draft.port, context)
      },
      byHand.repair(id),
    ),
  }
}

/** Its undo is that of the main unit, which moves the route away first. */
const routeMainStep = (undertaking: Undertaking, { port }: Draft): Step => ({
  name: 'route',
  title: `Route ${undertaking.id} back to port ${port}`,
  effects: routeWritten(undertaking.world, undertaking.id, port),
  run: () => setRoute(undertaking, port),
})

const dropNextStep = ({ world, id }: Undertaking): Step => {
  const next = nextOf(id)
  return {
    name: 'drop-next',
    title: `Remove ${unitNameOf(next)}`,
    effects: unitRemoved(world.config, next),
    run: () => world.gpuEntry.removeUnit(next),
  }
}
