import { describe, expect, test } from 'vitest'
import { turnedFailing, windowTitle } from '../../src/core/alert.ts'
import { consoleOf, three } from './console-world.ts'

const well = { entry: { port: 27000 } } as const
const { diffusion: crashed } = three()

describe('papers that turn failing', () => {
  test.each([
    ['one that was well', consoleOf({ a: well }), consoleOf({ a: crashed! }), ['a']],
    ['one that fails as before', consoleOf({ a: crashed! }), consoleOf({ a: crashed! }), []],
    ['one that is well again', consoleOf({ a: crashed! }), consoleOf({ a: well }), []],
    ['one nobody had seen', consoleOf({}), consoleOf({ a: crashed! }), []],
    ['the one of two', consoleOf({ a: well, b: well }), consoleOf({ a: well, b: crashed! }), ['b']],
  ])('%s', (_, before, after, ids) => expect(turnedFailing(before, after)).toEqual(ids))
})

test('the title counts what is not well, and is calm when all is', () => {
  expect(windowTitle(consoleOf({ a: well }))).toBe('papergen')
  expect(windowTitle(consoleOf(three()))).toBe('papergen  2 ✗')
  expect(windowTitle(consoleOf(three(), { ascii: true }))).toBe('papergen  2 x')
})
