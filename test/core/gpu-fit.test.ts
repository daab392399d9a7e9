import { expect, test } from 'vitest'
import type { Problem } from '../../src/core/errors.ts'
import type { GpuDevice, GpuProcess, GpuSample } from '../../src/core/facts.ts'
import { fitWarnings, type Start } from '../../src/core/gpu-fit.ts'
import type { GpuUse } from '../../src/core/gpu-use.ts'
import { failed, fresh, never, type Reading } from '../../src/core/reading.ts'
import { ago, now } from './world.ts'

const gibs = (gib: number): number => gib * 1024
const hung: Problem = { kind: 'no-answer', host: 'son-pro6000', what: 'nvidia-smi', seconds: 3 }

const gpu = (index: number, free: number | null, more: Partial<GpuDevice> = {}): GpuDevice => ({
  ...{ index, uuid: `GPU-${index}`, name: 'RTX', totalMib: gibs(96), usedMib: free === null ? null : gibs(96 - free) },
  ...{ utilization: null, temperatureC: null, note: null, ...more },
})
const runs = (id: string, gib: number | null, more: Partial<GpuProcess> = {}): GpuProcess => ({
  ...{ pid: 1, name: 'python', uuid: 'GPU-0', mib: gib === null ? null : gibs(gib), user: null },
  ...{ unit: `papergen-${id}.service`, ...more },
})
const used = (gib: number, more: Partial<GpuUse> = {}): GpuUse => ({
  ...{ run: 'a', at: ago(7_200), peaks: { 'GPU-0': gibs(gib) } },
  ...more,
})
const sample = (devices: readonly GpuDevice[], ...processes: readonly GpuProcess[]): Reading<GpuSample> =>
  fresh({ devices, processes, driver: '580', simulated: false }, now)

const attention = { attention: used(12.4) }
const restart = { ids: ['attention'], beside: false }
const update = { ids: ['attention'], beside: true }
const lastRun = 'attention used 12.4 GiB at its last run (2 h ago)'

type Row = readonly [string, Start, Readonly<Record<string, GpuUse>>, Reading<GpuSample>, readonly string[]]

test.each<Row>([
  ['it fits', restart, attention, sample([gpu(0, 20)]), []],
  ['it fits to the last MiB', restart, attention, sample([gpu(0, 12.4)]), []],
  [
    'it may not fit',
    restart,
    attention,
    sample([gpu(0, 3.1)]),
    [`${lastRun}; GPU 0 has 3.1 GiB free now: it may not fit`],
  ],
  ['its own memory comes back', restart, attention, sample([gpu(0, 3.1)], runs('attention', 12.4)), []],
  [
    'its own memory is not enough',
    restart,
    attention,
    sample([gpu(0, 3.1)], runs('attention', 5)),
    [`${lastRun}; GPU 0 will have 8.1 GiB free without its present run: it may not fit`],
  ],
  [
    'beside the old version its own memory is not free',
    update,
    { attention: used(12.4, { at: ago(10) }) },
    sample([gpu(0, 3.1)], runs('attention', 12.4)),
    ['attention used up to 12.4 GiB so far; GPU 0 has 3.1 GiB free while the old version runs: it may not fit'],
  ],
  ['both versions fit', update, attention, sample([gpu(0, 12.5)], runs('attention', 12.4)), []],
  [
    'an update of one that is stopped',
    update,
    attention,
    sample([gpu(0, 3.1)]),
    [`${lastRun}; GPU 0 has 3.1 GiB free now: it may not fit`],
  ],
  ['nothing is known of it', restart, {}, sample([gpu(0, 0)]), []],
  ['it used nothing', restart, { attention: used(0) }, sample([gpu(0, 0)]), []],
  ['the other GPU is full', restart, attention, sample([gpu(0, 20), gpu(1, 0)]), []],
  [
    'one of its two GPUs is full',
    restart,
    { attention: used(0, { peaks: { 'GPU-0': gibs(4), 'GPU-1': gibs(12.4) } }) },
    sample([gpu(0, 20), gpu(1, 3.1)]),
    [`${lastRun}; GPU 1 has 3.1 GiB free now: it may not fit`],
  ],
  ['its GPU is not there', restart, attention, sample([gpu(1, 90)]), [`${lastRun}; the GPU it used is not there now`]],
  [
    'a slice of a GPU',
    restart,
    { attention: used(12.4, { peaks: { 'MIG-b': gibs(12.4) } }) },
    sample([gpu(0, 90)]),
    [`${lastRun}; how much of its GPU is free now is not known`],
  ],
  [
    'the GPU does not say what is free',
    restart,
    attention,
    sample([gpu(0, null)]),
    [`${lastRun}; how much of GPU 0 is free now is not known`],
  ],
  [
    'its own process does not say what it uses',
    restart,
    attention,
    sample([gpu(0, 3.1)], runs('attention', null)),
    [`${lastRun}; how much of GPU 0 is free now is not known`],
  ],
  ['it would fit whatever its process uses', restart, attention, sample([gpu(0, 13)], runs('attention', null)), []],
  [
    'a process may be its own',
    restart,
    attention,
    sample([gpu(0, 3.1)], runs('attention', 9, { unit: null })),
    [`${lastRun}; how much of GPU 0 is free now is not known`],
  ],
  [
    'processes are hidden, its own perhaps among them',
    restart,
    attention,
    fresh({ devices: [gpu(0, 3.1)], processes: [], driver: null, simulated: false, hidden: 'No Permission' }, now),
    [`${lastRun}; how much of GPU 0 is free now is not known`],
  ],
  [
    'a stale sample',
    restart,
    attention,
    failed(fresh((sample([gpu(0, 90)]) as { value: GpuSample }).value, ago(180)), hung),
    [`${lastRun}; how much of GPU 0 is free now is not known (last asked 3 m ago)`],
  ],
  ['no sample', restart, attention, never(hung), [`${lastRun}; how much of its GPU is free now is not known`]],
  ['no sample, and nothing known of it', restart, {}, never(hung), []],
  [
    'a stand-in is named',
    restart,
    attention,
    fresh({ devices: [gpu(0, 3.1)], processes: [], driver: null, simulated: true }, now),
    [`${lastRun}; the stand-in GPU 0 has 3.1 GiB free now: it may not fit`],
  ],
  [
    'each would fit, all together not',
    { ids: ['attention', 'flow'], beside: false },
    { attention: used(60), flow: used(50) },
    sample([gpu(0, 90)]),
    [
      'attention and flow used 110.0 GiB together at their last runs; GPU 0 has 90.0 GiB free now: they may not all fit',
    ],
  ],
  [
    'a great many',
    { ids: ['a', 'b', 'c', 'd', 'e'], beside: false },
    Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map(id => [id, used(30)])),
    sample([gpu(0, 90)], runs('a', 5)),
    [
      'a, b, c and 2 more used 150.0 GiB together at their last runs; GPU 0 will have 95.0 GiB free without their present runs: they may not all fit',
    ],
  ],
])('%s', (_, start, uses, reading, warnings) => {
  expect(fitWarnings(start, { uses: new Map(Object.entries(uses)), gpu: reading, at: now })).toEqual(warnings)
})
