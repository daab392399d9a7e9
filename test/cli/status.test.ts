import { describe, expect, it } from 'vitest'
import { status } from '../../src/cli/status.ts'
import type { Problem } from '../../src/core/errors.ts'
import type { Unfinished } from '../../src/core/facts.ts'
import { type Observed, observe } from '../../src/core/observed.ts'
import type { Eyes } from '../../src/core/ports.ts'
import { consoleOf } from '../core/console-world.ts'
import { emptyWorld } from '../core/scenario.ts'
import { empty, now, unreachable } from '../core/world.ts'
import { sessionOn } from './session.ts'

const interrupted: Unfinished = {
  op: '20261123133520825-publish-slow-pipe',
  operation: 'publish',
  id: 'slow-pipe',
  by: 'son@desk',
  since: '2026-11-23T13:35:20Z',
  step: 'health',
  before: null,
  port: 27000,
  release: null,
  title: null,
  notebook: null,
  running: false,
}

const shownOf = (observed: Observed, ids: string[], watch = false) => {
  const { session, said } = sessionOn(emptyWorld())
  const eyes: Eyes = { once: async () => observed, watch: async changed => changed(observed) }
  return { ended: status({ ...session, eyes }, ids, { json: false, watch }), said }
}

const told = async (unfinished: readonly Unfinished[]): Promise<string> => {
  const { session, said } = sessionOn(emptyWorld())
  const observed: Observed = {
    ...consoleOf({ attention: {} }).observed,
    unfinished: { kind: 'fresh', value: unfinished, at: now },
  }
  await status({ ...session, eyes: { ...session.eyes, once: async () => observed } }, [], { json: false, watch: false })
  return said.stderr.join('\n')
}

describe('status', () => {
  it('tells of an operation that did not end, and what settles it', async () => {
    const words = await told([interrupted])
    expect(words).toContain('The publish of slow-pipe by son@desk, begun 2026-11-23T13:35:20Z')
    expect(words).toContain('was interrupted: papergen repair')
  })

  it('asks nobody to repair what is under way', async () => {
    const words = await told([{ ...interrupted, running: true }])
    expect(words).toContain('is under way')
    expect(words).not.toContain('repair')
  })

  it.each([[false], [true]])(
    'names the papers there are when one is asked for that is none; --watch: %j',
    async watch => {
      const { ended, said } = shownOf(consoleOf({ flow: {} }).observed, ['nosuch'], watch)
      await expect(ended).rejects.toMatchObject({ problem: { kind: 'bad-argument', hint: 'known papers: flow' } })
      expect(said.stdout).toEqual([])
    },
  )

  it('does not say that there is no such paper when the registry cannot be read', async () => {
    const problem: Problem = { kind: 'bad-state', path: '/state.json', line: 3, reason: 'it ends in the middle' }
    const observed = observe(consoleOf({}).observed, { type: 'registry', answer: { at: now, error: problem } })
    await expect(shownOf(observed, ['attention']).ended).rejects.toMatchObject({ problem })
  })

  it('waits with --watch for what cannot be seen now', async () => {
    const observed = observe(empty(), { type: 'registry', answer: { at: now, error: unreachable } })
    const { ended, said } = shownOf(observed, ['attention'], true)
    expect(await ended).toBe(0)
    expect(said.stdout.join()).toContain('cannot be reached')
  })

  it('does not say so either when a host cannot be asked', async () => {
    const observed = observe(consoleOf({}).observed, { type: 'snippets', answer: { at: now, error: unreachable } })
    await expect(shownOf(observed, ['attention']).ended).rejects.toMatchObject({ problem: unreachable })
  })

  it('says nothing when there is none', async () => expect(await told([])).not.toContain('papergen repair'))
})
