import { describe, expect, test } from 'vitest'
import { alarmOf, turnedFailing, windowTitle } from '../../src/core/alert.ts'
import { keyBar } from '../../src/core/bottom.ts'
import { reduce } from '../../src/core/reduce.ts'
import { consoleOf, reportOf, three, type } from './console-world.ts'
import { now } from './world.ts'

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

describe('a paper an operation has just changed', () => {
  const published = (endedAt: number) =>
    reduce(consoleOf({ a: crashed! }), {
      type: 'operation',
      report: reportOf({ kind: 'done' }, { operation: 'publish', id: 'a', endedAt }),
    })

  test('is not judged by what was seen before its end', () =>
    expect(turnedFailing(consoleOf({ a: well }), published(now))).toEqual([]))
  test('is judged by what was seen since', () =>
    expect(turnedFailing(consoleOf({ a: well }), published(now - 60_000))).toEqual(['a']))
})

test('an alarm leaves a question its keys, and is told when it closes', () => {
  const asked = reduce(type(consoleOf({ a: well }), 'r').state, { type: 'alarm', text: 'b turned failing' })
  const bar = (state: Parameters<typeof keyBar>[0]) =>
    keyBar(state)
      .spans.map(({ text }) => text)
      .join('')
  expect(bar(asked)).toContain('y yes')
  expect(bar(type(asked, 'esc').state)).toContain('b turned failing')
})

test('an alarm names the paper and why, of several their names, of many their number', () => {
  const state = consoleOf({ a: crashed!, b: crashed!, c: crashed!, d: crashed! })
  expect(alarmOf(state, ['a'])).toEqual({ headline: 'a turned failing', detail: '확산 모델 기초: exit 1, 3 d ago' })
  expect(alarmOf(state, ['a', 'b'])).toEqual({ headline: 'a, b turned failing', detail: '' })
  expect(alarmOf(state, ['a', 'b', 'c', 'd'])).toEqual({ headline: '4 papers turned failing', detail: '' })
})

test('the title counts what is not well, and is calm when all is', () => {
  expect(windowTitle(consoleOf({ a: well }))).toBe('papergen')
  expect(windowTitle(consoleOf(three()))).toBe('papergen  2 ✗')
  expect(windowTitle(consoleOf(three(), { ascii: true }))).toBe('papergen  2 x')
})
