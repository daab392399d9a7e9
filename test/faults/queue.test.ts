import { expect, test } from 'vitest'
import type { Halt } from './halt.ts'
import type { Order } from './orders.ts'
import { chunksOf, workOff } from './queue.ts'

const points = (count: number): readonly Halt[] =>
  Array.from({ length: count }, (_, number) => ({ number, call: 'step', when: 'before', step: 's' }))

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Who did what, in the order it was begun. */
const watched = async (scenarios: readonly string[], labs: number, found: number) => {
  const done: { lab: number; order: Order }[] = []
  await workOff(scenarios, labs, async (order, lab) => {
    done.push({ lab, order })
    await turn()
    return order.kind === 'list' ? chunksOf(order.scenario, 'kill', points(found)) : []
  })
  return done
}

test('every point is tried once, whatever the number of labs', async () => {
  for (const labs of [1, 2, 3, 5]) {
    const done = await watched(['a', 'b', 'c'], labs, 20)
    const tried = done.flatMap(({ order }) =>
      order.kind === 'try' ? order.points.map(p => `${order.scenario}${p.number}`) : [],
    )
    expect(tried.toSorted()).toEqual(
      ['a', 'b', 'c'].flatMap(name => points(20).map(p => `${name}${p.number}`)).toSorted(),
    )
    expect(done.filter(({ order }) => order.kind === 'list')).toHaveLength(3)
  }
})

test('a lab stays with what it has made, and helps only when nothing else is left', async () => {
  const done = await watched(['a', 'b'], 2, 24)
  expect(new Set(done.map(({ lab, order }) => `${lab} ${order.scenario}`))).toEqual(new Set(['0 a', '1 b']))
})

test('labs without a scenario of their own wait for the points and then share them', async () => {
  const done = await watched(['a'], 3, 64)
  expect(new Set(done.map(({ lab }) => lab))).toEqual(new Set([0, 1, 2]))
})

test('chunks keep the order of the points and leave none out', () => {
  expect(chunksOf('a', 'kill', points(19)).map(chunk => chunk.points.length)).toEqual([8, 8, 3])
  expect(chunksOf('a', 'kill', points(19)).flatMap(chunk => chunk.points)).toEqual(points(19))
})
