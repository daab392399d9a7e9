import { routeRemoved, unitRemoved } from './effects.ts'
import { unitNameOf } from './paper.ts'
import { proveGone } from './prove.ts'
import { removeRecord } from './record.ts'
import type { Plan, Step } from './step.ts'
import { confirmStep, finishStep, indexStep, indexUndo } from './steps-edge.ts'
import { beginStep } from './steps-gpu.ts'
import { letGo, noted, type Undertaking } from './undertaking.ts'

/** Takes a paper down: operations.md, "Unpublish". From the route's removal on there is only forward. */
export const planUnpublish = (undertaking: Undertaking, seen: string | null, check: Step): Plan => {
  const { id, begin } = undertaking
  const steps = [
    // What somebody took down must never come back before the public by an undo, so the commit point lies before the route.
    { ...indexStep(undertaking, null), undo: indexUndo(undertaking), commit: true },
    dropRouteStep(undertaking),
    goneStep(undertaking),
    confirmStep(undertaking),
    removeUnitStep(undertaking),
    removeRecordStep(undertaking),
    finishStep(undertaking, null),
  ]
  return {
    op: begin.op,
    operation: 'unpublish',
    id,
    title: `Unpublish ${id}`,
    steps: [check, beginStep(undertaking, seen, null), ...steps.map(step => noted(undertaking, step))],
    words: {
      done: `${id} is off the site. Its notebook and its snapshots are kept: publishing it brings it back.`,
      undone: `Everything was put back: ${id} is published as before.`,
      failed: `${id} is being taken down, but not everything is removed; papergen repair ${id} finishes it.`,
    },
    letGo: () => letGo(undertaking),
  }
}

const dropRouteStep = (undertaking: Undertaking): Step => {
  const { config } = undertaking.world
  return {
    name: 'route',
    title: `Take ${undertaking.id} off ${config.edge.name}`,
    effects: routeRemoved(config, undertaking.id),
    run: () => dropRoute(undertaking),
  }
}

/** Nothing happens when there is no route. */
export const dropRoute = async ({ world, id }: Undertaking): Promise<void> => {
  if ((await world.edgeEntry.snippets()).some(({ name }) => name === id)) await world.edgeEntry.dropRoute(id)
}

const goneStep = (undertaking: Undertaking): Step => ({
  name: 'gone',
  title: 'Prove that the public page is gone',
  effects: [{ kind: 'prove', words: `${undertaking.world.config.site.url}${undertaking.id}/ is not served any more` }],
  run: context => proveGone(undertaking, context),
})

const removeUnitStep = (undertaking: Undertaking): Step => ({
  name: 'unit',
  title: `Stop and remove ${unitNameOf(undertaking.id)}`,
  effects: unitRemoved(undertaking.world.config, undertaking.id),
  run: () => removeUnit(undertaking),
})

/** Nothing happens when there is no unit. */
export const removeUnit = async ({ world, id }: Undertaking): Promise<void> => {
  if ((await world.units.unitFiles()).some(({ unit }) => unit === id)) await world.gpuEntry.removeUnit(id)
}

const removeRecordStep = ({ world, id }: Undertaking): Step => ({
  name: 'registry',
  title: `Free the port of ${id}`,
  effects: [
    { kind: 'write', host: world.config.gpu.name, path: world.registry.path },
    { kind: 'write', host: world.config.gpu.name, path: world.sidecar.path },
  ],
  run: () => removeRecord(world, id),
})
