import { describe, expect, test } from 'vitest'
import { chosenRuns, type Run, restartOf, runOf } from '../../src/core/log-runs.ts'
import { entryOf } from './console-world.ts'

/** The runs of these lines, each an invocation, or [unit, invocation]. */
const seen = (lines: readonly (string | null | readonly [string, string])[]) => {
  let runs: readonly Run[] = []
  const numbers = lines.map(line => {
    const [unit, invocation] = typeof line === 'string' || line === null ? ['a', line] : line
    const ran = runOf(runs, entryOf('x', { unit, invocation }))
    ;({ runs } = ran)
    return ran.run
  })
  return { runs, numbers }
}

test.each([
  ['one after the other', ['x', 'x', 'y'], [1, 1, 2]],
  ['the last words of a run that ends', ['x', 'y', 'x', 'y'], [1, 2, 1, 2]],
  ['a line that names none', [null, 'x', null, 'y', null], [0, 1, 1, 2, 2]],
] as const)('%s', (_, lines, numbers) => expect(seen(lines).numbers).toEqual(numbers))

test('each unit has its own', () => {
  const { runs, numbers } = seen([
    ['a', 'x'],
    ['b', 'y'],
    ['a', 'z'],
    ['b', 'y'],
  ])
  expect(numbers).toEqual([1, 2, 3, 2])
  expect([...chosenRuns(runs, 'this')]).toEqual([3, 2])
  expect([...chosenRuns(runs, 'previous')]).toEqual([1])
  expect(restartOf(runs, 3)).toMatchObject({ count: 2, unit: 'a' })
})

describe('a restart', () => {
  test('is not the first run one sees', () => expect(restartOf(seen(['x']).runs, 1)).toBeNull())
  test('is counted from it', () => expect(restartOf(seen(['x', 'y', 'z']).runs, 3)?.count).toBe(3))
  test('there is no run before the first', () => expect(chosenRuns(seen(['x']).runs, 'previous').size).toBe(0))
})

test('a unit that dies at once fills no memory', () => {
  const { runs } = seen(Array.from({ length: 2_000 }, (_, at) => String(at)))
  expect(runs.length).toBeLessThanOrEqual(501)
  expect(runs.at(-1)?.number).toBe(2_000)
  expect([1_999, 2_000].map(number => restartOf(runs, number)?.count)).toEqual([1_999, 2_000])
})
