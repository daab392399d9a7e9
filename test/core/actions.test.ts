import { describe, expect, it } from 'vitest'
import { actions, publishDisabled } from '../../src/core/actions.ts'
import { reduce } from '../../src/core/reduce.ts'
import type { State } from '../../src/core/state.ts'
import { consoleOf, reportOf, three, type } from './console-world.ts'
import { ago, now, unreachable } from './world.ts'

const action = (key: string) => {
  const found = actions.find(each => each.key === key)
  if (found === undefined) throw new Error(`no action has the key ${key}`)
  return found
}

const at = (state: State, cursor: string, ...marks: readonly string[]): State => ({
  ...state,
  ui: { ...state.ui, cursor, marks: new Set(marks) },
})

const down = (state: State, role: 'gpu' | 'edge'): State => {
  const link = { kind: 'down', since: ago(5), retryAt: now + 4000, error: unreachable } as const
  return reduce(state, { type: 'observation', observation: { type: 'link', role, link } })
}

describe('confirmation is tiered', () => {
  const world = consoleOf(three())
  const viewers = (count: number | null) => consoleOf({ attention: { local: { viewers: count } } })

  it.each([
    ['a failing paper restarts at once', 'r', at(world, 'diffusion'), { kind: 'none' }],
    [
      'a healthy one names its viewers',
      'r',
      at(world, 'attention'),
      { kind: 'yes-no', question: expect.stringContaining('3 viewers') },
    ],
    ['one viewer', 'r', viewers(1), { kind: 'yes-no', question: expect.stringContaining('1 viewer would') }],
    ['nobody', 'r', viewers(0), { kind: 'yes-no', question: expect.stringContaining('nobody is viewing it') }],
    ['unknown is not nobody', 'r', viewers(null), { kind: 'yes-no', question: expect.stringContaining('not known') }],
    [
      'several restarts ask for their count',
      'r',
      at(world, 'attention', 'diffusion', 'flow'),
      { kind: 'type', expected: '2' },
    ],
    ['all failing ask for their count', 'R', at(world, 'attention'), { kind: 'type', expected: '2' }],
    ['unpublish asks for the id', 'u', at(world, 'flow'), { kind: 'type', expected: 'flow' }],
    [
      'several ask for the count, not an id',
      'u',
      at(world, 'flow', 'flow', 'attention'),
      { kind: 'type', expected: '2' },
    ],
    [
      'one marked paper counts before the cursor',
      'u',
      at(world, 'flow', 'attention'),
      { kind: 'type', expected: 'attention' },
    ],
    ['repair asks', 'x', at(world, 'flow'), { kind: 'yes-no', question: expect.stringContaining('flow') }],
    [
      'repair of several asks for the count',
      'x',
      at(world, 'flow', 'flow', 'attention'),
      { kind: 'type', expected: '2' },
    ],
  ] as const)('%s', (_, key, state, confirmation) => {
    expect(action(key).confirm(state)).toMatchObject(confirmation)
  })

  it('names every paper it is about to touch', () => {
    const { question } = action('u').confirm(at(world, 'flow', 'flow', 'attention')) as { question: string }
    expect(question).toContain('flow')
    expect(question).toContain('attention')
    expect(question).not.toContain('diffusion')
  })
})

describe('requests', () => {
  const world = consoleOf(three())

  it.each([
    ['r', at(world, 'attention'), [{ kind: 'restart', id: 'attention' }]],
    [
      'R',
      at(world, 'attention'),
      [
        { kind: 'restart', id: 'diffusion' },
        { kind: 'restart', id: 'flow' },
      ],
    ],
    ['u', at(world, 'flow', 'attention'), [{ kind: 'unpublish', id: 'attention' }]],
    ['x', at(world, 'flow'), [{ kind: 'repair', id: 'flow' }]],
  ] as const)('%s', (key, state, requests) => {
    expect(action(key).requests(state)).toEqual(requests)
  })

  it('acts on marked papers the filter hides, because the question names them', () => {
    const hidden = at(world, 'attention', 'flow')
    const filtered = { ...hidden, ui: { ...hidden.ui, filter: 'attention' } }
    expect(action('u').requests(filtered)).toEqual([{ kind: 'unpublish', id: 'flow' }])
  })
})

describe('an action that cannot be done says why', () => {
  const world = at(consoleOf(three()), 'attention')
  const readOnly = at(consoleOf(three(), { readOnly: true }), 'attention')
  const busy = reduce(world, { type: 'operation', report: reportOf() })
  const requested = reduce(world, { type: 'requested', requests: [{ kind: 'restart', id: 'flow' }] })

  it.each([
    ['r', readOnly, '--read-only'],
    ['u', readOnly, '--read-only'],
    ['r', busy, 'restart attention is under way'],
    ['u', requested, 'restart flow is under way'],
    ['r', down(world, 'gpu'), 'son-pro6000 cannot be reached'],
    ['u', down(world, 'edge'), 'son-wtr cannot be reached'],
    ['x', down(world, 'edge'), 'son-wtr cannot be reached'],
    ['R', consoleOf({ attention: {} }), 'no paper is failing'],
    ['r', consoleOf({}), 'no paper is selected'],
    ['r', consoleOf({ Odd_Id: {} }), 'is no id papergen acts on'],
  ] as const)('%s', (key, state, why) => {
    expect(action(key).disabled(state)).toContain(why)
  })

  it.each(['r', 'R', 'u', 'x'])('%s can be done when all is there', key => {
    expect(action(key).disabled(world)).toBeNull()
  })

  it('publishing needs both hosts and leave to write', () => {
    expect(publishDisabled(world)).toBeNull()
    expect(publishDisabled(readOnly)).toContain('--read-only')
    expect(publishDisabled(down(world, 'edge'))).toContain('son-wtr')
    expect(publishDisabled(busy)).toContain('under way')
  })

  it('is offered again once the operation has ended', () => {
    const ended = reduce(busy, { type: 'operation', report: reportOf({ kind: 'done' }) })
    expect(action('r').disabled(ended)).toBeNull()
    expect(type(ended, 'esc').state.operation).toBeNull()
  })
})
