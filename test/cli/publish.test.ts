import { describe, expect, it } from 'vitest'
import { publish } from '../../src/cli/publish.ts'
import { unitFacts } from '../core/fake-values.ts'
import { emptyWorld, mustRun } from '../core/scenario.ts'
import { sessionOn } from './session.ts'

const options = { id: 'a', title: 'A', port: null, dryRun: false, yes: true, json: false }

/** A live paper on a GPU that is nearly full, and its notebook saved since. */
const crowded = async () => {
  const fake = emptyWorld()
  fake.notebooks.set('papers/a.py', 'one')
  await mustRun(fake, { kind: 'publish', notebook: 'papers/a.py', id: 'a', title: 'A', port: null })
  fake.notebooks.set('papers/a.py', 'two')
  const device = { index: 0, uuid: 'GPU-0', name: 'RTX', usedMib: 95_000, totalMib: 97_048 }
  const own = { pid: 1, name: 'python', uuid: 'GPU-0', mib: 2_000, unit: 'papergen-a.service', user: null }
  fake.gpu = {
    devices: [{ ...device, utilization: null, temperatureC: null, note: null }],
    ...{ processes: [own], driver: null, simulated: false },
  }
  const at = fake.now - 7_200_000
  // The run that systemd tells of: what it uses now is less than it used before.
  fake.gpuUses = new Map([['a', { run: unitFacts.invocation, at, peaks: { 'GPU-0': 12_698 } }]])
  return fake
}

describe('publish on a GPU that is nearly full', () => {
  it('warns before it asks, and asks all the same', async () => {
    const { session, said } = sessionOn(await crowded())
    const ask = async (): Promise<string> => {
      expect(said.stderr).toHaveLength(1)
      return 'y'
    }
    const answering = { ...session, terminal: { ...session.terminal, ask } }
    expect(await publish(answering, 'papers/a.py', { ...options, yes: false })).toBe(0)
  })

  it('--yes goes on, with the warning on stderr', async () => {
    const { session, said } = sessionOn(await crowded())
    expect(await publish(session, 'papers/a.py', options)).toBe(0)
    expect(said.stderr[0]).toMatch(/^Warning: a used .*; GPU 0 has 2\.0 GiB free while the old version runs/)
    expect(said.stdout.join()).not.toContain('Warning')
  })

  it('--dry-run prints it with the plan, and as JSON too', async () => {
    const { session, said } = sessionOn(await crowded())
    expect(await publish(session, 'papers/a.py', { ...options, dryRun: true })).toBe(0)
    expect(said.stdout.join('\n')).toMatch(/^Update a .*\nWarning: a used /)
    expect(await publish(session, 'papers/a.py', { ...options, dryRun: true, json: true })).toBe(0)
    expect(JSON.parse(said.stdout.at(-1) ?? '')).toMatchObject({ warnings: [expect.stringMatching(/^a used /)] })
  })
})
