import { describe, expect, it } from 'vitest'
import type { Column } from '../../src/core/columns.ts'
import { reduce } from '../../src/core/reduce.ts'
import { rowsOf } from '../../src/core/rows.ts'
import type { State } from '../../src/core/state.ts'
import { consoleOf, shown, type } from './console-world.ts'
import { ago, now, type Spec, unreachable } from './world.ts'

const failed: Spec['unit'] = { state: 'failed', sub: 'failed', result: 'exit-code', exitStatus: 1, mainPid: null }
const unanswered: Spec['edge'] = { ok: false, kind: 'bad-gateway', status: 502, websocket: null }

/** Each of the first three has a value in every column; `none` has none but its id. */
const world = (): State => {
  const state = consoleOf({
    alpha: { entry: { port: 27_002, title: 'B' }, unit: { since: ago(7200) } },
    beta: { entry: { port: 27_001, title: 'C' }, unit: { since: ago(60) } },
    gamma: { entry: { port: 27_000, title: 'A' }, unit: { since: ago(86_400) } },
    none: { entry: null, unit: null, unitFile: null, snippet: null, edge: undefined, local: undefined },
  })
  const use = (id: string, mib: number) => ({
    ...{ pid: mib, uuid: 'GPU-0', unit: `papergen-${id}.service`, name: 'python3', user: 'son', mib },
  })
  const processes = [use('alpha', 500), use('beta', 9000), use('gamma', 12)]
  const value = { devices: [], processes, driver: null, simulated: false }
  return reduce(state, { type: 'observation', observation: { type: 'gpu', answer: { at: now, value } } })
}

const sorted = (state: State, column: Column, descending: boolean): State => ({
  ...state,
  ui: { ...state.ui, sort: { column, descending } },
})
const ids = (state: State): string[] => rowsOf(state).map(({ paper }) => paper.id)
const heading = (state: State): string =>
  shown(state)
    .split('\n')
    .find(line => line.startsWith('    PAPER'))!

describe('the order of the rows', () => {
  it.each<[Column, readonly string[]]>([
    ['paper', ['alpha', 'beta', 'gamma', 'none']],
    ['title', ['gamma', 'alpha', 'beta']],
    ['port', ['gamma', 'beta', 'alpha']],
    ['up', ['beta', 'alpha', 'gamma']],
    ['gpu', ['gamma', 'alpha', 'beta']],
  ])('by %s rises with ▴ and falls with ▾, and what has no value is last in both', (column, rising) => {
    const [some, none] = [rising.filter(id => id !== 'none'), rising.includes('none')]
    const [up, down] = [false, true].map(descending => ids(sorted(world(), column, descending)))
    expect(up).toEqual([...some, 'none'])
    expect(down).toEqual(none ? ['none', ...some.toReversed()] : [...some.toReversed(), 'none'])
    expect(heading(sorted(world(), column, false))).toMatch(/[A-Z] ?▴/)
    expect(heading(sorted(world(), column, true))).toMatch(/[A-Z] ?▾/)
  })

  it.each(['edge', 'unit'] as const)('by %s has what was never asked or is not there last', column => {
    for (const descending of [false, true]) expect(ids(sorted(world(), column, descending)).at(-1)).toBe('none')
  })

  it('leaves equals by their ids, whichever way', () => {
    for (const descending of [false, true])
      expect(ids(sorted(world(), 'edge', descending)).slice(0, 3)).toEqual(['alpha', 'beta', 'gamma'])
  })

  it('begins with the most of what is used, and with the first of all else', () => {
    const orders = Array.from({ length: 8 }, (_, at) => type(world(), ...Array(at + 1).fill('s')).state.ui.sort)
    expect(orders.filter(({ descending }) => descending).map(({ column }) => column)).toEqual(['up', 'gpu'])
    expect(type(world(), ':', ...'sort by gpu', 'enter').state.ui.sort).toEqual({ column: 'gpu', descending: true })
  })

  it.each([
    [120, 'gpu memory'],
    [80, 'gpu mem'],
    [40, 'gpu'],
  ])('is named as its column is at %i columns', (columns, word) => {
    const state = sorted(world(), 'gpu', true)
    const screen = shown({ ...state, ui: { ...state.ui, columns } })
    expect(screen).toContain(`sort: ${word} ▾`)
    if (columns >= 60) expect(screen).toContain(`${word.toUpperCase()} ▾`)
  })

  it('by verdict has what readers do not get before what will hurt later', () => {
    const wrong = { address: '192.168.1.116', port: 27_009 }
    const state = consoleOf({
      fine: { entry: { port: 27_000 } },
      raises: { entry: { port: 27_001 }, ...on(27_001), cells: { errors: 3 } },
      unlisted: { ...on(27_002), unit: { enabled: false } },
      astray: { ...on(27_003), snippet: { upstream: wrong }, edge: unanswered },
      crashed: { ...on(27_004), unit: failed, local: undefined, edge: unanswered },
      stopped: { ...on(27_005), unit: { state: 'inactive', sub: 'dead' }, edge: unanswered },
      unseen: { ...on(27_006), edge: unreachable },
    })
    expect(ids(state)).toEqual(['crashed', 'astray', 'unseen', 'stopped', 'raises', 'unlisted', 'fine'])
  })
})

const on = (port: number): Spec => ({
  entry: { port },
  unitFile: { port },
  snippet: { upstream: { address: '192.168.1.116', port } },
})
