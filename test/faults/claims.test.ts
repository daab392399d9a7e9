import { expect, test } from 'vitest'
import { contradiction } from './claims.ts'

test.each([
  ['update', 'done', 'new', null],
  ['update', 'done', 'old', 'it said done, which promises new, and both hosts are old'],
  ['update', 'rolled-back', 'old', null],
  ['update', 'rolled-back', 'new', 'it said rolled-back, which promises old, and both hosts are new'],
  ['update', 'refused', 'new', 'it said refused, which promises old, and both hosts are new'],
  ['update', 'failed', 'old', null],
  ['update', 'half-rolled-back', 'new', null],
  ['update', null, 'new', null],
  ['repair', 'done', 'old', null],
  ['update', 'done', 'VIOLATION', null],
] as const)('%s said %s, found %s', (operation, outcome, found, wrong) =>
  expect(contradiction(operation, outcome, found)).toBe(wrong),
)
