import { describe, expect, it, test } from 'vitest'
import type { GpuProcess, GpuSample } from '../../src/core/facts.ts'
import type { GpuUse } from '../../src/core/gpu-use.ts'
import { prepare, type Request } from '../../src/core/operations.ts'
import { planText } from '../../src/core/plan-text.ts'
import type { FakeWorld } from './fake-world.ts'
import { emptyWorld, mustRun } from './scenario.ts'

const publish: Request = { kind: 'publish', notebook: 'papers/a.py', id: 'a', title: 'A', port: null }
const restart: Request = { kind: 'restart', id: 'a' }

/** Free: 3 GiB of 96. */
const full = (...processes: readonly Partial<GpuProcess>[]): GpuSample => ({
  devices: [
    {
      ...{ index: 0, uuid: 'GPU-0', name: 'RTX', usedMib: 93 * 1024, totalMib: 96 * 1024 },
      ...{ utilization: null, temperatureC: null, note: null },
    },
  ],
  processes: processes.map(process => ({
    ...{ pid: 1, name: 'python', uuid: 'GPU-0', mib: 12_698, unit: 'papergen-a.service', user: null },
    ...process,
  })),
  driver: '580',
  simulated: false,
})

const used = (fake: FakeWorld, mib: number): ReadonlyMap<string, GpuUse> =>
  new Map([['a', { run: 'then', at: fake.now - 7_200_000, peaks: { 'GPU-0': mib } }]])

const world = (): FakeWorld => {
  const fake = emptyWorld()
  fake.notebooks.set('papers/a.py', 'one')
  return fake
}

const live = async (): Promise<FakeWorld> => {
  const fake = world()
  await mustRun(fake, publish)
  fake.notebooks.set('papers/a.py', 'two')
  return fake
}

const lastRun = 'a used 12.4 GiB at its last run (2 h ago)'

describe('what is said before a paper starts', () => {
  test('a first publish that nobody knows anything of asks no GPU and warns of nothing', async () => {
    const fake = world()
    fake.gpu = full()
    expect((await prepare(fake.world(), publish)).warnings).toEqual([])
    expect(fake.calls).not.toContain('gpu.sample')
  })

  test('a paper that was published before is known', async () => {
    const fake = world()
    Object.assign(fake, { gpu: full(), gpuUses: used(fake, 12_698) })
    expect((await prepare(fake.world(), publish)).warnings).toEqual([
      `${lastRun}; GPU 0 has 3.0 GiB free now: it may not fit`,
    ])
  })

  test('an update needs room beside the old version, remembered or not', async () => {
    const fake = await live()
    fake.gpu = full({})
    expect((await prepare(fake.world(), publish)).warnings).toEqual([
      expect.stringMatching(/^a used up to 12\.4 GiB .*; GPU 0 has 3\.0 GiB free while the old version runs: it may/),
    ])
  })

  test('a rollback is an update', async () => {
    const fake = await live()
    fake.now += 60_000
    await mustRun(fake, publish)
    fake.gpu = full({})
    expect((await prepare(fake.world(), { kind: 'rollback', id: 'a' })).warnings).toHaveLength(1)
  })

  test.each([
    ['what it uses comes back', [{}], []],
    ['it runs without its memory', [], [`${lastRun}; GPU 0 has 3.0 GiB free now: it may not fit`]],
  ])('a restart: %s', async (_, processes, warnings) => {
    const fake = await live()
    Object.assign(fake, { gpu: full(...processes), gpuUses: used(fake, 12_698) })
    expect((await prepare(fake.world(), restart)).warnings).toEqual(warnings)
  })

  test('a GPU that cannot be asked refuses nothing', async () => {
    const fake = await live()
    fake.gpuUses = used(fake, 12_698)
    fake.broken.set('gpu.sample', { kind: 'no-answer', host: 'son-pro6000', what: 'nvidia-smi', seconds: 3 })
    expect((await prepare(fake.world(), restart)).warnings).toEqual([
      `${lastRun}; how much of its GPU is free now is not known`,
    ])
    await mustRun(fake, restart)
  })

  it('is part of the dry run and of the report', async () => {
    const fake = await live()
    Object.assign(fake, { gpu: full(), gpuUses: used(fake, 12_698) })
    expect(planText(await prepare(fake.world(), publish))).toContain(`\nWarning: ${lastRun}; GPU 0 has`)
    expect((await mustRun(fake, restart)).warnings).toHaveLength(1)
  })
})

describe('what is learned meanwhile', () => {
  it('is kept, though nobody watches', async () => {
    const fake = await live()
    fake.gpu = full({})
    await prepare(fake.world(), publish)
    expect(fake.gpuUses.get('a')).toMatchObject({ at: fake.now, peaks: { 'GPU-0': 12_698 } })
  })
})
