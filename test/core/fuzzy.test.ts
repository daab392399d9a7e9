import { describe, expect, it } from 'vitest'
import { fuzzy } from '../../src/core/fuzzy.ts'

const best = (query: string, texts: readonly string[]): string | undefined =>
  texts
    .flatMap(text => {
      const match = fuzzy(query, text)
      return match === null ? [] : [{ text, score: match.score }]
    })
    .sort((a, b) => b.score - a.score)[0]?.text

describe('what is found', () => {
  it.each([
    ['restart attention', 'restart attention', true],
    ['rs att', 'restart attention', true],
    ['attention restart', 'restart attention', true],
    ['RESTART', 'restart attention', true],
    ['확산', 'go to 확산', true],
    ['🙂', 'go to 🙂', true],
    ['İ', 'İstanbul', true],
    ['', 'anything', true],
    ['tar x', 'restart attention', false],
    ['trats', 'restart', false],
    ['restartx', 'restart', false],
    ['a', '', false],
  ] as const)('%j in %j: %s', (query, text, found) => {
    expect(fuzzy(query, text) !== null).toBe(found)
  })
})

describe('what comes first', () => {
  it.each([
    ['letters side by side', 'help', ['the long papers', 'help'], 'help'],
    ['beginnings of words', 'gk', ['signal kept', 'go to kalman'], 'go to kalman'],
    ['the whole word', 'restart', ['reset start', 'restart'], 'restart'],
    ['the shorter one', 'restart', ['restart failing', 'restart'], 'restart'],
    ['a path by its name', 'x.py', ['papers/xa_py.txt', 'papers/x.py'], 'papers/x.py'],
    ['a late word start before early letters', 'port', ['projector tray', 'sort by port'], 'sort by port'],
  ] as const)('%s', (_, query, texts, first) => {
    expect(best(query, texts)).toBe(first)
    expect(best(query, texts.toReversed())).toBe(first)
  })
})

it('says which letters were found', () => {
  expect(fuzzy('gk', 'go to kalman')?.at).toEqual([0, 6])
  expect(fuzzy('kal go', 'go to kalman')?.at).toEqual([0, 1, 6, 7, 8])
})

it('is quick about long texts', () => {
  expect(fuzzy('a'.repeat(200), 'a'.repeat(2_000))).not.toBeNull()
})
