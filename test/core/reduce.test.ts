import { describe, expect, it } from 'vitest'
import type { Observation } from '../../src/core/observed.ts'
import { lastOf, type Reading } from '../../src/core/reading.ts'
import { reduce, reduceAll } from '../../src/core/reduce.ts'
import { rowsOf } from '../../src/core/rows.ts'
import { isRunning, type State } from '../../src/core/state.ts'
import { consoleOf, entryOf, reportOf, three, type } from './console-world.ts'
import { empty, now } from './world.ts'

const ids = (state: State) => rowsOf(state).map(({ paper }) => paper.id)
/** The world after somebody took all but these papers away, on both hosts. */
const onlyLeft = (state: State, ...kept: readonly string[]): State => {
  const { registry, lists } = state.observed
  const left = <T>(reading: Reading<readonly T[]>, id: (one: T) => string) => ({
    at: now,
    value: (lastOf(reading) ?? []).filter(one => kept.includes(id(one))),
  })
  const seen: Observation[] = [
    { type: 'units', answer: left(lists.units, ({ unit }) => unit) },
    { type: 'unit-files', answer: left(lists.unitFiles, ({ unit }) => unit) },
    { type: 'snippets', answer: left(lists.snippets, ({ name }) => name) },
    { type: 'index', answer: { at: now, value: { origin: 'ours', listed: kept, fragment: 'f' } } },
    { type: 'registry', answer: left(registry, ({ id }) => id) },
  ]
  return seen.reduce<State>((before, observation) => reduce(before, { type: 'observation', observation }), state)
}

describe('reduce', () => {
  it('is the same state when an observation tells nothing new', () => {
    const state = consoleOf(three())
    const { observed } = state
    const value = observed.registry.kind === 'fresh' ? observed.registry.value : []
    const same = { type: 'registry', answer: { at: now, value } } as const
    expect(reduce(state, { type: 'observation', observation: same })).toBe(state)
  })

  it('keeps the cursor on its paper when rows move', () => {
    const state = type(consoleOf(three()), 'G').state
    expect(ids(state)).toEqual(['diffusion', 'flow', 'attention'])
    expect(state.ui.cursor).toBe('attention')
    const sorted = type(state, 's').state
    expect(ids(sorted)).toEqual(['attention', 'diffusion', 'flow'])
    expect(sorted.ui.cursor).toBe('attention')
  })

  it('moves the cursor of a paper that is gone to the row that took its place', () => {
    const state = type(consoleOf(three()), 'G').state
    expect(state.ui.cursor).toBe('attention')
    expect(onlyLeft(state, 'diffusion', 'flow').ui.cursor).toBe('flow')
    expect(onlyLeft(state).ui.cursor).toBeNull()
  })

  it('keeps the cursor on what needs a hand most until a key was pressed', () => {
    const state = consoleOf(three())
    expect([state.ui.cursor, state.handled]).toEqual(['attention', 0])
    const index = { origin: 'ours', listed: ['flow'], fragment: 'g' } as const
    const seen = { type: 'observation', observation: { type: 'index', answer: { at: now, value: index } } } as const
    expect(reduce(state, seen).ui.cursor).toBe('diffusion')
    expect(reduce(type(state, 'G').state, seen).ui.cursor).toBe('attention')
  })

  it('puts the first cursor on the first row of the grid, not of the registry', () => {
    const { ui, ...rest } = consoleOf({ zeta: {}, alpha: {} })
    const answer = { at: now + 60_000, value: { origin: 'ours', listed: ['alpha', 'zeta'], fragment: 'g' } } as const
    const state = { ...rest, ui: { ...ui, cursor: null } }
    const after = reduce(state, { type: 'observation', observation: { type: 'index', answer } })
    expect(after.ui.cursor).toBe('alpha')
  })

  describe('the cursor of a paper that is no longer listed', () => {
    const raising = Object.fromEntries([...'abcdeg'].map(id => [id, { cells: { errors: 1 } }]))
    const onD = type(consoleOf(raising), 'f', 'j', 'j', 'j').state
    const value = { errors: 0, last: null, lastAt: null, exception: null, raisedAt: null }
    const mended = { type: 'observation', observation: { type: 'cells', id: 'd', answer: { at: now, value } } } as const
    const tick = { type: 'tick', at: now + 10_000 } as const

    it.each([
      ['it became ok', [[mended]]],
      ['and time went on', [[mended], [tick]]],
      ['at once', [[mended, tick]]],
    ] as const)('goes to the row that took its place: %s', (_, bursts) => {
      expect([ids(onD).join(''), onD.ui.cursor]).toEqual(['abcdeg', 'd'])
      const after = bursts.reduce<State>(reduceAll, onD)
      expect([ids(after).join(''), after.ui.cursor]).toEqual(['abceg', 'e'])
      expect(type(after, 'j').state.ui.cursor).toBe('g')
    })

    it('goes there too when an operation on it begins', () => {
      const degraded = type(onD, '/', ...'verdict:degraded', 'enter').state
      const begun = reduce(degraded, { type: 'operation', report: reportOf({ kind: 'running' }, { id: 'd' }) })
      expect([ids(begun).join(''), begun.ui.cursor]).toEqual(['abceg', 'e'])
    })
  })

  it('forgets the mark of a paper that is gone', () => {
    const state = type(consoleOf(three()), '*').state
    expect(state.ui.marks.size).toBe(3)
    expect([...onlyLeft(state, 'flow').ui.marks]).toEqual(['flow'])
  })

  it('counts as running from the request to its end, also between two of them', () => {
    const requests = [{ kind: 'restart', id: 'a' } as const, { kind: 'restart', id: 'b' } as const]
    const begun = reduce(consoleOf(three()), { type: 'requested', requests })
    expect(isRunning(begun)).toBe(true)
    const between = reduce(reduce(begun, { type: 'operation', report: reportOf({ kind: 'done' }) }), {
      type: 'next-request',
    })
    expect(isRunning(between)).toBe(true)
    const ended = reduce(between, { type: 'next-request' })
    expect(isRunning(ended)).toBe(false)
    expect(reduce(ended, { type: 'operation-closed' }).operation).toBeNull()
  })

  it('does not close an operation that runs', () => {
    const running = reduce(consoleOf(three()), { type: 'operation', report: reportOf() })
    expect(reduce(running, { type: 'operation-closed' })).toBe(running)
  })

  it('takes lines for the open pane only', () => {
    const open = reduce(consoleOf(three()), { type: 'log-opened', unit: 'attention', source: 'journal' })
    const lines = (unit: string, source: 'journal' | 'error') =>
      reduce(open, { type: 'log-lines', unit, source, entries: [entryOf('late')] }).log?.lines.end
    expect(lines('attention', 'journal')).toBe(1)
    expect(lines('flow', 'journal')).toBe(0)
    expect(lines('attention', 'error')).toBe(0)
    expect(reduce({ ...open, ui: { ...open.ui, focus: 'log' } }, { type: 'log-closed' })).toMatchObject({
      log: null,
      ui: { focus: 'grid' },
    })
  })

  it('words that were read go, but not those that came meanwhile, nor what alone tells that a request is checked', () => {
    const notice = { tone: 'info', text: 'restart: checking…' } as const
    const told = reduce(consoleOf(three()), { type: 'notice', notice })
    expect(reduce(told, { type: 'notice-read', notice }).notice).toBeNull()
    expect(reduce(told, { type: 'notice-read', notice: { ...notice } })).toBe(told)
    const checking = reduce(told, { type: 'requested', requests: [{ kind: 'restart', id: 'flow' }] })
    expect(reduce(checking, { type: 'notice-read', notice }).notice).toBe(notice)
  })

  it('what a key said stays while the steps of an operation go on, and goes when it ends', () => {
    const begun = reduce(consoleOf(three()), { type: 'operation', report: reportOf() })
    const told = type(begun, 'y').state
    expect(told.notice?.text).toContain('Nothing was asked')
    expect(reduce(told, { type: 'operation', report: reportOf() }).notice).toBe(told.notice)
    expect(reduce(told, { type: 'operation', report: reportOf({ kind: 'done' }) }).notice).toBeNull()
    expect(reduce(told, { type: 'operation', report: reportOf({ kind: 'running' }, { op: 'next' }) }).notice).toBeNull()
  })

  it('starts without a paper, a cursor or a pane', () => {
    expect(consoleOf({})).toMatchObject({ log: null, operation: null, notice: null, ui: { cursor: null } })
    expect(empty().papers.size).toBe(0)
  })
})
