import { describe, expect, it } from 'vitest'
import type { PastAnswer } from '../../src/core/history.ts'
import type { AuditLine } from '../../src/core/ports.ts'
import { reduce } from '../../src/core/reduce.ts'
import { screenLines } from '../../src/core/screen.ts'
import type { State } from '../../src/core/state.ts'
import { consoleOf, reportOf, three, type } from './console-world.ts'
import { now, unreachable } from './world.ts'

const line: AuditLine = {
  ...{ at: new Date(now).toISOString(), by: 'son@son-pro6000', operation: 'restart', id: 'attention', outcome: 'done' },
  detail: null,
}
const many: PastAnswer = {
  kind: 'listed',
  lines: Array.from({ length: 60 }, (_, at) => ({ ...line, id: `paper-${at}` })),
  broken: 2,
}
const opened = (past: PastAnswer, ...keys: readonly string[]): State =>
  type(reduce(type(consoleOf(three()), 'H').state, { type: 'past', past }), ...keys).state

const shown = (state: State): string =>
  screenLines(state)
    .map(({ spans }) => spans.map(({ text }) => text).join(''))
    .join('\n')

describe('the list', () => {
  it('asks for it, says so, and wants no answer once it was left', () => {
    const { state, effects } = type(consoleOf(three()), 'H')
    expect(effects).toEqual([{ kind: 'list-past' }])
    expect(shown(state)).toContain('Reading the audit log…')
    const left = type(state, 'esc').state
    expect(reduce(left, { type: 'past', past: many })).toBe(left)
  })

  it.each([
    ['empty', { kind: 'listed', lines: [], broken: 0 }, 'Nothing was done yet.'],
    ['unreadable', { kind: 'failed', problem: unreachable }, 'Next: '],
    ['with broken lines', many, '2 lines of the audit log could not be read'],
    ['with its place', many, '1 of 60'],
  ] as const)('%s', (_, past, words) => {
    expect(shown(opened(past))).toContain(words)
  })

  it.each([
    [['j', 'down', 'k'], 1],
    [['pagedown', 'pagedown', 'pageup'], 59 - 32],
    [['G', 'j'], 59],
    [['end', 'home'], 0],
  ])('%j', (keys, index) => {
    expect(opened(many, ...keys).ui.dialog).toMatchObject({ index })
  })

  it.each(['esc', 'q', 'H'])('%s leaves it', key => {
    expect(opened(many, key).ui.dialog).toBeNull()
  })

  it.each([
    ['done', 'done'],
    ['rolled-back', 'failed, all undone'],
    ['half-rolled-back', 'failed, half undone'],
    ['failed', 'failed'],
    ['another word', 'another word'],
  ])('%s is %s', (outcome, words) => {
    expect(shown(opened({ kind: 'listed', lines: [{ ...line, outcome }], broken: 0 }))).toContain(words)
  })
})

describe('how it ended and why, in words', () => {
  const problem = { kind: 'step-failed', step: 'health', why: 'the unit failed', evidence: ['boom', '\u001b[2Jbang'] }
  const json = `step-failed: ${JSON.stringify(problem)}`
  const undone = (detail: string): PastAnswer => ({
    ...{ kind: 'listed', broken: 0 },
    lines: [{ ...line, operation: 'publish', id: 'einsum', outcome: 'rolled-back', detail }],
  })
  const at = (columns: number, rows: number, detail: string): State => {
    const state = opened(undone(detail))
    return { ...state, ui: { ...state.ui, columns, rows } }
  }

  it.each([
    [120, /publish {2}einsum {2}failed, all undone {2}son@son-pro6000 +Step health failed: the unit failed/],
    [80, /2026-11-23 14:02 +publish {2}einsum {2}failed, all undone +son@son-pro6000 *\n/],
    [40, /▸ 11-23 14:02 publish einsum undone *\n/],
  ])('the list at %i columns', (columns, words) => {
    expect(shown(at(columns, 24, json))).toMatch(words)
  })

  it.each([
    [
      'a problem',
      json,
      /Outcome +failed, all undone *\n +Why +Step health failed: the unit failed *\n +│ boom *\n +│ bang *\n +Next: mend the cause/,
    ],
    [
      'a Ctrl-C',
      'interrupted: {"kind":"interrupted","during":"Wait"}',
      /Outcome +stopped, all undone *\n +Why +Interrupted/,
    ],
    [
      'a failed step, by the name of its row',
      `step-failed: ${JSON.stringify({ ...problem, title: 'Wait until x is healthy' })}`,
      /Why +Wait until x is healthy, failed: the unit failed *\n/,
    ],
    ['plain words', 'somebody was here', /Why +somebody was here/],
    ['a problem of another version', 'burnt-down: {"kind":"burnt-down"}', /Why +burnt down *\n/],
    ['a title that is no text', json.replace('{', '{"title":[1],'), /Why +step failed *\n/],
    ['a problem that lacks a field', 'step-failed: {"kind":"step-failed"}', /Why +step failed *\n/],
    ['a problem that was cut', json.slice(0, 40), /Why +step failed *\n/],
  ])('%s', (_, detail, words) => {
    const state = type(at(120, 40, detail), 'enter').state
    expect(shown(state)).toMatch(words)
    expect(shown(state)).not.toContain('{"')
  })
})

describe('one of it', () => {
  const detail = `step-failed: ${'word '.repeat(60)}end`
  const failed: PastAnswer = { kind: 'listed', lines: [{ ...line, outcome: 'failed', detail }], broken: 0 }

  it('has all its words, Esc goes back to the list', () => {
    const state = opened(failed, 'enter')
    expect(shown(state)).toMatch(/Who +son@son-pro6000[\s\S]*Outcome +failed[\s\S]*Why +step-failed[\s\S]* end/)
    expect(shown(state)).toContain('known to the session that ran it alone')
    expect(type(state, 'esc').state.ui.dialog).toMatchObject({ kind: 'history', from: null })
  })

  it('of this session has its steps with what was really run', () => {
    const step = { startedAt: now, endedAt: now, output: ['said something'] }
    const report = reportOf(
      { kind: 'done' },
      {
        startedAt: now - 1_000,
        endedAt: now + 1_000,
        steps: [
          { name: 'restart', title: 'Restart it', state: 'done', ...step },
          { name: 'never', title: 'Never begun', state: 'waiting', ...step },
        ],
      },
    )
    const effects = [[{ kind: 'run', host: 'gpu', command: 'papergen-gpu: restart' } as const], []]
    const state = reduce(opened({ kind: 'listed', lines: [line], broken: 0 }, 'enter'), {
      type: 'ran',
      ran: { report, effects },
    })
    expect(shown(state)).toMatch(/Restart it {2}\(done\)[\s\S]*run +gpu: papergen-gpu: restart[\s\S]*│ said something/)
    expect(shown(state)).not.toContain('Never begun')
    // There is nothing to say why it went well.
    expect(shown(state)).toMatch(/Outcome +done *\n *\n/)
    const other = opened({ kind: 'listed', lines: [{ ...line, at: '2020-01-01T00:00:00Z' }], broken: 0 }, 'enter')
    expect(shown(reduce(other, { type: 'ran', ran: { report, effects } }))).not.toContain('Restart it')
  })

  it.each([
    [120, 40],
    [80, 24],
    [40, 15],
  ])('scrolls to its end and no further at %i x %i', (columns, rows) => {
    const small = opened(failed)
    const state = type({ ...small, ui: { ...small.ui, columns, rows } }, 'enter', 'G').state
    expect(shown(state).replace(/\s+/g, ' ')).toContain('Its steps are known')
    expect(shown(type(state, 'j').state)).toBe(shown(state))
  })
})

it('keeps the last fifty of this session', () => {
  const ran = { report: reportOf({ kind: 'done' }), effects: [] }
  const state = Array.from({ length: 60 }).reduce<State>(before => reduce(before, { type: 'ran', ran }), consoleOf({}))
  expect(state.ran).toHaveLength(50)
})
