import type { Halt } from './halt.ts'
import type { FaultName } from './names.ts'
import type { Chunk, Order } from './orders.ts'

/** What is still to be done, and which lab has made which scenario for itself. */
export type Queue = {
  readonly unlisted: readonly string[]
  readonly chunks: readonly Chunk[]
  readonly made: readonly (readonly [lab: number, scenario: string])[]
}

/**
 * What a lab does next, and what is left. Its own scenarios first, for making another costs it a run; then one that nobody listed;
 * then it helps with the one of which most is left. Null when there is nothing for it now.
 */
export const take = (queue: Queue, lab: number): { readonly order: Order; readonly left: Queue } | null => {
  const { unlisted, chunks, made } = queue
  const own = chunks.find(({ scenario }) => made.some(([who, what]) => who === lab && what === scenario))
  if (own !== undefined) return takeChunk(queue, lab, own)
  const [scenario, ...rest] = unlisted
  if (scenario !== undefined)
    return { order: { kind: 'list', scenario }, left: { ...queue, unlisted: rest, made: [...made, [lab, scenario]] } }
  const longest = longestOf(chunks)
  return longest === undefined ? null : takeChunk(queue, lab, longest)
}

const takeChunk = (queue: Queue, lab: number, chunk: Chunk) => {
  const made: Queue['made'] = [...queue.made, [lab, chunk.scenario]]
  return { order: { kind: 'try', ...chunk } as const, left: { ...queue, made, chunks: without(queue.chunks, chunk) } }
}

const without = (chunks: readonly Chunk[], taken: Chunk): readonly Chunk[] => chunks.filter(chunk => chunk !== taken)

/** The last of a scenario with two or more: a single one is done sooner by the lab that has made it. */
const longestOf = (chunks: readonly Chunk[]): Chunk | undefined => {
  const count = ({ scenario }: Chunk): number => chunks.filter(chunk => chunk.scenario === scenario).length
  const [longest] = chunks.filter(chunk => count(chunk) > 1).toSorted((a, b) => count(b) - count(a))
  return longest && chunks.findLast(({ scenario }) => scenario === longest.scenario)
}

const most = 8

/** Small enough that no lab waits long for another at the end. */
export const chunksOf = (scenario: string, fault: FaultName, points: readonly Halt[]): readonly Chunk[] =>
  Array.from({ length: Math.ceil(points.length / most) }, (_, at) => ({
    ...{ scenario, fault },
    points: points.slice(at * most, (at + 1) * most),
  }))

/** Lets every lab take orders until nothing is left; one with nothing to do waits for the chunks of whoever lists. */
export const workOff = async (
  scenarios: readonly string[],
  labs: number,
  obey: (order: Order, lab: number) => Promise<readonly Chunk[]>,
): Promise<void> => {
  let queue: Queue = { unlisted: scenarios, chunks: [], made: [] }
  let listing = 0
  let changed = Promise.withResolvers<void>()
  const work = async (lab: number): Promise<void> => {
    for (;;) {
      const next = take(queue, lab)
      if (next === null && listing === 0) return
      if (next === null) {
        await changed.promise
        continue
      }
      queue = next.left
      if (next.order.kind !== 'list') {
        await obey(next.order, lab)
        continue
      }
      listing++
      const found = await obey(next.order, lab)
      listing--
      queue = { ...queue, chunks: [...queue.chunks, ...found] }
      changed.resolve()
      changed = Promise.withResolvers()
    }
  }
  await Promise.all(Array.from({ length: labs }, (_, lab) => work(lab)))
}
