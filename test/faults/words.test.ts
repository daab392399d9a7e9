import { expect, test } from 'vitest'
import { faultNames, operations } from './names.ts'
import { readWords } from './words.ts'

test('nothing said: everything', () => {
  expect(readWords([])).toEqual({ operations, faults: faultNames, points: null, withoutUndo: false })
})

test('operations and faults by name', () => {
  expect(readWords(['update', '--faults', 'kill,link', 'publish', '--points', 'steps'])).toEqual({
    operations: ['publish', 'update'],
    faults: ['kill', 'link'],
    points: 'steps',
    withoutUndo: false,
  })
  expect(readWords(['--without-undo']).withoutUndo).toBe(true)
})

test.each([[['pubish']], [['--faults', 'flood']], [['--points', 'some']]])('%j: says what there is', words => {
  expect(() => readWords(words)).toThrow(/There is no .*\n[\s\S]*npm run faults/)
})
