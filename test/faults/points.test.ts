import { expect, test } from 'vitest'
import type { FaultName } from './names.ts'
import { firstOfSteps, listPoints, pointsFor } from './points.ts'

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

test('slow faults strike the first point of each step, of a repair and an undo the first of each call', () => {
  const halts = [0, 1, 2].map(
    number => ({ number, call: number === 2 ? 'b' : 'a', when: 'before', step: 's' }) as const,
  )
  const numbers = (fault: FaultName, outline: Parameters<typeof pointsFor>[1], wanted: 'all' | 'steps' | null = null) =>
    pointsFor(fault, outline, halts, wanted).map(({ number }) => number)
  expect(numbers('full-gpu', {})).toEqual([0])
  expect(numbers('full-gpu', { failing: 'x' })).toEqual([0, 2])
  expect(numbers('full-gpu', {}, 'all')).toEqual([0, 1, 2])
  expect(numbers('kill', {})).toEqual([0, 1, 2])
  expect(numbers('kill', {}, 'steps')).toEqual([0])
})
