import { expect, test } from 'vitest'
import { requestLine } from '../../src/core/entry-request.ts'

test.each([
  [1, 'hello', '1 hello\n'],
  [12, 'log error 20000 attention', '12 log error 20000 attention\n'],
  [3, 'begin 20261123070000123-publish-a publish a son@desk.lan', '3 begin 20261123070000123-publish-a publish a son@desk.lan\n'], // biome-ignore format: one row
])('%d %s', (number, words, line) => expect(requestLine(number, words)).toBe(line))

test.each([
  // state.json may hold any name, and the log of such a paper is asked for too.
  ['log error 20000 x\n2 route-drop attention'],
  ['follow error 500 x\r2 undo'],
  ['log error 20 x\u0000'],
  ['log error 20 확산'],
  ['log error 20 $(id)'],
  [''],
  ['Hello'],
  [`log error 20 ${'x'.repeat(400)}`],
])('%j is no request', words => expect(() => requestLine(1, words)).toThrow(/bad-argument/))
