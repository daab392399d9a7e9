import type { Begin, EdgeEntry, GpuEntry } from './entry.ts'
import { type Problem, problemOf } from './errors.ts'
import type { Intent } from './facts.ts'
import type { PaperId } from './paper.ts'
import type { World } from './ports.ts'
import type { Step, StepContext } from './step.ts'

/** One operation on its way: its locks, its intent record, and whether anything could not be put back. */
export type Undertaking = {
  readonly world: World
  readonly begin: Begin
  readonly id: PaperId
  /** As last written; `before` is captured under the lock. */
  intent: Intent
  readonly held: { gpu: boolean; edge: boolean }
  /** An undo failed: the undo journals and the intent must stay for `repair`. */
  unfinished: boolean
  /** When the edge's provisional state was last prolonged, by the clock that only goes forward; null while it has none. */
  provisionalSince: number | null
}

export const undertake = (world: World, id: PaperId, intent: Intent): Undertaking => ({
  world,
  begin: { op: intent.op, operation: intent.operation, id, by: world.by },
  id,
  intent,
  held: { gpu: false, edge: false },
  unfinished: false,
  provisionalSince: null,
})

/** Another 60 s for what is provisional on the edge. @throws when the edge has put it back meanwhile */
export const prolong = async (undertaking: Undertaking): Promise<void> => {
  const { edgeEntry, clock } = undertaking.world
  await edgeEntry.hold()
  undertaking.provisionalSince = clock.elapsed()
}

/** The step, with its name in the intent record before it runs. */
export const noted = (undertaking: Undertaking, step: Step): Step => ({
  ...step,
  run: async context => {
    undertaking.intent = { ...undertaking.intent, step: step.name }
    await undertaking.world.intents.put(undertaking.intent)
    await step.run(context)
  },
})

/** An undo that remembers its failure, so that the last undo keeps what `repair` needs. */
export const putBack = (
  undertaking: Undertaking,
  title: string,
  run: (context: StepContext) => Promise<void>,
  byHand: readonly string[],
): NonNullable<Step['undo']> => ({
  title,
  byHand,
  run: async context => {
    try {
      await run(context)
    } catch (thrown) {
      undertaking.unfinished = true
      throw thrown
    }
  },
})

/** Ends the operation on both hosts, the edge first; the intent goes last, so that a crash in between is still found. */
export const settle = async (undertaking: Undertaking): Promise<void> => {
  // The undo journals stay, and `letGo` frees the locks.
  if (undertaking.unfinished) return
  const { held, world, begin } = undertaking
  if (held.edge) await onEdge(undertaking, edge => edge.end())
  if (held.gpu) await onGpu(undertaking, gpu => gpu.end())
  await world.intents.remove(begin.op)
}

/** Frees both locks by ending their programs, which keeps the undo journals. */
export const letGo = async ({ world, held }: Undertaking): Promise<void> => {
  if (held.edge) await world.edgeEntry.close()
  if (held.gpu) await world.gpuEntry.close()
}

/** Takes one host's lock; a refusal holds nothing, a lost answer perhaps does. */
export const take = async (undertaking: Undertaking, which: 'gpu' | 'edge'): Promise<void> => {
  const { world, begin, held } = undertaking
  held[which] = true
  try {
    await (which === 'gpu' ? world.gpuEntry : world.edgeEntry).begin(begin)
  } catch (thrown) {
    held[which] = !refusals.includes(problemOf(thrown, 'begin').kind)
    throw thrown
  }
}

const refusals: readonly string[] = [
  'locked',
  'needs-repair',
  'nginx-broken',
  'nginx-down',
  'not-set-up',
  'bus-down',
  'host-unreachable',
  'session-refused',
  'host-key-unknown',
  'host-key-changed',
  'key-refused',
]

/** A request within the operation; after a lost link the lock is taken again and the request repeated once. */
export const onGpu = <T>(undertaking: Undertaking, act: (gpu: GpuEntry) => Promise<T>): Promise<T> =>
  insisting(undertaking, undertaking.world.gpuEntry, act)

export const onEdge = <T>(undertaking: Undertaking, act: (edge: EdgeEntry) => Promise<T>): Promise<T> =>
  insisting(undertaking, undertaking.world.edgeEntry, act)

const insisting = async <E extends GpuEntry | EdgeEntry, T>(
  undertaking: Undertaking,
  entry: E,
  act: (entry: E) => Promise<T>,
): Promise<T> => {
  try {
    // A link that was lost meanwhile took the lock with it.
    if ((await entry.holder()) === null) await reconnect(undertaking, entry)
    return await act(entry)
  } catch (thrown) {
    if (!isLinkTrouble(problemOf(thrown, 'request'))) throw thrown
    await reconnect(undertaking, entry)
    return act(entry)
  }
}

const patience = 30_000
const pause = 1000

/** Takes the lock again for this operation: the former program may still be putting its state back, and hold the lock meanwhile. */
export const reconnect = async ({ world, begin }: Undertaking, entry: GpuEntry | EdgeEntry): Promise<void> => {
  const until = world.clock.elapsed() + patience
  for (;;) {
    try {
      return await entry.resume(begin)
    } catch (thrown) {
      const problem = problemOf(thrown, 'resume')
      if (!(isLinkTrouble(problem) || problem.kind === 'locked') || world.clock.elapsed() >= until) throw thrown
      await world.clock.sleep(pause)
    }
  }
}

const isLinkTrouble = ({ kind }: Problem): boolean =>
  kind === 'connection-lost' || kind === 'host-unreachable' || kind === 'session-refused' || kind === 'no-answer'
