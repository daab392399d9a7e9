import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultPaperId, isPaperId, nextOf, parsePaperId, unitIdOf, unitNameOf } from '../../src/core/paper.ts'

test.each([
  ['a', true],
  ['2024', true],
  ['attention-is-all', true],
  ['a'.repeat(63), true],
  ['a'.repeat(64), false],
  ['', false],
  ['-a', false],
  ['a-', false],
  ['a--b', false],
  ['A', false],
  ['a_b', false],
  ['a.b', false],
  ['a\n', false],
  ['한', false],
])('%j is an id: %s', (text, is) => {
  expect(isPaperId(text)).toBe(is)
  if (!is) expect(() => parsePaperId(text)).toThrow(/bad-argument/)
})

test.each([
  ['Attention_Is All.py', 'attention-is-all'],
  ['papers/x.py', 'x'],
  ['__a__b__.PY', 'a-b'],
  ['논문.py', null],
  ['논문 2.py', '2'],
  [`${'a'.repeat(62)}-b.py`, 'a'.repeat(62)],
])('%s is published as %s', (file, id) => expect(defaultPaperId(file)).toBe(id))

test('whatever a notebook is called, its default id is one, or there is none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), name => {
      const id = defaultPaperId(name)
      if (id === null) return
      expect(parsePaperId(id)).toBe(id)
      expect(id).toMatch(/^[a-z0-9-]{1,63}$/)
    }),
    { numRuns: 5000 },
  )
})

test('no paper can be taken for the second unit of another, and a unit name tells its paper', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9-]{1,20}$/), text => {
      if (!isPaperId(text)) return
      expect(isPaperId(nextOf(text))).toBe(false)
      expect(unitIdOf(unitNameOf(text))).toBe(text)
      expect(unitIdOf(unitNameOf(nextOf(text)))).toBe(`${text}--next`)
    }),
    { numRuns: 3000 },
  )
})
