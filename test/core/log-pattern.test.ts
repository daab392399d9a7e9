import { describe, expect, test } from 'vitest'
import { isFoundIn, patternOf, placesIn } from '../../src/core/log-pattern.ts'

describe('what is typed', () => {
  test.each([
    ['boom', 'Boom', true],
    ['Boom', 'boom', false],
    ['GET .* 5\\d\\d', 'GET /x 502', true],
    ['a(', 'f(a()', true],
    ['a(', 'f(b)', false],
    ['[', 'x[0]', true],
    ['\\', 'C:\\x', true],
    ['*', '2 * 3', true],
    ['(a+)+$', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', false],
    ['(a+)+$', 'as typed: (a+)+$', true],
    ['확산', '확산 모델', true],
    ['한국|日本', '日本語', true],
  ])('%j in %j: %s', (typed, text, is) => expect(isFoundIn(patternOf(typed)!, text)).toBe(is))

  test.each([
    ['!boom', true, true, false],
    ['!boom', false, false, false],
    ['!(', true, true, true],
    ['ok', true, false, false],
  ])('%j, invertible %s: inverted %s, literal %s', (typed, invertible, inverted, literal) =>
    expect(patternOf(typed, invertible)).toMatchObject({ inverted, literal, typed }),
  )

  test.each([
    ['', false],
    ['', true],
    ['!', true],
  ] as const)('%j is nothing yet', (typed, invertible) => expect(patternOf(typed, invertible)).toBeNull())
})

test.each<[string, string, readonly (readonly [number, number])[]]>([
  [
    'o',
    'foo',
    [
      [1, 2],
      [2, 3],
    ],
  ],
  ['x*', 'axxb', [[1, 3]]],
  // An expression looks at halves of characters.
  ['.', '👩', [[0, 2]]],
  ['[^a]', 'a👩', [[1, 3]]],
  ['', 'a', []],
])('the places of %j in %j', (typed, text, places) =>
  expect(typed === '' ? [] : placesIn(patternOf(typed)!, text)).toEqual(places),
)

test('a line too long to look at is looked at from its start', () => {
  expect(isFoundIn(patternOf('end')!, `${'x'.repeat(50_000)}end`)).toBe(false)
})
