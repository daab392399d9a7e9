import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../src/core/journal.ts'
import { endedTraceback, noTracing, trace } from '../../src/core/log-traceback.ts'
import { entryOf } from './console-world.ts'

const head = 'Traceback (most recent call last):'
const end = (words: string) =>
  `[E 261123 07:13:38 notification_utils:257] (error_id=0b1c2d3e-57c8-41ff-bdb4-e7223d31baf5) ${words}`
const code = ['  File "/srv/nb.py", line 4, in <module>', '    inner()', '    ~~~~~^^']

/** Which lines become one, and what it says; those of others are given as [process, text]. */
const folded = (lines: readonly (string | readonly [number, string])[], more: Partial<JournalEntry> = {}) => {
  let tracing = noTracing
  const ends: number[] = []
  lines.forEach((line, number) => {
    const [pid, text] = typeof line === 'string' ? [1, line] : line
    const traced = trace(tracing, entryOf(text, { pid, ...more }), number)
    if (traced.ends !== null) ends.push(traced.ends)
    ;({ tracing } = traced)
  })
  return ends
    .map(number => endedTraceback(tracing, number))
    .map(found => found && [found.words, found.lines, found.headline])
}

describe('a traceback that a cell error ends becomes one line', () => {
  test.each<[string, readonly (string | readonly [number, string])[], unknown]>([
    ['as it is', [head, ...code, 'ValueError: boom', end('boom')], [['ValueError: boom', [0, 1, 2, 3, 4], 5]]],
    [
      'with a stranger in between',
      [head, code[0]!, [2, 'GET /thesis/a/ 200'], code[1]!, [2, 'ValueError: of another'], 'KeyError: 1', end('1')],
      [['KeyError: 1', [0, 1, 3, 5], 6]],
    ],
    [
      'with what its own process says in between',
      [
        head,
        code[0]!,
        'INFO: 127.0.0.1 - "GET / HTTP/1.1" 200 OK',
        code[1]!,
        'torch.OutOfMemoryError: CUDA',
        end('CUDA'),
      ],
      [['torch.OutOfMemoryError: CUDA', [0, 1, 3, 4], 5]],
    ],
    [
      'two of two processes, interleaved',
      [head, [2, head], code[0]!, [2, code[1]!], 'AssertionError', [2, 'TypeError: x'], [2, end('x')], end('')],
      [
        ['TypeError: x', [1, 3, 5], 6],
        ['AssertionError', [0, 2, 4], 7],
      ],
    ],
    [
      'one that another one caused',
      [
        head,
        ...code,
        "KeyError: 'a'",
        '',
        'During handling of the above exception, another exception occurred:',
        '',
        head,
        code[0]!,
        'RuntimeError: b',
        end('b'),
      ],
      [['RuntimeError: b', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 11]],
    ],
    [
      'a message of several lines stays beside it: it may be anybody',
      [head, code[0]!, 'ValueError: first', 'second', end('first')],
      [['ValueError: first', [0, 1, 2], 4]],
    ],
    [
      'one that no line ended is not mixed with the next',
      [head, ...code, 'OSError: gone', 'later', head, code[0]!, 'ValueError: boom', end('boom')],
      [['ValueError: boom', [6, 7, 8], 9]],
    ],
    ['without an exception it has the words of the end', [head, code[0]!, end('boom')], [['boom', [0, 1], 2]]],
    [
      'two in a row',
      [head, 'A1b: x', end('x'), head, 'Cd: y', end('y')],
      [
        ['A1b: x', [0, 1], 2],
        ['Cd: y', [3, 4], 5],
      ],
    ],
  ])('%s', (_, lines, found) => expect(folded(lines)).toEqual(found))

  test.each<[string, readonly string[]]>([
    ['an end alone', [end('boom')]],
    ['a crash', [head, ...code, 'ValueError: boom']],
    ['another error of marimo', [head, ...code, 'ValueError: boom', '[E 261123 07:13:38 other:1] boom']],
    ['words in the midst of a line', [`he said ${head}`, 'ValueError: boom', end('boom')]],
    ['nothing', []],
  ])('%s does not', (_, lines) => expect(folded(lines)).toEqual([]))

  test("nginx's lines never do", () => expect(folded([head, end('x')], { source: 'error' })).toEqual([]))

  test('of one without an end at most 1,000 lines are kept in mind', () => {
    const lines = [head, ...Array.from({ length: 3_000 }, () => '  deeper'), 'RecursionError: x', end('x')]
    expect(folded(lines)[0]?.[1]).toHaveLength(1_000)
  })
})
