import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cells, chopped, clean, cut, fit, oneLine, withoutCells } from '../../src/core/text.ts'

// C0 but the line break, DEL, C1, and the marks that reorder or hide text.
const hostile = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/

const nasty = fc.constantFrom('\u001b', '\u001b[', '\u001b]', '\u001bP', '\u009b', '\u009d', '\u0090', '\u0007', '\u001b\\', '\u009c', '31m', '0;', '\n', '\r', '\t', '\u202e', '\u2066', '한', '👩‍👩‍👧', 'é', 'a', ' ', '\ud800', '\udc00', '[', ']', '\\') // biome-ignore format: one list
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(nasty, { maxLength: 20 }).map(parts => parts.join('')),
)

describe('clean', () => {
  test('nothing that steers a terminal comes out', () => {
    fc.assert(
      fc.property(anyText, text => {
        expect(clean(text)).not.toMatch(hostile)
      }),
      { numRuns: 5000 },
    )
  })

  test('cleaning twice changes nothing', () => {
    fc.assert(
      fc.property(anyText, text => {
        expect(clean(clean(text))).toBe(clean(text))
      }),
      { numRuns: 3000 },
    )
  })

  test.each([
    ['Korean', '연구 노트', '연구 노트'],
    ['a family', '👩‍👩‍👧', '👩‍👩‍👧'],
    ['a combining accent', 'e\u0301', 'e\u0301'],
    ['colours', 'a\u001b[1;31mb\u001b[0mc', 'abc'],
    ['a title, ended by BEL', '\u001b]0;title\u0007x', 'x'],
    ['a link', '\u001b]8;;http://x\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['a title that never ends stops at the line', '\u001b]0;title\nnext', '\nnext'],
    ['C1', '\u009b31mred', 'red'],
    ['cut in the middle', 'x\u001b[', 'x'],
    ['a carriage return', 'good\rbad', 'goodbad'],
    ['windows lines', 'a\r\nb', 'a\nb'],
    ['a tab', 'a\tb', 'a    b'],
    ['bidi', 'a\u202eb\u2066c', 'abc'],
    ['plain words that look like a sequence', '[31m]0;', '[31m]0;'],
  ])('%s', (_, text, cleaned) => expect(clean(text)).toBe(cleaned))
})

test('one line is one line', () => {
  fc.assert(
    fc.property(anyText, text => {
      expect(oneLine(text)).not.toMatch(/\n/)
    }),
    { numRuns: 1000 },
  )
  expect(oneLine('  a \n\n  b ')).toBe('a b')
})

describe('fit', () => {
  test('always exactly so many cells', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom<'left' | 'right'>('left', 'right'),
        (text, width, align) => {
          expect(cells(fit(oneLine(text), width, align))).toBe(width)
        },
      ),
      { numRuns: 5000 },
    )
  })

  test.each([
    ['abc', 5, 'left', 'abc  '],
    ['abc', 5, 'right', '  abc'],
    ['abcdef', 4, 'left', 'abc…'],
    ['한국어', 4, 'left', '한… '],
    ['한국어', 5, 'left', '한국…'],
    ['한', 1, 'left', ' '],
    ['abc', 0, 'left', ''],
  ] as const)('%j in %i %s', (text, width, align, expected) => expect(fit(text, width, align)).toBe(expected))
})

describe('chopped', () => {
  test('every character is there, and no line is too long', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 12, max: 40 }), (text, width) => {
        const parts = chopped(oneLine(text), width)
        expect(parts.join('').replaceAll(' ', '')).toBe(oneLine(text).replaceAll(' ', ''))
        for (const part of parts) expect(cells(part)).toBeLessThanOrEqual(width)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['one two', 10, ['one two']],
    ['one two three', 10, ['one two', 'three']],
    ['  run /a/very/long/path', 12, ['  run', '  /a/very/lo', '  ng/path']],
    ['한국어한국어', 8, ['한국어한', '국어']],
    ['', 8, ['']],
  ])('%j in %i', (text, width, parts) => expect(chopped(text, width)).toEqual(parts))
})

describe('cut', () => {
  test('loses nothing, and no piece is too wide', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 40 }), (text, width) => {
        const pieces = cut(oneLine(text), width)
        expect(pieces.join('')).toBe(oneLine(text))
        // A wide character with a mark that takes a cell of its own is one piece, however narrow the screen is.
        const isOne = (piece: string): boolean => [...new Intl.Segmenter().segment(piece)].length === 1
        for (const piece of pieces) expect(cells(piece) <= width || isOne(piece), JSON.stringify(piece)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['', 5, ['']],
    ['abcdefg', 3, ['abc', 'def', 'g']],
    ['한국어', 5, ['한국', '어']],
    ['👩‍👩‍👧👩‍👩‍👧', 3, ['👩‍👩‍👧', '👩‍👩‍👧']],
  ])('%j at %i', (text, width, pieces) => expect(cut(text, width)).toEqual(pieces))
})

test.each([
  ['abcdef', 2, 'cdef'],
  ['abcdef', 0, 'abcdef'],
  ['abc', 9, ''],
  ['한국어', 2, '국어'],
  ['한국어', 3, '어'],
])('%j without its first %i cells', (text, width, rest) => expect(withoutCells(text, width)).toBe(rest))
