import { describe, expect, it } from 'vitest'
import { endOf, gpuMibAfter, mostMib, parseLife } from '../../src/demo/life.ts'

const quiet = { gpuMib: null, leakMibPerSecond: 0, givesUpAfter: [] }

describe('life', () => {
  it.each([
    ['import marimo', quiet],
    ['x = "# demo: gpu 1 MiB"', quiet],
    ['# demo: gpu 2048 MiB', { ...quiet, gpuMib: 2048 }],
    ['# demo: gpu 8 MiB, leaks 40 MiB a second', { ...quiet, gpuMib: 8, leakMibPerSecond: 40 }],
    ['a\n# demo: gives up after 0.2 s and 150 s\nb', { ...quiet, givesUpAfter: [0.2, 150] }],
    ['# demo: gpu 8 MiB, gives up after 1 s, 2 s and 3 s', { ...quiet, gpuMib: 8, givesUpAfter: [1, 2, 3] }],
  ])('reads %j', (notebook, life) => {
    expect(parseLife(notebook)).toEqual(life)
  })

  it.each([
    ['# demo: gpu 1 MiB', 1, null],
    ['# demo: gives up after 0.2 s and 150 s', 1, { after: 0.2, why: 'gives-up' }],
    ['# demo: gives up after 0.2 s and 150 s', 2, { after: 150, why: 'gives-up' }],
    ['# demo: gives up after 0.2 s and 150 s', 9, { after: 150, why: 'gives-up' }],
    ['# demo: gpu 71000 MiB, leaks 100 MiB a second', 1, { after: 10, why: 'memory' }],
  ])('of %j run %d ends as %j', (notebook, run, end) => {
    expect(endOf(parseLife(notebook), run)).toEqual(end)
  })

  it('takes GPU memory as told, and no more than there is', () => {
    const leaking = parseLife('# demo: gpu 1000 MiB, leaks 100 MiB a second')
    expect([0, 2.5, 1e9].map(seconds => gpuMibAfter(leaking, seconds))).toEqual([1000, 1250, mostMib])
    expect(gpuMibAfter(parseLife(''), 5)).toBeNull()
  })
})
