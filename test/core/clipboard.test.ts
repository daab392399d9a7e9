import { expect, test } from 'vitest'
import { clipped } from '../../src/core/clipboard.ts'

test('what fits is taken whole', () => expect(clipped('a\n확산')).toBe('a\n확산'))

test('of many lines the whole ones that fit are taken', () => {
  const lines = Array.from({ length: 10_000 }, (_, at) => `line ${at}`)
  const taken = clipped(lines.join('\n')).split('\n')
  expect(taken).toEqual(lines.slice(0, taken.length))
  expect(taken.length).toBeGreaterThan(5_000)
})

test('of one long line the start is taken, with no half of a character', () => {
  const taken = clipped('확'.repeat(50_000))
  expect(new TextEncoder().encode(taken).length).toBeLessThanOrEqual(54_000)
  expect(taken).toMatch(/^확+$/)
})
