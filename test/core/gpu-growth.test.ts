import { describe, expect, it } from 'vitest'
import { growthOf } from '../../src/core/gpu-growth.ts'

const rising = (from: number, by: number, samples: number): number[] =>
  Array.from({ length: samples }, (_, at) => from + at * by)

describe('GPU memory that grows', () => {
  it.each([
    ['never seen', [], null],
    ['seen once', [4096], null],
    ['steady', rising(4096, 0, 40), null],
    ['a leak', rising(3072, 180, 40), { from: 3072, to: 3072 + 39 * 180 }],
    ['a leak with pauses', [3072, ...rising(3072, 180, 7).flatMap(mib => [mib, mib])], { from: 3072, to: 4152 }],
    ['models that are loaded in a few leaps', [512, 2048, 6144, 6144, 12_288, 12_288, 12_300], null],
    ['a little of much, as sessions take it', rising(40_000, 100, 40), null],
    ['a little, however much of little', rising(64, 20, 10), null],
    ['up and down', Array.from({ length: 40 }, (_, at) => 4096 + (at % 5) * 300), null],
    [
      'a leak after a restart, counted from its models',
      [9000, 9500, 0, ...rising(3072, 180, 7)],
      { from: 3072, to: 4152 },
    ],
    ['models loaded after a restart', [9000, 0, 0, 3072, 3072, 3072, 3080, 3080], null],
    ['freed at the end', [...rising(3072, 180, 30), 3072], null],
  ])('%s', (_, history, growth) => {
    expect(growthOf(history)).toEqual(growth)
  })
})
