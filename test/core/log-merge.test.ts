import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byTime } from '../../src/core/log-merge.ts'
import { entryOf } from './console-world.ts'

type Logs = readonly (readonly (readonly [number | null, string])[])[]

const texts = (logs: Logs) =>
  byTime(logs.map(log => log.map(([at, text]) => entryOf(text, { at })))).map(({ text }) => text)

test.each<readonly [string, Logs, readonly string[]]>([
  [
    'in the order of time',
    [
      [
        [1, 'a'],
        [3, 'c'],
      ],
      [
        [2, 'b'],
        [4, 'd'],
      ],
    ],
    ['a', 'b', 'c', 'd'],
  ],
  [
    'at the same time one log after the other',
    [
      [
        [1, 'a'],
        [1, 'b'],
      ],
      [[1, 'c']],
    ],
    ['a', 'b', 'c'],
  ],
  [
    'a line without a time stays behind its own',
    [
      [
        [1, 'a'],
        [null, 'b'],
        [5, 'd'],
      ],
      [[2, 'c']],
    ],
    ['a', 'b', 'c', 'd'],
  ],
  [
    'a clock that was set back changes no order within a log',
    [
      [
        [5, 'a'],
        [2, 'b'],
      ],
      [[3, 'c']],
    ],
    ['c', 'a', 'b'],
  ],
  ['of none there is none', [[], []], []],
])('%s', (_, logs, merged) => expect(texts(logs)).toEqual(merged))

test('loses no line', () => {
  const log = fc.array(fc.record({ at: fc.option(fc.nat(100)), text: fc.string() }))
  fc.assert(
    fc.property(fc.array(log, { maxLength: 4 }), logs => {
      const entries = logs.map(lines => lines.map(({ at, text }) => entryOf(text, { at })))
      expect(new Set(byTime(entries))).toEqual(new Set(entries.flat()))
    }),
  )
})
