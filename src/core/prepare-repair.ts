import { PapergenError } from './errors.ts'
import { operationId } from './intent.ts'
import { isPaperId } from './paper.ts'
import { forgetStep, recoverStep } from './plan-repair.ts'
import type { World } from './ports.ts'
import type { Plan, Step } from './step.ts'

/** Interrupted operations. @param id null for every paper */
export const prepareRepair = async (world: World, id: string | null): Promise<Plan> => {
  if (id !== null && !isPaperId(id)) throw notAnId(id)
  const steps = await interruptedSteps(world, id)
  const name = id ?? 'all'
  const what = id ?? 'everything'
  return {
    op: operationId(world.clock.now(), 'repair', name),
    operation: 'repair',
    id: name,
    title:
      steps.length === 0 ? `Nothing to repair: ${what} agrees` : `Repair ${what}: ${steps.map(titleOf).join('; ')}`,
    steps,
    words: {
      done: `${what} is repaired: ${steps.length} step${steps.length === 1 ? '' : 's'}.`,
      undone: 'Nothing was repaired.',
      failed: 'The repair did not end; what it did stays done, and papergen repair goes on from there.',
    },
  }
}

const titleOf = ({ title }: Step): string => title

const interruptedSteps = async (world: World, id: string | null): Promise<readonly Step[]> => {
  const intents = (await world.intents.list()).filter(intent => id === null || intent.id === id)
  const pending = await world.gpuEntry.pending()
  const isKnown = pending === null || (await world.intents.list()).some(({ op }) => op === pending.op)
  const steps = intents.map(intent => recoverStep(world, intent))
  return isKnown || (id !== null && pending.id !== id) ? steps : [...steps, forgetStep(world, pending)]
}

const notAnId = (id: string): PapergenError =>
  new PapergenError({ kind: 'bad-argument', what: `repair of ${id}`, why: 'papergen acts on no such id', hint: null })
