import { expect, test } from 'vitest'
import { firstOfSteps, listPoints } from './points.ts'

const at = (number: number, step: string, files: string) =>
  ({ number, step, files, call: 'step', when: 'before' }) as const

test('a point is kept when its step or its files differ from every one before', () => {
  const seen = [at(0, 'begin', 'a'), at(1, 'begin', 'a'), at(2, 'begin', 'b'), at(3, 'unit', 'b'), at(4, 'begin', 'a')]
  expect(listPoints(seen).map(({ number }) => number)).toEqual([0, 2, 3])
})

test('files that come back in another step are another point', () => {
  expect(listPoints([at(0, 'next', 'a'), at(1, 'next', 'b'), at(2, 'drop-next', 'a')])).toHaveLength(3)
})

test('the first point of each step', () => {
  const points = [at(0, 'begin', 'a'), at(1, 'begin', 'b'), at(2, 'unit', 'b')]
  expect(firstOfSteps(points).map(({ number }) => number)).toEqual([0, 2])
})
