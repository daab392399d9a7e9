import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  emptySequence,
  from,
  itemAt,
  lengthOf,
  lowerBound,
  push,
  sequenceOf,
  until,
  withItem,
} from '../../src/core/sequence.ts'

const all = (sequence: ReturnType<typeof sequenceOf<number>>): readonly (number | undefined)[] =>
  Array.from({ length: lengthOf(sequence) }, (_, at) => itemAt(sequence, sequence.first + at))

const act = fc.oneof(
  fc.record({ add: fc.integer({ min: 0, max: 1_300 }) }),
  fc.record({ forget: fc.integer({ min: 0, max: 1_300 }) }),
  fc.record({ takeBack: fc.integer({ min: 0, max: 1_300 }) }),
)

describe('a sequence', () => {
  test('is a list that grows, forgets and takes back, whatever the order of them', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 16 }), acts => {
        let sequence = sequenceOf<number>([])
        let model: number[] = []
        let next = 0
        for (const one of acts) {
          if ('add' in one) {
            const items = Array.from({ length: one.add }, () => next++)
            sequence = push(sequence, items)
            model = [...model, ...items]
          } else if ('takeBack' in one) {
            sequence = until(sequence, sequence.end - one.takeBack)
            model = model.slice(0, Math.max(0, model.length - one.takeBack))
          } else {
            sequence = from(sequence, sequence.first + one.forget)
            model = model.slice(one.forget)
          }
          expect(all(sequence)).toEqual(model)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('a former value stays as it was', () => {
    const before = sequenceOf([1, 2, 3])
    push(before, [4])
    withItem(before, 1, 20)
    from(before, 2)
    until(before, 1)
    expect(all(before)).toEqual([1, 2, 3])
  })

  test('an item keeps its number', () => {
    const sequence = from(sequenceOf(Array.from({ length: 2_000 }, (_, at) => at)), 1_500)
    expect([itemAt(sequence, 1_499), itemAt(sequence, 1_500), itemAt(sequence, 2_000)]).toEqual([
      undefined,
      1_500,
      undefined,
    ])
    expect(itemAt(withItem(sequence, 1_600, 7), 1_600)).toBe(7)
    expect(withItem(sequence, 3, 7)).toBe(sequence)
  })

  test.each([
    [0, 0],
    [10, 0],
    [11, 1],
    [40, 3],
    [41, 4],
  ])('the first that is not below %i has the number %i', (value, number) =>
    expect(lowerBound(sequenceOf([10, 20, 30, 40]), value)).toBe(number),
  )

  test('of nothing nothing is found', () => expect(lowerBound(emptySequence, 5)).toBe(0))
})
