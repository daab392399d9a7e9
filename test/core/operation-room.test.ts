import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/core/errors.ts'
import { reduce } from '../../src/core/reduce.ts'
import type { State } from '../../src/core/state.ts'
import { consoleOf, reportOf, shown, three, type } from './console-world.ts'
import { now } from './world.ts'

const steps = Array.from({ length: 13 }, (_, at) => ({
  ...{ name: `step-${at}`, title: `Step number ${at + 1}`, startedAt: now, endedAt: now, output: [] },
  state: at < 6 ? ('undone' as const) : at === 6 ? ('failed' as const) : ('waiting' as const),
}))
const problem: Problem = {
  kind: 'step-failed',
  step: 'step-6',
  why: 'the unit failed',
  evidence: ['Traceback', 'RuntimeError: CUDA error: device-side assert triggered, and what it was about at length'],
  next: 'mend papers/flow.py and publish it again',
  journalOf: 'flow',
}
const died = [
  'Started papergen-flow.service - papergen paper flow.',
  'Traceback (most recent call last):',
  'RuntimeError: CUDA error: device-side assert triggered',
  'papergen-flow.service: Main process exited, code=exited, status=1/FAILURE',
  "papergen-flow.service: Failed with result 'exit-code'.",
]
const failed = (size: readonly [number, number]): State => withProblem(size, problem)
const withProblem = (size: readonly [number, number], why: Problem): State =>
  reduce(consoleOf(three(), {}, [...size]), {
    type: 'operation',
    report: reportOf(
      { kind: 'rolled-back', problem: why, interrupted: false },
      {
        ...{ steps: steps.map(step => (step.state === 'failed' ? { ...step, output: died } : step)), id: 'flow' },
        summary: 'Everything was put back: flow serves its former version, as before this was begun.',
      },
    ),
  })

describe('an operation that ended and is longer than its place', () => {
  it('is read to its end with j and k, with nothing of its evidence cut, and says so', () => {
    const small = failed([40, 15])
    expect(shown(small).split('\n').at(-1)).toMatch(/^ Esc close {2}j k scroll/)
    const texts = Array.from({ length: 40 }, (_, presses) => shown(type(small, ...Array(presses).fill('j')).state))
    expect(texts.join('\n')).toMatch(/RuntimeError: CUDA[\s\S]*at\s+length/)
    expect(texts.at(-1)).toContain('Step number 13')
    expect(type(small, ...Array(30).fill('j')).state.ui.cursor).toBe(small.ui.cursor)
    expect(type(small, 'j', 'k').state.ui.reading).toBe(0)
  })

  it('tells the line that says why, what to do next and how things stand to the end, on the smallest screen', () => {
    const titled = { ...problem, title: 'Wait until papergen-flow.service is healthy', evidence: died } as const
    const screen = shown(withProblem([40, 15], titled))
    for (const words of [
      'RuntimeError: CUDA error: device',
      /Next: mend papers\/flow\.py and\s+publish it again; l shows its\s+journal/,
      /Everything was put back: flow serves\s+its former version, as before this\s+was begun\.\n Esc close {2}j k scroll {2}l log {2}\? help$/,
    ])
      expect(screen).toMatch(words)
    // Not one row of a paper is left, so their heading says nothing either.
    expect(screen).not.toMatch(/papergen logs|Papers|Failed with/)
  })

  it('cuts what led to the end before how things stand', () => {
    const lengthy = { ...problem, why: 'one reason after the other '.repeat(20) } as const
    const lines = shown(withProblem([40, 15], lengthy)).split('\n')
    expect(lines.slice(-5, -1).join(' ')).toMatch(/put back: flow serves\s+its former .* was begun\./)
    expect(lines[1]).toMatch(/^━━ failed at step 7 of 13/)
  })

  it.each([
    [80, 24],
    [120, 40],
  ] as const)('at %i x %i the row of the step has the line that says why', (...size) => {
    const screen = shown(failed(size))
    expect(screen).toMatch(/✗ Step number 7 {2}failed {2}0\.0 s {2}RuntimeError: CUDA error/)
  })

  it('lets no key act on a paper that it hides', () => {
    const small = failed([40, 15])
    for (const key of ['r', 'R', 'u', 'x', ' ', '*', 'enter', 'o', 'y']) {
      const { state, effects } = type(small, key)
      expect([key, effects]).toEqual([key, []])
      expect(state.notice?.text).toContain('Esc first')
      expect(state.ui.marks.size).toBe(0)
    }
    expect(type(small, 'esc').state.operation).toBeNull()
  })

  it('is read anew when the next one begins', () => {
    const read = type(failed([40, 15]), 'j', 'j').state
    expect(read.ui.reading).toBe(1)
    const next = reduce(read, { type: 'operation', report: reportOf({ kind: 'running' }, { op: 'another', steps }) })
    expect(next.ui.reading).toBeNull()
  })
})

describe('after a publish that worked', () => {
  const publishOf = (id: string, outcome: 'done' | 'running') =>
    ({ type: 'operation', report: reportOf({ kind: outcome }, { operation: 'publish', id, steps }) }) as const
  const bar = (state: State): string => shown(state).split('\n').at(-1) ?? ''

  it.each([
    [120, 40],
    [80, 24],
  ])('at %i x %i the key bar names the keys of its URL', (...size) => {
    const done = reduce(consoleOf(three(), {}, size), publishOf('flow', 'done'))
    expect(bar(done)).toMatch(/ y copy URL {2}o open /)
    expect(type(done, 'y').effects).toEqual([{ kind: 'copy-url', id: 'flow' }])
    // Of another paper it would not be.
    expect(bar(type(done, 'k').state)).not.toContain('copy URL')
  })

  it('and not while it runs, nor after anything else', () => {
    for (const state of [reduce(consoleOf(three()), publishOf('flow', 'running')), failed([120, 50])])
      expect(bar(state)).not.toContain('copy URL')
  })
})

it('cuts the title of a step for how long it took', () => {
  const step = { ...steps[0]!, state: 'done' as const, title: `flow: flow.conf ${'routes elsewhere '.repeat(8)}` }
  const state = reduce(consoleOf(three(), {}, [80, 24]), {
    type: 'operation',
    report: reportOf({ kind: 'running' }, { steps: [step] }),
  })
  expect(shown(state)).toMatch(/ ✓ flow: flow\.conf [^\n]*… {2}0\.0 s\n/)
})

it('leaves the papers their keys where it is seen as a whole', () => {
  const large = failed([120, 50])
  const before = large.ui.cursor
  expect(type(large, 'k').state.ui.cursor).not.toBe(before)
  expect(type(large, 'j').state.ui.reading).toBeNull()
  expect(shown(large).split('\n').at(-1)).toMatch(/^ Esc close {2}l journal of flow {2}\? help/)
})

describe('the help', () => {
  it('lies over the hop chain, which is there again after it', () => {
    const chain = type(consoleOf(three()), 'enter').state
    const help = type(chain, '?').state
    expect(help.ui.dialog?.kind).toBe('help')
    for (const key of ['esc', '?', 'q']) expect(type(help, key).state.ui.dialog).toMatchObject(chain.ui.dialog ?? {})
  })
})

describe('what restarting asks', () => {
  it.each([
    ['stopped', { unit: { state: 'inactive', sub: 'dead', since: null } }, /^Start a\? It is stopped\.$/],
    [
      'drift',
      { snippet: { upstream: { address: '192.168.1.116', port: 27_005 } } },
      /^Restart a\? It is drifting: its records disagree; .* x repairs that \(route → 27005, .*\), a restart does not\.$/,
    ],
    ['ok', {}, /^Restart a\? It is ok; /],
  ] as const)('of a paper that is %s', (_, spec, question) => {
    const { dialog } = type(consoleOf({ a: spec }), 'r').state.ui
    expect(dialog?.kind === 'confirm' ? dialog.question : null).toMatch(question)
  })
})

it('a paper that was restarted says for a while that it was', () => {
  const restarted = (endedAt: number): string =>
    shown({
      ...consoleOf(three()),
      ran: [{ report: reportOf({ kind: 'done' }, { operation: 'restart', id: 'attention', endedAt }), effects: [] }],
    })
  expect(restarted(now - 120_000)).toContain('ok, restarted 2 m ago')
  expect(restarted(now - 660_000)).not.toContain('restarted')
})
