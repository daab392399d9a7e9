import { describe, expect, it } from 'vitest'
import { reduce } from '../../src/core/reduce.ts'
import type { State } from '../../src/core/state.ts'
import { consoleOf, reportOf, shown, three, type } from './console-world.ts'
import { ago, now } from './world.ts'

const selected = (id: string, size = [120, 40]): State => {
  const world = consoleOf(three(), {}, size)
  return { ...world, ui: { ...world.ui, cursor: id } }
}

/** As if this session had restarted it. */
const restarted = (state: State, endedAt: number): State => {
  const report = reportOf({ kind: 'done' }, { operation: 'restart', id: 'diffusion', endedAt })
  return { ...state, ran: [{ report, effects: [] }] }
}

describe('the paper at the cursor', () => {
  it('of one that fails says why in full, and what to do', () => {
    expect(shown(selected('diffusion'))).toMatch(
      /── diffusion ── failing ─+ Enter shows every hop ──\n {2}exit 1, 3 d ago\n {2}Next: r restarts it\n {2}확산 모델 기초\n r restart/,
    )
  })

  it('of one that is well says what it is called and where it is read', () => {
    expect(shown(selected('attention'))).toMatch(
      /── attention ── ok ─.*\n {2}Attention Is All You Need\n {2}https:\/\/learn\.ericfromkorea\.com\/thesis\/attention\/\n/,
    )
  })

  it('has two lines on the smallest screen, whose rows name no cause', () => {
    expect(shown(selected('diffusion', [40, 15]))).toMatch(/\n failing: exit 1, 3 d ago\n\n r restart/)
  })

  it('gives its place to a log and to a question, and is absent where nothing is selected', () => {
    for (const key of ['l', 'r'])
      expect(shown(type(selected('attention'), key).state)).not.toContain('── attention ── ok')
    expect(shown(consoleOf({}))).not.toContain('every hop')
  })

  it('takes as many lines whatever it says, so that the rows stay where they are', () => {
    const rows = ['attention', 'diffusion', 'flow'].map(id =>
      shown(selected(id))
        .split('\n')
        .findIndex(row => /^── \w+ ── /.test(row)),
    )
    expect(new Set(rows).size).toBe(1)
  })
})

describe('a paper that fails again', () => {
  it('says so, and how long after what was done', () => {
    const screen = shown(restarted(selected('diffusion'), ago(3 * 86_400 + 120)))
    expect(screen).toContain('failing again: exit 1, 3 d ago')
    expect(screen).toContain('It failed 2 m after its restart.')
  })

  it('is one that failed since: not when the restart came later, failed, or was another paper\u2019s', () => {
    expect(shown(restarted(selected('diffusion'), now))).not.toContain('failing again')
    const other = restarted(selected('flow'), ago(4 * 86_400))
    expect(
      shown(other)
        .split('\n')
        .filter(row => row.includes('failing again')),
    ).toHaveLength(1)
    const failed = reportOf({ kind: 'done' }, { operation: 'restart', id: 'diffusion', endedAt: null })
    expect(shown(reduce(selected('diffusion'), { type: 'ran', ran: { report: failed, effects: [] } }))).not.toContain(
      'again',
    )
  })
})
