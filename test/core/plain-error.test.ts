import { expect, it } from 'vitest'
import { plainError } from '../../src/core/plain-error.ts'

it.each([
  [{ code: 'ECONNREFUSED' }, 'connection refused'],
  [{ code: 'EHOSTUNREACH' }, 'no route to host'],
  [{ code: 'EWHATEVER' }, 'connect EWHATEVER 192.0.2.1:22'],
  [{}, 'connect EWHATEVER 192.0.2.1:22'],
])('%j is said in words, or as it came', (more, words) => {
  expect(plainError(Object.assign(new Error('connect EWHATEVER 192.0.2.1:22'), more))).toBe(words)
})
