import { describe, expect, it } from 'vitest'
import { repair, restart, unpublish } from '../../src/cli/many.ts'
import { publish, rollback } from '../../src/cli/publish.ts'
import type { Session } from '../../src/cli/terminal.ts'
import type { Problem } from '../../src/core/errors.ts'
import { type Observed, observe } from '../../src/core/observed.ts'
import { consoleOf, three } from '../core/console-world.ts'
import type { FakeWorld } from '../core/fake-world.ts'
import { emptyWorld, mustRun } from '../core/scenario.ts'
import { now } from '../core/world.ts'
import { sessionOn } from './session.ts'

/** As `three()` is seen: attention is fine and has three viewers, diffusion and flow are failing. All three are there to act on. */
const world = async (): Promise<FakeWorld> => {
  const fake = emptyWorld()
  for (const id of ['attention', 'diffusion', 'flow']) {
    fake.notebooks.set(`papers/${id}.py`, id)
    await mustRun(fake, { kind: 'publish', notebook: `papers/${id}.py`, id, title: id, port: null })
  }
  fake.now = now
  return fake
}

const sessionSeeing = (fake: FakeWorld, observed: Observed, answer: string | null = null) => {
  const { session, said } = sessionOn(fake)
  const asked: string[] = []
  const ask = async (question: string): Promise<string | null> => {
    asked.push(question)
    return answer
  }
  const eyes = { ...session.eyes, once: async () => observed }
  return { session: { ...session, eyes, terminal: { ...session.terminal, ask } } satisfies Session, said, asked }
}

const seen = consoleOf(three()).observed
const truncated: Problem = { kind: 'bad-state', path: '/state.json', line: 3, reason: 'it ends in the middle' }
/** Its unit runs; what the registry says of it nobody knows. */
const blind = observe(consoleOf({ flow: {} }).observed, { type: 'registry', answer: { at: now, error: truncated } })
const publishing = { id: null, title: null, port: null, dryRun: false, yes: false, json: false }
const restarted = (fake: FakeWorld): string[] =>
  fake.calls.flatMap(call => /^gpu\.restartUnit (\S+)/.exec(call)?.[1] ?? [])

describe('restart', () => {
  it('--failing restarts what is failing and nothing else, without asking', async () => {
    const fake = await world()
    const { session, asked } = sessionSeeing(fake, seen)
    expect(await restart(session, [], { failing: true, yes: false })).toBe(0)
    expect([restarted(fake), asked]).toEqual([['diffusion', 'flow'], []])
  })

  it('--failing with nothing failing says so and ends with 0', async () => {
    const fake = await world()
    const { session, said } = sessionSeeing(fake, consoleOf({ attention: {} }).observed)
    expect(await restart(session, [], { failing: true, yes: false })).toBe(0)
    expect([said.stdout, restarted(fake)]).toEqual([['No paper is failing; nothing was restarted.'], []])
  })

  it('asks before a healthy one, naming its viewers, and not for the failing one beside it', async () => {
    const fake = await world()
    const { session, asked } = sessionSeeing(fake, seen, 'n')
    const refused = restart(session, ['attention', 'diffusion'], { failing: false, yes: false })
    await expect(refused).rejects.toMatchObject({ problem: { why: expect.stringContaining('nothing was changed') } })
    expect(asked.join()).toMatch(/attention \(3 viewers\)/)
    expect(asked.join()).not.toContain('diffusion')
    expect(restarted(fake)).toEqual([])
  })

  it.each([
    [[], true],
    [['attention'], false],
    [['flow'], false],
  ])('ids %j with --failing %j say why nothing was seen, and ask nothing about it', async (ids, failing) => {
    const { session, said, asked } = sessionSeeing(await world(), blind, 'y')
    await expect(restart(session, ids, { failing, yes: false })).rejects.toMatchObject({ problem: truncated })
    expect([said.stdout, asked]).toEqual([[], []])
  })

  it('refuses what is no paper without asking about its viewers', async () => {
    const { session, asked } = sessionSeeing(await world(), seen, 'y')
    await expect(restart(session, ['nobody'], { failing: false, yes: false })).rejects.toMatchObject({
      problem: { kind: 'bad-argument', what: 'paper nobody' },
    })
    expect(asked).toEqual([])
  })

  it.each([
    [[], false],
    [['attention'], true],
  ])('ids %j with --failing %j are refused', async (ids, failing) => {
    const { session } = sessionSeeing(await world(), seen)
    await expect(restart(session, ids, { failing, yes: true })).rejects.toMatchObject({
      problem: { kind: 'bad-argument' },
    })
  })
})

describe('a restart that may not fit on the GPU', () => {
  const gpuUses = new Map(
    ['attention', 'diffusion'].map(id => [id, { run: 'a', at: now - 7_200_000, peaks: { 'GPU-0': 12_698 } }]),
  )
  const device = { index: 0, uuid: 'GPU-0', name: 'RTX', usedMib: 95_000, totalMib: 97_000 }
  const value = {
    devices: [{ ...device, utilization: null, temperatureC: null, note: null }],
    ...{ processes: [], driver: null, simulated: false },
  }
  const tight: Observed = { ...seen, gpuUses, gpuHost: { ...seen.gpuHost, gpu: { kind: 'fresh', value, at: now } } }
  const one = 'Warning: attention used 12.4 GiB at its last run (2 h ago); GPU 0 has 2.0 GiB free now: it may not fit'

  it('is said on stderr before it asks', async () => {
    const { session, said, asked } = sessionSeeing(await world(), tight, 'n')
    const ask = async (question: string): Promise<string | null> => {
      expect(said.stderr).toEqual([one])
      return session.terminal.ask(question)
    }
    const asking = { ...session, terminal: { ...session.terminal, ask } }
    await expect(restart(asking, ['attention'], { failing: false, yes: false })).rejects.toThrow()
    expect(asked).toHaveLength(1)
  })

  it('is said once with --yes too, and restarts all the same', async () => {
    const fake = await world()
    Object.assign(fake, { gpuUses, gpu: value })
    const { session, said } = sessionSeeing(fake, tight)
    expect(await restart(session, ['attention'], { failing: false, yes: true })).toBe(0)
    expect(said.stderr.filter(line => line.startsWith('Warning'))).toEqual([one])
    expect(restarted(fake)).toEqual(['attention'])
  })

  it('counts several together', async () => {
    const { session, said } = sessionSeeing(await world(), tight)
    await restart(session, ['attention', 'diffusion'], { failing: false, yes: true })
    expect(said.stderr.filter(line => line.startsWith('Warning'))).toEqual([
      expect.stringContaining('attention and diffusion used 24.8 GiB together'),
    ])
  })
})

describe('several papers', () => {
  it('go on after one that fails, and end with the gravest code', async () => {
    const fake = await world()
    fake.sick.add(fake.units.get('diffusion')!.release)
    const { session } = sessionSeeing(fake, seen)
    const code = await restart(session, ['diffusion', 'nobody', 'flow'], { failing: false, yes: true })
    expect([code, restarted(fake)]).toEqual([1, ['diffusion', 'flow']])
  })

  it('end with the refusal of the only ones there were', async () => {
    const { session, said } = sessionSeeing(await world(), seen)
    expect(await unpublish(session, ['nobody', 'nowhere'], { yes: true })).toBe(2)
    expect(said.stderr.join('\n')).toMatch(/paper nobody[\s\S]*not in the registry[\s\S]*paper nowhere/)
  })

  it('something left behind is graver than a refusal', async () => {
    const fake = await world()
    fake.broken.set('gpu.removeUnit', { kind: 'unexpected', what: 'removing', why: 'boom' })
    const { session } = sessionSeeing(fake, seen)
    expect(await unpublish(session, ['nobody', 'flow'], { yes: true })).toBe(5)
  })

  it('stop when they are interrupted: 130', async () => {
    const fake = await world()
    const { session } = sessionSeeing(fake, seen)
    const stopping = new AbortController()
    fake.afterCall = call => {
      if (call === 'gpu.restartUnit diffusion') stopping.abort()
    }
    const stopped = { ...session, signal: stopping.signal }
    expect(await restart(stopped, ['diffusion', 'flow'], { failing: false, yes: true })).toBe(130)
    expect(restarted(fake)).toEqual(['diffusion'])
  })
})

describe('unpublish', () => {
  it.each([
    [['attention'], 'Type attention to go on'],
    [['attention', 'flow'], 'Type 2 to go on'],
  ])('%j: %s', async (ids, question) => {
    const fake = await world()
    const { session, asked } = sessionSeeing(fake, seen, 'no')
    await expect(unpublish(session, ids, { yes: false })).rejects.toMatchObject({ problem: { kind: 'bad-argument' } })
    expect(asked.join()).toContain(question)
    expect(Object.keys(JSON.parse(fake.state!).papers)).toEqual(['attention', 'diffusion', 'flow'])
  })
})

describe('--read-only', () => {
  it.each([
    ['restart', (session: Session) => restart(session, ['attention'], { failing: false, yes: false })],
    ['restart', (session: Session) => restart(session, [], { failing: true, yes: true })],
    ['unpublish', (session: Session) => unpublish(session, ['attention'], { yes: false })],
    ['unpublish', (session: Session) => unpublish(session, ['attention', 'flow'], { yes: true })],
    ['repair', (session: Session) => repair(session, ['attention', 'flow'], { dryRun: false, yes: false })],
    ['publish', (session: Session) => publish(session, 'papers/flow.py', publishing)],
    ['rollback', (session: Session) => rollback(session, 'flow', { yes: false })],
  ])('refuses %s before anything is looked at or asked', async (action, act) => {
    const fake = await world()
    fake.readOnly = true
    fake.calls.length = 0
    const { session, asked } = sessionSeeing(fake, seen, 'y')
    const blindfolded = { ...session, eyes: { ...session.eyes, once: () => Promise.reject(new Error('it looked')) } }
    await expect(act(blindfolded)).rejects.toMatchObject({ problem: { kind: 'read-only', action } })
    expect([asked, fake.calls]).toEqual([[], []])
  })
})
