import { expect, test } from 'vitest'
import { faultNames } from './names.ts'
import { outlines } from './outlines.ts'
import { readWords } from './words.ts'

test('nothing said: everything', () => {
  expect(readWords([])).toEqual({
    scenarios: outlines.map(({ name }) => name),
    faults: faultNames,
    points: null,
    withoutUndo: false,
    labs: 2,
  })
})

test('operations and faults by name', () => {
  expect(readWords(['update', '--faults', 'kill,link', 'publish', '--points', 'steps', '--labs', '3'])).toEqual({
    scenarios: ['publish', 'update', 'undo of publish', 'undo of update'],
    faults: ['kill', 'link'],
    points: 'steps',
    withoutUndo: false,
    labs: 3,
  })
  expect(readWords(['--without-undo']).withoutUndo).toBe(true)
})

test('one scenario by its name', () =>
  expect(readWords(['repair of update', '--faults', 'kill']).scenarios).toEqual(['repair of update']))

test.each([[['pubish']], [['--faults', 'flood']], [['--points', 'some']], [['--labs', '0']]])(
  '%j: says what there is',
  words => {
    expect(() => readWords(words)).toThrow(/There is no .*\n[\s\S]*npm run faults/)
  },
)
