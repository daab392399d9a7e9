import { describe, expect, it } from 'vitest'
import { growthOf, growthWords, type Rise, riseAfter } from '../../src/core/gpu-growth.ts'
import { failed } from '../../src/core/reading.ts'
import { gpuUse, leaking, now, unreachable, worldOf } from './world.ts'

const rising = (from: number, by: number, samples: number): number[] =>
  Array.from({ length: samples }, (_, at) => from + at * by)

const gpu = 97_887

/** Sampled every two seconds, as the observer does, on a GPU that has nothing else on it. */
const afterAll = (history: readonly number[], size: number | null = gpu, every = 2_000): Rise | null =>
  history.reduce<Rise | null>(
    (rise, mib, at) => riseAfter(rise, history[at - 1], { mib, at: at * every }, size === null ? null : size - mib),
    null,
  )

const found = (rise: Rise | null) => (rise?.isGrowth ? { from: rise.begun.mib, to: rise.now.mib } : null)

describe('GPU memory that grows', () => {
  it.each([
    ['never seen', [], null],
    ['seen once', [4096], null],
    ['steady', rising(4096, 0, 400), null],
    ['a leak', rising(3072, 180, 40), { from: 3252, to: 3072 + 39 * 180 }],
    ['a leak with pauses', rising(3072, 180, 20).flatMap(mib => [mib, mib]), { from: 3252, to: 3072 + 19 * 180 }],
    [
      'a leak that gives a little back',
      rising(3072, 400, 20).flatMap(mib => [mib, mib - 60]),
      { from: 3472, to: 10_612 },
    ],
    ['models that are loaded in a few leaps', [512, 2048, 6144, 6144, 12_288, 12_288, ...rising(12_300, 0, 60)], null],
    ['models that are loaded bit by bit', [512, ...rising(1024, 1024, 12), ...rising(12_288, 0, 120)], null],
    ['a little of much, as sessions take it', rising(40_000, 8, 60), null],
    ['a little, however much of little', rising(64, 5, 40), null],
    ['up and down', Array.from({ length: 400 }, (_, at) => 4096 + (at % 5) * 300), null],
    [
      'a leak after a restart, counted from its models',
      [9000, 9500, 0, ...rising(3072, 180, 20)],
      { from: 3252, to: 6492 },
    ],
    ['models loaded after a restart', [9000, 0, 0, 3072, ...rising(3080, 0, 40)], null],
    ['freed at the end', [...rising(3072, 180, 30), 3072], null],
  ])('%s', (_, history, growth) => {
    expect(found(afterAll(history))).toEqual(growth)
  })

  it('stays found however little its last samples are of what it has by then', () => {
    const history = rising(3072, 180, 310)
    const seen = history.map((_, at) => found(afterAll(history.slice(0, at + 1))) !== null)
    expect(seen.indexOf(true)).toBeLessThan(30)
    expect(seen.lastIndexOf(false)).toBe(seen.indexOf(true) - 1)
  })

  it.each([
    ['a pause of two minutes', rising(30_000, 0, 60), true],
    ['four minutes without a rise', rising(30_000, 0, 120), false],
    ['four minutes of next to nothing', rising(30_000, 0, 120).map((mib, at) => mib + (at % 2)), false],
    ['a fall to what it had', [4000], false],
  ])('after %s', (_, then, still) => {
    expect(found(afterAll([...rising(3072, 180, 150), ...then])) !== null).toBe(still)
  })

  it('is found where the GPU is soon full, be it little of what the paper has', () => {
    const history = rising(60_000, 40, 60)
    expect(found(afterAll(history, 64_000))).toEqual({ from: 60_040, to: 62_360 })
    expect(found(afterAll(history, null))).toBeNull()
  })

  it('begins anew with a clock that was set back', () => {
    const rise = afterAll(rising(3072, 180, 40))
    expect(riseAfter(rise, 10_000, { mib: 10_100, at: -3_600_000 }, null)).toBeNull()
  })
})

describe('its words', () => {
  const words = (history: readonly number[], size: number | null, every = 2_000) =>
    growthWords(afterAll(history, size, every)!)

  it.each([
    ['span and end', rising(3072, 180, 91), gpu, 'GPU memory grows: 3.2 → 18.8 GiB in 2 m, full in about 14 m'],
    [
      'an end at the pace of the last minutes',
      [...rising(3072, 20, 300), ...rising(9052, 180, 120)],
      gpu,
      'GPU memory grows: 3.0 → 29.8 GiB in 13 m, full in about 12 m',
    ],
    ['no end that nobody can tell', rising(3072, 180, 91), null, 'GPU memory grows: 3.2 → 18.8 GiB in 2 m'],
    ['no end that is days away', rising(300, 1, 300), gpu * 4, 'GPU memory grows: 0.3 → 0.6 GiB in 9 m'],
    [
      'an end that is there',
      rising(3072, 180, 91),
      19_300,
      'GPU memory grows: 3.2 → 18.8 GiB in 2 m, full at any moment',
    ],
  ])('name %s', (_, history, size, said) => {
    expect(words(history, size)).toBe(said)
  })
})

describe('of a paper', () => {
  const [paper] = worldOf({ afterwards: leaking }).papers.values()

  it('is told on while nvidia-smi does not answer for a moment, and not for ever', () => {
    const stale = { ...paper!, gpu: failed(paper!.gpu, unreachable) }
    expect([60_000, 180_000].map(later => growthOf(stale, now + later) !== null)).toEqual([true, false])
  })

  it('has no end to tell where it is on two GPUs', () => {
    const observations = leaking.map(seen => {
      if (seen.type !== 'gpu' || 'error' in seen.answer) return seen
      const { devices, processes, ...rest } = seen.answer.value
      const two = { devices: devices.flatMap(one => [one, { ...one, index: 1, uuid: 'GPU-1' }]) }
      const both = { ...rest, ...two, processes: processes.flatMap(one => [one, { ...one, uuid: 'GPU-1' }]) }
      return { ...seen, answer: { ...seen.answer, value: both } }
    })
    const [onTwo] = worldOf({ afterwards: observations }).papers.values()
    expect(growthWords(growthOf(onTwo!, now)!)).toBe('GPU memory grows: 6.0 → 11.3 GiB in 1 m')
  })

  it('begins with the first sample that is higher', () => {
    const [once] = worldOf({ afterwards: [gpuUse(3000), gpuUse(3000), gpuUse(3100)] }).papers.values()
    expect(once!.gpuRise).toMatchObject({ begun: { mib: 3100 }, isGrowth: false })
  })
})
