import { describe, expect, it } from 'vitest'
import { placeIn } from '../../src/core/batch.ts'
import type { Problem } from '../../src/core/errors.ts'
import type { Event } from '../../src/core/event.ts'
import { reduceAll } from '../../src/core/reduce.ts'
import type { State } from '../../src/core/state.ts'
import type { Outcome } from '../../src/core/step.ts'
import { consoleOf, reportOf, shown, three, type } from './console-world.ts'

const ids = ['attention', 'diffusion', 'flow']
const requests = ids.map(id => ({ kind: 'restart', id }) as const)
const problem: Problem = { kind: 'step-failed', step: 'health', why: 'it died', evidence: [] }
const begun: Event = { type: 'requested', requests }
const over: Event = { type: 'requested', requests: [] }
const next: Event = { type: 'next-request' }
const operation = (id: string, outcome: Outcome = { kind: 'done' }): Event => ({
  type: 'operation',
  report: reportOf(outcome, { op: id, id, title: `Restart ${id}`, steps: [] }),
})
const ran = (id: string, outcome: Outcome = { kind: 'done' }): readonly Event[] => {
  const report = reportOf(outcome, { op: id, id, title: `Restart ${id}` })
  return [{ type: 'operation', report }, { type: 'ran', ran: { report, effects: [] } }, next]
}
const after = (...events: readonly (Event | readonly Event[])[]): State => reduceAll(consoleOf(three()), events.flat())

describe('several papers at once', () => {
  it.each([
    ['all done', [ran('attention'), ran('diffusion'), ran('flow')], '3 of 3 done: attention, diffusion, flow'],
    [
      'one that fails, and what did not begin for it',
      [ran('attention'), ran('diffusion', { kind: 'failed', problem, leftBehind: [] })],
      '1 of 3 done: attention; failed: diffusion; not begun: flow',
    ],
    [
      'one that was undone',
      [ran('attention', { kind: 'rolled-back', problem, interrupted: false })],
      '0 of 3 done; failed, all undone: attention; not begun: diffusion, flow',
    ],
    [
      'one with nothing to do',
      [[next], ran('diffusion'), ran('flow')],
      '3 of 3 done: attention (nothing to do), diffusion, flow',
    ],
  ])('the pane tells how all of them ended: %s', (_, events, words) => {
    expect(shown(after(begun, ...events, over))).toContain(words)
  })

  it('and while they run which of them it is', () => {
    const screen = shown(after(begun, ran('attention'), operation('diffusion', { kind: 'running' })))
    expect(screen).toMatch(/── Restart diffusion ─+ 2nd of 3, running, step 1 of 0 ──/)
    expect(screen).not.toContain('done:')
  })

  it('the key bar tells it where no pane is left: one was refused, or none had anything to do', () => {
    const refused: Event = { type: 'refused', text: 'flow cannot be reached', problem }
    expect(after(begun, ran('attention'), refused, next, over).notice).toEqual({
      tone: 'bad',
      text: '1 of 3 done: attention; refused: diffusion; not begun: flow.  flow cannot be reached',
    })
    const idle = after(begun, next, next, next, over).notice
    expect(idle?.text).toMatch(/^3 of 3 done: attention \(nothing to do\)/)
  })

  it('of one alone nothing of this is told', () => {
    const one = reduceAll(consoleOf(three()), [
      ...[{ type: 'requested', requests: requests.slice(0, 1) } as const, ...ran('attention'), over],
    ])
    expect(shown(one)).not.toMatch(/ of 1/)
  })

  it('the question names those that are ok, and whom it would cut off', () => {
    const question = (state: State): string => shown(type(state, '*', 'r').state)
    expect(question(consoleOf(three()))).toMatch(
      /Restart 3 papers: [^.]+\. attention is ok; 3 viewers would be cut off\./,
    )
    const two = {
      a: { entry: { port: 27000 }, local: { viewers: 1 } },
      b: {
        ...{ entry: { port: 27001 }, unitFile: { port: 27001 }, local: { viewers: 0 } },
        snippet: { upstream: { address: '192.168.1.116', port: 27001 } },
      },
    } as const
    expect(question(consoleOf(two))).toContain('a, b are ok; 1 viewer would be cut off.')
  })
})

it.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [4, '4th'],
  [11, '11th'],
  [12, '12th'],
  [21, '21st'],
])('the place %i is the %s', (place, words) => {
  const batch = { requests: Array.from({ length: 30 }, () => requests[0]!), ends: [] }
  expect(placeIn(batch, 31 - place)).toBe(`${words} of 30`)
})
