import { expect, it } from 'vitest'
import { sessionWords } from '../../src/core/session-words.ts'

it.each([
  [null, 'open sessions start anew'],
  [0, 'nobody is viewing it'],
  [1, '1 open session starts anew'],
  [3, '3 open sessions start anew'],
])('%j viewers: %s', (viewers, words) => {
  expect(sessionWords(viewers)).toBe(words)
})
