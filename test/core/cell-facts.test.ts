import { expect, it } from 'vitest'
import { frameOfPaper, nothingTold, toldBy } from '../../src/core/cell-facts.ts'
import type { CellFacts } from '../../src/core/facts.ts'
import { entryOf } from './console-world.ts'

const head = 'Traceback (most recent call last):'
const inPaper = '  File "/home/son/prj/thesis/state/releases/einsum/0123456789abcdef/einsum.py", line 88, in sample'
const inLibrary = '  File "/home/son/.venv/lib/python3.12/site-packages/torch/cuda.py", line 5, in sync'
const cellError = '[E 261123 07:13:38 notification_utils:257] (error_id=0b1c2d3e-57c8-41ff-bdb4-e7223d31baf5) boom'

it.each<[string, readonly string[], Partial<CellFacts>]>([
  ['nothing', [], { errors: 0, exception: null, raisedAt: null }],
  [
    'what it died of, and the innermost line of the project',
    [head, inPaper, '    x = y', inLibrary, '    z()', 'RuntimeError: CUDA error'],
    { exception: 'RuntimeError: CUDA error', raisedAt: { file: 'papers/einsum.py', line: 88 } },
  ],
  [
    'a cell error, with what it raised',
    [head, inPaper, 'ValueError: boom', cellError],
    { errors: 1, last: 'boom', exception: 'ValueError: boom', raisedAt: { file: 'papers/einsum.py', line: 88 } },
  ],
  [
    'an exception without a traceback: the line of the one before is not its',
    [head, inPaper, 'ValueError: boom', 'KeyError: 1'],
    { exception: 'KeyError: 1', raisedAt: null },
  ],
  [
    'a traceback through libraries alone',
    [head, inLibrary, 'KeyError: 1'],
    { exception: 'KeyError: 1', raisedAt: null },
  ],
  [
    'a recursion: the innermost frames are kept',
    [head, ...Array.from({ length: 5000 }, () => inLibrary), inPaper, 'RecursionError: deep'],
    { raisedAt: { file: 'papers/einsum.py', line: 88 } },
  ],
])('the journal tells %s', (_, lines, facts) => {
  const frameOf = frameOfPaper('/home/son/prj/thesis', 'papers/einsum.py')
  const told = lines.reduce((before, text) => toldBy(before, entryOf(text), frameOf), nothingTold)
  expect(told.facts).toMatchObject(facts)
  expect(told.traceback.length).toBeLessThan(100)
})

it('what systemd says of it tells nothing of a cell', () => {
  const told = toldBy(nothingTold, entryOf('RuntimeError: no', { lifecycle: true }), () => null)
  expect(told).toBe(nothingTold)
})
