import { expect, it } from 'vitest'
import type { Clock } from '../../src/core/ports.ts'
import { createActivity } from '../../src/services/activity.ts'

/** A clock that stands until it is moved, and a journal that says what it is told to. */
const listening = () => {
  let now = 0
  const sleepers: { readonly until: number; readonly wake: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    elapsed: () => now,
    sleep: ms => new Promise(resolve => sleepers.push({ until: now + ms, wake: resolve })),
  }
  const readers: { say: (...papers: (string | null)[]) => void; fail: () => void; signal: AbortSignal }[] = []
  const heard = (signal: AbortSignal): AsyncIterable<string | null> => {
    let controller: ReadableStreamDefaultController<string | null> | null = null
    const stream = new ReadableStream<string | null>({ start: made => (controller = made) })
    const reader = {
      say: (...papers: (string | null)[]) => {
        for (const paper of papers) controller?.enqueue(paper)
      },
      fail: () => controller?.error(new Error('gone')),
      signal,
    }
    signal.addEventListener('abort', () => reader.fail())
    readers.push(reader)
    return stream
  }
  const told: string[] = []
  const activity = createActivity({ heard }, clock, papers => told.push([...papers].sort().join(' ')))
  const stop = activity.start()
  const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
  return {
    activity,
    stop,
    told,
    readers,
    say: async (...papers: (string | null)[]) => {
      readers.at(-1)?.say(...papers)
      await settled()
    },
    fail: async () => {
      readers.at(-1)?.fail()
      await settled()
    },
    settled,
    /** Second by second, so that everybody who sleeps wakes in turn. */
    pass: async (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        now += 1_000
        for (const due of sleepers.filter(({ until }) => until <= now)) {
          sleepers.splice(sleepers.indexOf(due), 1)
          due.wake()
        }
        await settled()
      }
    },
    sleepers,
  }
}

it('tells at once who speaks, and after five quiet seconds that nobody does', async () => {
  const { say, pass, told, settled } = listening()
  await settled()
  await say('a')
  expect(told).toEqual(['a'])
  await pass(5)
  expect(told).toEqual(['a'])
  await pass(2)
  expect(told).toEqual(['a', ''])
})

it('tells at most once a second, and only what is another', async () => {
  const { say, pass, told, settled } = listening()
  await settled()
  await say('a', 'b', null, 'c')
  await say('d', 'e')
  expect(told).toEqual(['a'])
  await pass(1)
  expect(told).toEqual(['a', 'a b c d e'])
  for (let second = 0; second < 20; second++) {
    await say('a', 'b', 'c', 'd', 'e')
    await pass(1)
  }
  expect(told).toHaveLength(2)
})

it('keeps no timer while nobody speaks', async () => {
  const { say, pass, sleepers, told, settled } = listening()
  await settled()
  await say(null, null)
  expect(sleepers).toEqual([])
  await say('a')
  expect(sleepers).toHaveLength(1)
  await pass(8)
  expect(sleepers).toEqual([])
  expect(told).toEqual(['a', ''])
})

it('lets a flood go by until the next second, and then listens anew', async () => {
  const { say, pass, readers, told, settled } = listening()
  await settled()
  await say(...Array.from({ length: 20_000 }, (_, at) => (at === 4_000 ? 'b' : at === 6_000 ? 'c' : 'a')))
  await settled()
  expect(readers).toHaveLength(1)
  await pass(1)
  expect(readers).toHaveLength(2)
  expect(told.at(-1)).toBe('a b')
  await say('c')
  await pass(1)
  expect(told.at(-1)).toBe('a b c')
})

it('does not take many lines over a long time for a flood', async () => {
  const { say, pass, readers, settled } = listening()
  await settled()
  for (let second = 0; second < 4; second++) {
    await say(...Array.from({ length: 4_000 }, () => 'a'))
    await pass(1)
  }
  expect(readers).toHaveLength(1)
})

it('tries a journal that cannot be read again, less and less often', async () => {
  const { fail, pass, say, readers, told, settled } = listening()
  await settled()
  const tries: number[] = []
  for (let second = 0; second <= 200; second++) {
    if (readers.length > tries.length) {
      tries.push(second)
      await fail()
    }
    await pass(1)
  }
  expect(tries).toEqual([0, 5, 15, 35, 75, 135, 195])
  await pass(60)
  await say('a')
  expect(told).toEqual(['a'])
})

it('rests when others need its place, and comes back', async () => {
  const { activity, say, pass, readers, told, settled } = listening()
  await settled()
  activity.rest(true)
  await pass(10)
  expect(readers.map(({ signal }) => signal.aborted)).toEqual([true])
  activity.rest(false)
  await pass(10)
  expect(readers).toHaveLength(2)
  await say('a')
  expect(told).toEqual(['a'])
})

it('is silent once it was stopped', async () => {
  const { stop, say, pass, readers, told, settled } = listening()
  await settled()
  await say('a')
  stop()
  await pass(20)
  expect(readers.map(({ signal }) => signal.aborted)).toEqual([true])
  expect(told).toEqual(['a'])
})
