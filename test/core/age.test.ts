import { describe, expect, it } from 'vitest'
import { age, gib, gibOf, percent } from '../../src/core/age.ts'
import { signs } from '../../src/core/signs.ts'

describe('age', () => {
  it.each([
    [-5000, '0 s'],
    [9_999, '0 s'],
    [10_000, '10 s'],
    [59_999, '50 s'],
    [60_000, '1 m'],
    [3_599_999, '59 m'],
    [3_600_000, '1 h'],
    [86_399_999, '23 h'],
    [86_400_000, '1 d'],
    [59 * 86_400_000, '59 d'],
  ])('of %i ms is %s', (ms, words) => {
    expect(age(ms)).toBe(words)
  })
})

describe('amounts', () => {
  it('are in GiB, and – when unknown', () => {
    expect([gib(12_698), gibOf(42_189, 97_887), gibOf(null, null)]).toEqual(['12.4 GiB', '41.2 / 95.6 GiB', '– / –'])
    expect([percent(0.634), percent(0), percent(null)]).toEqual(['63 %', '0 %', '–'])
  })
})

describe('signs', () => {
  it('differ from one another, in ASCII too, and every level has its place', () => {
    const all = Object.values(signs)
    expect(new Set(all.map(({ sign }) => sign)).size).toBe(all.length)
    expect(new Set(all.map(({ ascii }) => ascii)).size).toBe(all.length)
    expect(all.every(({ ascii }) => /^[\x20-\x7e]$/.test(ascii))).toBe(true)
  })
})
