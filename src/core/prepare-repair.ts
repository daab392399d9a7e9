import { PapergenError } from './errors.ts'
import { newUndertaking, nothingDrafted, operationId } from './intent.ts'
import { type LeftAlone, type Mending, mendings } from './mend.ts'
import { isPaperId, parsePaperId } from './paper.ts'
import { forgetStep, freeingAfterwards, recoverStep } from './plan-repair.ts'
import type { World } from './ports.ts'
import type { Plan, Step } from './step.ts'
import { onEdge, onGpu, take } from './undertaking.ts'

/**
 * Interrupted operations first, then what disagrees. A paper with an interrupted operation has no other drift to mend.
 * @param id null for every paper
 * @throws PapergenError `foreign` when the one paper asked for cannot be mended
 */
export const prepareRepair = async (world: World, id: string | null): Promise<Plan> => {
  if (id !== null && !isPaperId(id)) throw notAnId(id)
  const interrupted = await interruptedSteps(world, id)
  const open = new Set((await world.intents.list()).map(intent => intent.id))
  const found = (await mendings(world)).filter(one => (id === null || one.id === id) && !open.has(one.id))
  const left = found.flatMap(one => one.leftAlone)
  const leftAlone = [...new Set(left.map(({ why }) => why))]
  const isHopeless = leftAlone.length > 0 && interrupted.length === 0 && found.every(one => one.mends.length === 0)
  if (id !== null && isHopeless) throw cannotMend(id, left)
  const wrong = found.filter(one => one.mends.length > 0)
  const steps = [...interrupted.map(({ step }) => step), ...wrong.map(one => mendStep(world, one))]
  const ended = [...interrupted.map(({ done }) => done), ...wrong.map(one => doneWords(one, id === null))]
  const name = id ?? 'all'
  const what = id ?? 'everything'
  const alone = leftAlone.length === 0 ? '' : ` (left alone: ${leftAlone.join('; ')})`
  const title = steps.length > 0 ? `Repair ${what}` : id === null ? 'Nothing to repair' : `Nothing to repair on ${id}`
  return {
    op: operationId(world.clock.now(), 'repair', name),
    operation: 'repair',
    id: name,
    title: title + alone,
    steps,
    words: {
      done: `${what} is repaired: ${ended.join('; ')}${alone}.`,
      undone: 'Nothing was repaired.',
      failed: 'The repair did not end; what it did stays done, and papergen repair goes on from there.',
    },
  }
}

/** All mends of one paper under both locks, confirmed at the end. */
const mendStep = (world: World, { id, mends }: Mending): Step => ({
  name: `mend-${id}`,
  title: `${id}: ${mends.map(({ words }) => words).join('; ')}`,
  effects: mends.flatMap(({ effects }) => effects),
  run: async context => {
    const undertaking = newUndertaking(world, 'repair', parsePaperId(id), nothingDrafted)
    await freeingAfterwards(undertaking, async () => {
      await take(undertaking, 'gpu')
      await take(undertaking, 'edge')
      for (const { words, run } of mends) {
        context.say(words)
        await run(undertaking, context)
      }
      await world.edgeEntry.confirm()
      await onEdge(undertaking, edge => edge.end())
      await onGpu(undertaking, gpu => gpu.end())
    })
  },
})

/** In a repair of one paper its name was said already. */
const doneWords = ({ id, mends }: Mending, isNamed: boolean): string =>
  `${isNamed ? `${id}: ` : ''}${mends.map(({ done }) => done).join(', ')}`

/** What ends an interrupted operation, and the words for when it has. */
type Ending = { readonly step: Step; readonly done: string }

const interruptedSteps = async (world: World, id: string | null): Promise<readonly Ending[]> => {
  const intents = (await world.intents.list()).filter(intent => id === null || intent.id === id)
  const pending = await world.gpuEntry.pending()
  const isKnown = pending === null || (await world.intents.list()).some(({ op }) => op === pending.op)
  const recovered = intents.map(intent => ({
    step: recoverStep(world, intent),
    done: `the interrupted ${intent.operation} of ${intent.id} was finished or undone`,
  }))
  if (isKnown || (id !== null && pending.id !== id)) return recovered
  const done = `${world.config.gpu.name} was unlocked from the finished ${pending.operation} of ${pending.id}`
  return [...recovered, { step: forgetStep(world, pending), done }]
}

const notAnId = (id: string): PapergenError =>
  new PapergenError({ kind: 'bad-argument', what: `repair of ${id}`, why: 'papergen acts on no such id', hint: null })

const cannotMend = (id: string, left: readonly LeftAlone[]): PapergenError => {
  const why = left.map(one => one.why).join('; ')
  const hints = left.flatMap(({ hint }) => hint ?? [])
  return hints.length === 0
    ? new PapergenError({ kind: 'foreign', what: `paper ${id}`, path: id, why })
    : new PapergenError({ kind: 'bad-argument', what: `repair of ${id}`, why, hint: hints.join('; ') })
}
