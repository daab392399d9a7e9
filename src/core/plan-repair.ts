import type { Pending } from './entry.ts'
import { PapergenError, problemOf } from './errors.ts'
import type { Intent } from './facts.ts'
import { sameUndertaking } from './intent.ts'
import { isPaperId, nextOf } from './paper.ts'
import { dropRoute, removeUnit } from './plan-unpublish.ts'
import type { World } from './ports.ts'
import { proveHealthy } from './prove.ts'
import { readEntries, removeRecord, restoreRecord } from './record.ts'
import type { Step, StepContext } from './step.ts'
import { isForeignIndex, serveFromNextOrStay } from './steps-edge.ts'
import { letGo, reconnect, type Undertaking } from './undertaking.ts'

/** Ends one interrupted operation in its own direction: operations.md, "Direction after a crash". */
export const recoverStep = (world: World, intent: Intent): Step => {
  const undertaking = sameUndertaking(world, intent)
  return {
    name: intent.op,
    title: `Finish or undo the interrupted ${intent.operation} of ${intent.id}`,
    effects: [
      { kind: 'read', words: `what ${world.config.edge.name} knows of ${intent.op}` },
      { kind: 'remove', host: world.config.gpu.name, path: `state/intents/${intent.op}.json` },
    ],
    run: context => freeingAfterwards(undertaking, () => recover(undertaking, context)),
  }
}

const recover = async (undertaking: Undertaking, context: StepContext): Promise<void> => {
  const { world, held, intent } = undertaking
  await reconnect(undertaking, world.gpuEntry)
  held.gpu = true
  // Asked before the lock is taken again, so that nothing of ours can have changed the answer.
  const outcome = await world.edgeEntry.outcome(intent.op)
  await reconnect(undertaking, world.edgeEntry)
  held.edge = true
  const forward = intent.operation === 'unpublish' ? isTakenDown(intent) : outcome === 'confirmed' || isPast(intent)
  context.say(forward ? 'it was past its commit point: finishing it' : 'it was before its commit point: undoing it')
  if (!forward) await back(undertaking, context)
  else if (intent.operation === 'unpublish') await takeDown(undertaking)
  else await dropNext(undertaking)
  await conclude(undertaking, forward)
}

/** These steps only begin behind the commit point. */
const isPast = ({ step }: Intent): boolean => step === 'drop-next' || step === 'finish'

const isTakenDown = ({ step }: Intent): boolean => step !== 'begin' && step !== 'index'

const back = async (undertaking: Undertaking, context: StepContext): Promise<void> => {
  const { world, id, intent } = undertaking
  const { before, port, release } = intent
  if (isOfLive(intent)) {
    const serving = wasMainTouched(intent) ? await portOfNext(undertaking) : null
    if (serving !== null) await serveFromNextOrStay(undertaking, { main: port, next: serving }, context)
    await world.gpuEntry.undoUnit(id)
    if (wasMainTouched(intent) && port !== null) await awaitOld(undertaking, port, context)
  }
  await world.edgeEntry.undo()
  await world.gpuEntry.undo()
  if (before === null) return
  await restoreRecord(world, id, before)
  if (!before.releaseExisted && release !== null) await world.releases.remove(id, release)
}

/** Operations on a paper that is live all the while. */
const isOfLive = ({ operation }: Intent): boolean => operation === 'update' || operation === 'rollback'

/** Where the second unit answers, so that visitors need not wait for the main one; null when it is gone or does not. */
const portOfNext = async ({ world, id }: Undertaking): Promise<number | null> => {
  const next = nextOf(id)
  const port = (await world.units.unitFiles()).find(({ unit }) => unit === next)?.port ?? null
  if (port === null || (await world.gpuEntry.listener(next, port)).kind !== 'unit') return null
  return (await world.prober.local(id, port)).ok ? port : null
}

const beforeMain = ['begin', 'snapshot', 'next', 'next-health', 'next-lan', 'route-next', 'next-public']

const wasMainTouched = ({ step }: Intent): boolean => !beforeMain.includes(step)

/** A paper that was broken before stays broken: that is the old state, and no reason to stop the repair. */
const awaitOld = async (undertaking: Undertaking, port: number, context: StepContext): Promise<void> => {
  try {
    await proveHealthy(undertaking, undertaking.id, port, context)
  } catch (thrown) {
    context.say(`the former version is back but not healthy: ${problemOf(thrown, 'health').kind}`)
  }
}

const takeDown = async (undertaking: Undertaking): Promise<void> => {
  const { world, id } = undertaking
  const others = (await readEntries(world)).filter(entry => entry.id !== id && !entry.pending)
  if (!(await isForeignIndex(world))) await world.edgeEntry.setIndex(world.texts.fragment(others))
  await dropRoute(undertaking)
  await world.edgeEntry.confirm()
  await removeUnit(undertaking)
  await removeRecord(world, id)
}

const dropNext = async ({ world, id }: Undertaking): Promise<void> => {
  const next = nextOf(id)
  if ((await world.units.unitFiles()).some(({ unit }) => unit === next)) await world.gpuEntry.removeUnit(next)
}

/** Forward the intent goes first, back it goes last: as the operation itself would have done it. */
const conclude = async ({ world, intent, held }: Undertaking, forward: boolean): Promise<void> => {
  if (forward) await world.intents.remove(intent.op)
  await world.edgeEntry.end()
  held.edge = false
  await world.gpuEntry.end()
  held.gpu = false
  if (!forward) await world.intents.remove(intent.op)
}

/** What the GPU host still remembers of an operation whose intent is gone: it was finished but for freeing the host. */
export const forgetStep = (world: World, pending: Pending): Step => ({
  name: pending.op,
  title: `Unlock ${world.config.gpu.name} from the finished ${pending.operation} of ${pending.id}`,
  effects: [{ kind: 'run', host: world.config.gpu.name, command: `papergen-gpu: end  (${pending.op})` }],
  run: async () => {
    const { op, id } = pending
    if (!isPaperId(id)) throw new PapergenError({ kind: 'unexpected', what: 'pending operation', why: `paper ${id}` })
    await world.gpuEntry.resume({ op, operation: 'repair', id, by: world.by })
    await world.gpuEntry.end()
  },
})

/** A failing repair keeps the undo journals and frees the locks. */
export const freeingAfterwards = async (undertaking: Undertaking, act: () => Promise<void>): Promise<void> => {
  try {
    await act()
  } catch (thrown) {
    await letGo(undertaking).catch(() => undefined)
    throw thrown
  }
}
