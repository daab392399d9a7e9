import { describe, expect, test } from 'vitest'
import { retryWords } from '../../src/core/header.ts'
import { judgedOf, wordsOfRow } from '../../src/core/rows.ts'
import { judge } from '../../src/core/verdict.ts'
import { consoleOf, reportOf, three } from './console-world.ts'
import { emptyWorld, publishRequest, run } from './scenario.ts'
import { ago, now, type Spec, unreachable, worldOf } from './world.ts'

/** Somebody (or NTP after a long sleep) sets the wall clock an hour back or forward while papergen runs. */

const hour = 3_600_000
const steps = [
  ['back', -hour],
  ['forward', hour],
] as const

const judgedAt = (spec: Spec, at: number) => {
  const observed = worldOf(spec)
  return judge([...observed.papers.values()][0]!, observed, at)
}

describe('the clock is set', () => {
  test.each(steps)(
    '%s: a wait of an operation takes as long as it would have, no more and no less',
    async (_, step) => {
      const fake = emptyWorld()
      fake.hasWebSocket = false
      const looks: number[] = []
      fake.afterCall = call => {
        if (!call.startsWith('prober.public')) return
        looks.push(fake.now)
        fake.stepped = step
      }
      const report = await run(fake, publishRequest)
      expect(report.outcome).toMatchObject({ kind: 'rolled-back', problem: { kind: 'step-failed', step: 'public' } })
      const waited = looks.at(-1)! - looks[0]!
      expect(waited).toBeGreaterThanOrEqual(20_000)
      expect(waited).toBeLessThan(21_000)
      // What is provisional on the edge was prolonged meanwhile, or it would have been put back.
      expect(fake.calls.filter(call => call.startsWith('edge.hold')).length).toBeGreaterThan(0)
    },
  )

  test.each(steps)('%s: a paper that is fine stays ok', (_, step) => {
    // As systemd tells it, its start lies in what is now the future.
    expect(judgedAt({ unit: { since: ago(300) } }, now + step)).toMatchObject({ level: 'ok' })
  })

  test('back: a paper that answers nothing is failing, not starting for an hour, and no age is made up', () => {
    const silent = { ok: false, status: null, ms: null, viewers: null, error: 'connection refused' }
    const spec: Spec = { unit: { since: ago(300) }, local: silent, listener: { kind: 'nobody' } }
    expect(judgedAt(spec, now - hour)).toMatchObject({
      level: 'failing',
      cause: 'runs, but listens on no port',
      fix: 'restart',
    })
  })

  test('back: a paper that fails after its restart is failing, though that ended in what is now the future', () => {
    const after = (endedAt: number): string | undefined => {
      const report = reportOf({ kind: 'done' }, { id: 'diffusion', endedAt })
      const state = { ...consoleOf(three()), ran: [{ report, effects: [] }] }
      return judgedOf(state).find(({ paper }) => paper.id === 'diffusion')?.verdict.cause
    }
    expect(after(now + 2_000)).toBe('restart done, looking again')
    expect(after(now + hour)).toContain('exit 1')
  })

  test('back: a paper that is well is not said to be restarted just now for an hour', () => {
    const report = reportOf({ kind: 'done' }, { endedAt: now + hour })
    const state = { ...consoleOf(three()), ran: [{ report, effects: [] }] }
    expect(judgedOf(state).map(wordsOfRow)[0]).toBe('ok')
  })

  const lost: Spec = {
    edgeLink: { kind: 'down', since: ago(90), retryAt: null, error: unreachable },
    afterwards: [{ type: 'snippets', answer: { at: now, error: unreachable } }],
  }

  test('back: an answer whose age nobody can tell any more counts for nothing', () => {
    expect(judgedAt(lost, now + 30_000).level).toBe('ok')
    const { level, cause } = judgedAt(lost, now - hour)
    expect(level).toBe('unknown')
    expect(cause).toMatch(
      /^the route last seen before the clock was set back \(then: ok\): son-wtr .*connection refused/,
    )
  })

  test('forward: an answer that seems an hour old counts for nothing', () => {
    expect(judgedAt(lost, now + hour)).toMatchObject({ level: 'unknown', cause: expect.stringContaining('1 h ago') })
  })

  test('back: no screen counts an hour down until it reconnects', () => {
    const down = { kind: 'down', since: now, retryAt: now + 6_000, error: unreachable } as const
    expect(retryWords(down, now)).toBe('reconnecting in 6 s')
    expect(retryWords(down, now - hour)).toBe('reconnecting')
    expect(retryWords(down, now + hour)).toBe('reconnecting')
  })
})
