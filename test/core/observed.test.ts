import { describe, expect, it, test } from 'vitest'
import type { Problem } from '../../src/core/errors.ts'
import type { GpuProcess, GpuSample, RegistryEntry, SnippetFile, UnitFacts, UnitFile } from '../../src/core/facts.ts'
import { emptyObserved, keepUses, type Observation, type Observed, observe } from '../../src/core/observed.ts'

const t0 = 1_000_000

const lost: Problem = { kind: 'connection-lost', host: 'edge', during: 'a probe' }

const empty = (): Observed =>
  emptyObserved(
    {
      gpu: { name: 'g', address: '192.168.1.116', reach: { via: 'local' } },
      edge: { name: 'e', reach: { via: 'ssh' } },
    },
    t0,
  )

const after = (...seen: Observation[]): Observed => seen.reduce(observe, empty())

const entry = (id: string, port = 27000): RegistryEntry => ({
  id,
  port,
  title: null,
  notebook: null,
  publishedAt: null,
  release: null,
  pending: false,
})

const unit = (name: string, state: UnitFacts['state'] = 'active'): UnitFacts => ({
  unit: name,
  state,
  sub: null,
  result: null,
  restarts: 0,
  exitStatus: null,
  since: t0,
  mainPid: 7,
  memoryBytes: null,
  enabled: true,
  controlGroup: null,
  invocation: null,
  needsReload: false,
})

const file = (name: string, origin: UnitFile['origin']): UnitFile => ({
  unit: name,
  path: `/etc/systemd/system/papergen-${name}.service`,
  origin,
  port: 27000,
  notebook: null,
  release: null,
  text: '',
})

const snippet = (name: string, origin: SnippetFile['origin'] = 'ours'): SnippetFile => ({
  name,
  origin,
  upstream: { address: '192.0.2.2', port: 27000 },
  text: '',
})

const registry = (ids: string[], at = t0): Observation => ({
  type: 'registry',
  answer: { at, value: ids.map(id => entry(id)) },
})
const units = (names: string[], at = t0): Observation => ({
  type: 'units',
  answer: { at, value: names.map(name => unit(name)) },
})
const snippets = (all: SnippetFile[], at = t0): Observation => ({ type: 'snippets', answer: { at, value: all } })
const index = (listed: string[], at = t0): Observation => ({
  type: 'index',
  answer: { at, value: { origin: 'ours', listed, fragment: null } },
})

const ids = (observed: Observed): string[] => [...observed.papers.keys()]

const sample = (
  processes: Partial<GpuProcess>[],
  devices: Partial<GpuSample['devices'][number]>[] = [{}],
): GpuSample => ({
  devices: devices.map((device, i) => ({
    index: i,
    uuid: `GPU-${i}`,
    name: 'RTX PRO 6000',
    usedMib: 1,
    totalMib: 97887,
    utilization: 0,
    temperatureC: 40,
    note: null,
    ...device,
  })),
  processes: processes.map(process => ({
    pid: 1,
    name: 'python',
    uuid: 'GPU-0',
    mib: 100,
    unit: null,
    user: null,
    ...process,
  })),
  driver: '580',
  simulated: false,
})

describe('which papers there are', () => {
  it.each<[string, Observation[], string[]]>([
    ['nothing was seen', [], []],
    ['an empty registry', [registry([])], []],
    ['the registry, in its order', [registry(['z', 'a'])], ['z', 'a']],
    ['then what has no entry, by id', [registry(['z']), units(['m']), snippets([snippet('b')])], ['z', 'b', 'm']],
    ['a unit alone', [units(['a'])], ['a']],
    ['a unit file alone', [{ type: 'unit-files', answer: { at: t0, value: [file('a', 'adopted')] } }], ['a']],
    ['a line of the index page alone', [index(['a'])], ['a']],
    ['the second unit of an update is none', [units(['a', 'a--next'])], ['a']],
    ['the generation marker is none', [snippets([snippet('_generation')])], []],
    ['a foreign snippet is none', [snippets([snippet('blog', 'foreign')])], []],
    [
      'a foreign unit is none',
      [units(['backup']), { type: 'unit-files', answer: { at: t0, value: [file('backup', 'foreign')] } }],
      [],
    ],
    [
      'a unit systemd does not know is none',
      [{ type: 'units', answer: { at: t0, value: [unit('a', 'not-found')] } }],
      [],
    ],
    ['a paper without any record left', [registry(['a']), units(['a']), registry([]), units([])], []],
    [
      'a paper that was only lost from sight',
      [units(['a']), { type: 'units', answer: { at: t0, error: lost } }],
      ['a'],
    ],
  ])('%s', (_, seen, expected) => {
    expect(ids(after(...seen))).toEqual(expected)
  })
})

describe('what is known of a paper', () => {
  it('tells no unit from not asked', () => {
    const unasked = after(registry(['a'])).papers.get('a')
    expect(unasked?.unit).toEqual({ kind: 'never', error: null })
    const asked = after(units([]), registry(['a'])).papers.get('a')
    expect(asked?.unit).toEqual({ kind: 'fresh', value: null, at: t0 })
  })

  it('keeps the last value with its age when asking fails, and freshens it again', () => {
    const stale = after(registry(['a']), units(['a']), { type: 'units', answer: { at: t0 + 9000, error: lost } })
    expect(stale.papers.get('a')?.unit).toMatchObject({
      kind: 'stale',
      at: t0,
      error: lost,
      value: { state: 'active' },
    })
    expect(observe(stale, units(['a'], t0 + 9500)).papers.get('a')?.unit).toMatchObject({
      kind: 'fresh',
      at: t0 + 9500,
    })
  })

  it('takes a single signal, also one about a unit that is gone', () => {
    const failing = after(registry(['a']), units(['a']), { type: 'unit', unit: unit('a', 'failed'), at: t0 })
    expect(failing.papers.get('a')?.unit).toMatchObject({ value: { state: 'failed' } })
    const gone = observe(failing, { type: 'unit', unit: unit('a', 'not-found'), at: t0 })
    expect(gone.papers.get('a')?.unit).toMatchObject({ kind: 'fresh', value: null })
  })

  it('knows whether the index lists it, and keeps the answers of its probes', () => {
    const observed = after(registry(['a']), index(['b']), {
      type: 'local',
      id: 'a',
      answer: { at: t0, value: { ok: true, status: 200, ms: 3, viewers: 2, error: null } },
    })
    expect(observed.papers.get('a')?.listed).toMatchObject({ kind: 'fresh', value: false })
    expect(observed.papers.get('b')?.listed).toMatchObject({ value: true })
    expect(observe(observed, registry(['a', 'c'])).papers.get('a')?.local).toMatchObject({ value: { viewers: 2 } })
  })

  it('ignores a probe of a paper that is gone', () => {
    const observed = after(registry(['a']))
    const probe: Observation = { type: 'lan', id: 'gone', answer: { at: t0, value: { ok: true, ms: 1, error: null } } }
    expect(observe(observed, probe)).toBe(observed)
  })
})

describe('GPU memory of a paper', () => {
  const gpuOf = (value: GpuSample, id = 'a') =>
    after(registry([id]), { type: 'gpu', answer: { at: t0, value } }).papers.get(id)?.gpu

  it('sums every process of its unit and of the second one, over all devices', () => {
    const value = sample(
      [
        { unit: 'papergen-a.service', mib: 100 },
        { unit: 'papergen-a.service', mib: 30, pid: 2 },
        { unit: 'papergen-a--next.service', mib: 7, uuid: 'GPU-1' },
        { unit: 'papergen-ab.service', mib: 1000 },
      ],
      [{}, {}],
    )
    expect(gpuOf(value)).toMatchObject({
      value: {
        mib: 137,
        devices: [
          { index: 0, mib: 130 },
          { index: 1, mib: 7 },
        ],
        note: null,
      },
    })
  })

  it('is unknown, never 0, when a part is unknown', () => {
    const value = sample([
      { unit: 'papergen-a.service', mib: null },
      { unit: 'papergen-a.service', mib: 30 },
    ])
    expect(gpuOf(value)).toMatchObject({ value: { mib: null, note: expect.stringMatching(/nvidia-smi/) } })
  })

  it('is absent when it has no process there, and unknown when processes belong to nobody', () => {
    expect(gpuOf(sample([]))).toMatchObject({ kind: 'fresh', value: null })
    expect(gpuOf(sample([{ unit: null }]))).toMatchObject({
      value: { mib: null, note: '1 GPU process of unknown unit' },
    })
    expect(gpuOf({ ...sample([]), hidden: 'Insufficient Permissions' })).toMatchObject({
      value: { mib: null, note: 'nvidia-smi hides whose processes run on the GPU: Insufficient Permissions' },
    })
  })

  it('keeps 40 points, and 0 after its last process went', () => {
    const busy = Array.from({ length: 45 }, (_, i): Observation => {
      const value = sample([{ unit: 'papergen-a.service', mib: i }])
      return { type: 'gpu', answer: { at: t0 + i * 5000, value } }
    })
    const history = after(registry(['a']), ...busy, {
      type: 'gpu',
      answer: { at: t0 + 300_000, value: sample([]) },
    }).papers.get('a')?.gpuHistory
    expect(history).toHaveLength(40)
    expect(history?.slice(-2)).toEqual([44, 0])
  })

  it('keeps the points when a sample fails', () => {
    const one: Observation = { type: 'gpu', answer: { at: t0, value: sample([{ unit: 'papergen-a.service' }]) } }
    const observed = after(registry(['a']), one, { type: 'gpu', answer: { at: t0 + 1, error: lost } })
    expect(observed.papers.get('a')).toMatchObject({ gpu: { kind: 'stale' }, gpuHistory: [100] })
  })
})

describe('what an observation leaves alone', () => {
  it('is the same object when the answer is the same and its age does not show', () => {
    const seen = [registry(['a']), units(['a']), snippets([snippet('a')]), index(['a'])]
    const observed = after(...seen)
    const again = [registry(['a'], t0 + 5000), units(['a'], t0 + 5000), index(['a'], t0 + 5000)]
    expect(again.reduce(observe, observed)).toBe(observed)
  })

  it('keeps the other papers when one changes', () => {
    const observed = after(registry(['a', 'b']), units(['a', 'b']))
    const next = observe(observed, { type: 'unit', unit: unit('a', 'failed'), at: t0 + 1 })
    expect(next.papers.get('a')).not.toBe(observed.papers.get('a'))
    expect(next.papers.get('b')).toBe(observed.papers.get('b'))
    expect(next.edgeHost).toBe(observed.edgeHost)
  })

  it('keeps every paper when only the time of the answer moved, and the time for a later failure', () => {
    const observed = after(registry(['a']), units(['a']))
    const later = observe(observed, units(['a'], t0 + 60_000))
    expect(later.papers).toBe(observed.papers)
    const stale = observe(later, { type: 'units', answer: { at: t0 + 61_000, error: lost } })
    expect(stale.papers.get('a')?.unit).toMatchObject({ kind: 'stale', at: t0 + 60_000 })
  })

  it('does not redraw for the same failure again', () => {
    const failing: Observation = { type: 'edge-state', answer: { at: t0, error: lost } }
    const observed = after(failing)
    expect(observe(observed, { type: 'edge-state', answer: { at: t0 + 5000, error: lost } })).toBe(observed)
  })

  it('takes a link by what it says', () => {
    const observed = after({ type: 'link', role: 'edge', link: { kind: 'up', since: t0, rttMs: 2 } })
    expect(observed.edgeHost.link).toEqual({ kind: 'up', since: t0, rttMs: 2 })
    expect(observe(observed, { type: 'link', role: 'edge', link: { kind: 'up', since: t0, rttMs: 2 } })).toBe(observed)
    expect(observed.gpuHost.link).toEqual({ kind: 'local' })
  })
})

describe('what papers used of the GPUs', () => {
  const gpu = (mib: number, at = t0): Observation => ({
    type: 'gpu',
    answer: { at, value: sample([{ unit: 'papergen-a.service', mib }]) },
  })
  const peak = (observed: Observed): number | undefined => observed.gpuUses.get('a')?.peaks['GPU-0']

  it('is learned of the sample and of systemd, whichever came last', () => {
    expect(peak(after(units(['a']), gpu(7)))).toBe(7)
    expect(peak(after(gpu(7), units(['a'])))).toBe(7)
    expect(peak(after(gpu(7)))).toBeUndefined()
  })

  it('is remembered from former runs, and goes on from there', () => {
    const { invocation: run } = unit('a')
    const uses = new Map([['a', { run, at: t0 - 1, peaks: { 'GPU-0': 9 } }]])
    expect(peak(after({ type: 'gpu-uses', uses }))).toBe(9)
    expect(peak(after({ type: 'gpu-uses', uses }, units(['a']), gpu(7)))).toBe(9)
    expect(peak(after(units(['a']), gpu(7), { type: 'gpu-uses', uses }))).toBe(9)
  })

  it('is passed on when there is news, with whether it is of a stand-in', () => {
    const kept: [number, boolean][] = []
    const gpuUses = {
      known: () => new Map(),
      keep: (uses: Observed['gpuUses'], { simulated }: { readonly simulated: boolean }) =>
        void kept.push([uses.size, simulated]),
    }
    const before = after(units(['a']))
    const now = observe(before, gpu(7))
    keepUses({ gpuUses }, before, now)
    keepUses({ gpuUses }, now, observe(now, gpu(7, t0 + 2_000)))
    keepUses({ gpuUses }, null, now)
    expect(kept).toEqual([
      [1, false],
      [1, false],
    ])
  })
})

describe('how often a link came back', () => {
  const up = (since: number): Observation => ({ type: 'link', role: 'edge', link: { kind: 'up', since, rttMs: 2 } })
  const down = (error: Problem): Observation => ({
    type: 'link',
    role: 'edge',
    link: { kind: 'down', since: t0, retryAt: t0 + 1, error },
  })
  const refused: Problem = { kind: 'host-unreachable', host: 'son-wtr', address: 'a:22', why: 'connection refused' }

  test.each<[string, readonly Observation[], object]>([
    ['never up', [down(refused)], { count: 0, at: null }],
    ['the first connection', [down(refused), up(t0 + 1)], { count: 0, at: null, cause: null }],
    ['lost', [up(t0), down(lost)], { count: 0 }],
    ['back', [up(t0), down(lost), up(t0 + 2)], { count: 1, at: t0 + 2, cause: lost }],
    ['back after a refusal', [up(t0), down(lost), down(refused), up(t0 + 2)], { count: 1, cause: refused }],
    ['twice', [up(t0), down(lost), up(t0 + 2), down(refused), up(t0 + 4)], { count: 2, at: t0 + 4, cause: refused }],
    ['a loss nobody was told of', [up(t0), up(t0 + 2)], { count: 1, at: t0 + 2, cause: null }],
  ])('%s', (_, seen, reconnects) => {
    const { edgeHost, gpuHost } = after(...seen)
    expect(edgeHost.reconnects).toMatchObject(reconnects)
    expect(gpuHost.reconnects.count).toBe(0)
  })
})
