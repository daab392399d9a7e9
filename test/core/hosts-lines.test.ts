import { describe, expect, it, test } from 'vitest'
import type { GpuProcess, GpuSample } from '../../src/core/facts.ts'
import { hostsTable } from '../../src/core/hosts-lines.ts'
import type { Observation } from '../../src/core/observed.ts'
import { reduceAll } from '../../src/core/reduce.ts'
import { screenLines } from '../../src/core/screen.ts'
import type { State } from '../../src/core/state.ts'
import { consoleOf, shown, three, type } from './console-world.ts'
import { ago, now, type Spec, unreachable } from './world.ts'

const device = { index: 0, uuid: 'GPU-0', name: 'RTX PRO 6000', usedMib: 40_000, totalMib: 97_887 }
const paper: GpuProcess = {
  ...{ pid: 4711, name: '/home/son/.venv/bin/python', uuid: 'GPU-0', mib: 12_698 },
  ...{ unit: 'papergen-attention.service', user: 'son' },
}
const sampleOf = (processes: readonly GpuProcess[], more: Partial<GpuSample> = {}): GpuSample => ({
  devices: [{ ...device, utilization: 0.63, temperatureC: 58, note: null }],
  ...{ processes, driver: '580.1', simulated: false, ...more },
})
const seen = (value: GpuSample, at = now): Observation => ({ type: 'gpu', answer: { at, value } })
const stats = { cpu: 0.12, memory: { used: 2 ** 30, total: 2 ** 31 }, disk: { used: null, total: null } }

const hosts = (size: readonly number[], observations: readonly Observation[], papers: Record<string, Spec> = three()) =>
  type(
    reduceAll(
      consoleOf(papers, {}, [...size]),
      observations.map(observation => ({ type: 'observation', observation })),
    ),
    'h',
  ).state

/** Everything there is to scroll through, one line at a time. */
const scrolled = (state: State): string => {
  const seen = new Set<string>()
  for (let at = state; ; ) {
    for (const line of shown(at).split('\n')) if (!/j k scroll/.test(line)) seen.add(line)
    const next = type(at, 'j').state
    if (shown(next) === shown(at)) return [...seen].join('\n')
    at = next
  }
}

const narrow = [40, 15] as const
const usual = [80, 24] as const

describe('what uses the GPUs', () => {
  const foreign: GpuProcess = { ...paper, pid: 912, name: 'ollama', unit: 'ollama.service', user: 'mina', mib: 3_072 }
  test.each<[string, Partial<GpuProcess>, RegExp]>([
    ['a paper, by its id', {}, /12\.4 GiB {2}attention +pid 4711, python$/m],
    ['the second unit of an update', { unit: 'papergen-a--next.service' }, /GiB {2}a \(new version\) +pid 4711/],
    ['another', foreign, / 3\.0 GiB {2}no paper: ollama +pid 912, user mina, ollama\.service$/m],
    ['one of an unknown unit', { unit: null, user: null }, /no paper: python +pid 4711, user \?, unit \?/],
    ['one that does not say how much', { mib: null }, / {9}\? {2}attention/],
    [
      'a hostile name',
      { ...foreign, name: 'x\u001b[2J\r\n12.4 GiB attention\u202e' },
      /no paper: x 12\.4 GiB attent…? +pid 912/,
    ],
    ['a hostile user', { ...foreign, user: 'a\u001b]0;x\u0007b' }, /user ab, ollama/],
    ['a part of a GPU', { uuid: 'MIG-b' }, /no process uses it\n.*nvidia-smi does not list\n +12\.4 GiB {2}attention/],
  ])('%s', (_, process, words) => {
    expect(scrolled(hosts(usual, [seen(sampleOf([{ ...paper, ...process }]))]))).toMatch(words)
  })

  it('no process must look like a paper on the smallest screen', () => {
    const text = scrolled(hosts(narrow, [seen(sampleOf([{ ...foreign, name: 'attention' }]))]))
    expect(text).toMatch(/ 3\.0 GiB no paper: attention\n {10}pid 912, user mina/)
  })

  it('the greatest first, and each below its GPU', () => {
    const second = { ...device, index: 1, uuid: 'GPU-1', utilization: null, temperatureC: null, note: 'lost' }
    const sample = sampleOf([foreign, { ...paper, pid: 4712, uuid: 'GPU-1' }, paper])
    const text = scrolled(hosts([100, 40], [seen({ ...sample, devices: [...sample.devices, second] })]))
    expect(text).toMatch(
      /GPU 0 .*63 % {2}58 °C[\s\S]*attention[\s\S]*ollama[\s\S]*GPU 1 .*\? % {2}\? °C[\s\S]*lost[\s\S]*attention/,
    )
  })

  it.each([[undefined, 'GPU  not asked yet'] as const, [unreachable, 'not known: son-wtr'] as const])(
    'what was never told is said: %o',
    (error, words) => {
      const told: Observation[] = error === undefined ? [] : [{ type: 'gpu', answer: { at: now, error } }]
      expect(scrolled(hosts(usual, told))).toContain(words)
    },
  )

  it('what is old has its age', () => {
    const stale: Observation = { type: 'gpu', answer: { at: now, error: unreachable } }
    const old = [seen(sampleOf([paper]), ago(180)), { type: 'stats', answer: { at: ago(180), value: stats } } as const]
    const gone: Observation = { type: 'stats', answer: { at: now, error: unreachable } }
    const text = scrolled(hosts(usual, [...old, stale, gone]))
    expect(text).toMatch(/GPU 0 .* · 3 m ago/)
    expect(text).toMatch(/cpu +12 % · 3 m ago/)
    expect(text).toMatch(/disk +not known/)
  })
})

describe('a thousand papers on one GPU', () => {
  const many = Array.from({ length: 1_000 }, (_, at) => ({
    ...paper,
    ...{ pid: at, mib: 2_000 - at, unit: `papergen-paper-${at}.service` },
  }))

  it.each([[40, 15] as const, [80, 24] as const, [120, 40] as const])('all can be reached at %i x %i', (...size) => {
    const top = hosts(size, [seen(sampleOf(many))])
    expect(screenLines(top)).toHaveLength(size[1])
    expect(shown(top)).toContain('j k scroll')
    const end = type(top, 'G').state
    expect(shown(end)).toContain('paper-999')
    expect(shown(type(end, 'j', 'pagedown').state)).toBe(shown(end))
    expect(shown(type(end, 'g').state)).toBe(shown(top))
    expect(shown(type(top, 'pagedown', 'pageup').state)).toBe(shown(top))
  })

  it('only what is seen is made into lines', () => {
    let made = 0
    const counted = many.map(process =>
      Object.defineProperty({ ...process }, 'name', {
        get: () => {
          made++
          return 'python'
        },
      }),
    )
    const state = hosts(usual, [seen(sampleOf(counted))])
    made = 0
    screenLines(type(state, 'G').state)
    expect(made).toBeLessThan(60)
  })
})

describe('the links', () => {
  const up = (since: number): Observation => ({
    type: 'link',
    role: 'edge',
    link: { kind: 'up', since, rttMs: 12.4 },
  })
  const down: Observation = {
    ...{ type: 'link', role: 'edge' },
    link: { kind: 'down', since: ago(70), retryAt: null, error: unreachable },
  }

  it.each<[string, readonly Observation[], RegExp]>([
    ['none', [], /reconnects +none since papergen started/],
    ['one', [up(ago(9)), down, up(ago(65))], /reconnects +2, the last 1 m ago \(connection refused\)/],
    ['a round trip is none', [up(ago(9)), up(ago(9))], /reconnects +1, the last 0 s ago/],
    ['lost now', [down], /link +lost for 1 m: connection refused/],
    ['the round trip', [up(ago(600))], /link +ssh for 10 m, round trip 12 ms/],
  ])('%s', (_, observations, words) => {
    expect(scrolled(hosts(usual, observations))).toMatch(words)
  })
})

describe('nginx and certbot', () => {
  const timer = { next: 'Tue 2026-11-24 03:12:45 UTC', last: 'n/a', lastResult: null }
  it.each<[string, NonNullable<Spec['state']>, RegExp]>([
    ['a broken configuration', { configError: 'unknown directive "x"' }, /nginx +active: unknown directive "x"/],
    ['an edit that waits', { markerOnDisk: 'g2' }, /nginx +active, an edit waits for a reload/],
    ['a marker nobody saw', { markerServed: null }, /whether it serves what is on disk is not known/],
    ['stopped', { nginx: 'inactive' }, /nginx +inactive/],
    ['no timer', { certbot: null }, /certbot +no timer/],
    ['a timer that never ran', { certbot: timer }, /next run Tue .*\n +last run none yet, how it ended is not known/],
    ['a run that failed', { certbot: { ...timer, lastResult: 'exit-code' } }, /last run none yet, exit-code/],
    ['not asked', unreachable, /nginx +not known: son-wtr \(192\.168\.1\.121:22\) cannot be reached/],
  ])('%s', (_, state, words) => {
    expect(scrolled(hosts(usual, [], { attention: { state } }))).toMatch(words)
  })
})

test('an edge that does not answer any more: each of its last words with its age', () => {
  const gone: Observation = { type: 'edge-state', answer: { at: now, error: unreachable } }
  const state = hosts(usual, [gone])
  const text = scrolled({ ...state, at: now + 240_000 })
  for (const name of ['nginx', 'on disk', 'certbot']) expect(text).toMatch(new RegExp(`${name} .* · 4 m ago`))
})

describe('the table', () => {
  it('stands where all of it and of the GPUs fits, and nowhere else', () => {
    const state = hosts([120, 40], [seen(sampleOf([paper]))])
    expect(hostsTable(state, 36)).not.toBeNull()
    expect(hostsTable(state, 20)).toBeNull()
    expect(hostsTable({ ...state, ui: { ...state.ui, columns: 60 } }, 36)).toBeNull()
  })

  it('marks by a sign what its colours would say, and what only the other host has', () => {
    const rows = (state: State) =>
      Object.fromEntries(
        (hostsTable(state, 39) ?? []).map(row => Object.values(row)).map(([name, ...cells]) => [name, cells]),
      )
    const state = hosts([120, 40], [], { attention: { state: { nginx: 'inactive', certbot: null } } })
    expect(rows(state)).toMatchObject({
      nginx: ['–', '✗ inactive'],
      certbot: ['–', '~ no timer: nothing here renews it'],
      reconnects: ['–', 'none since papergen started'],
    })
    const { options } = state.ui
    expect(rows({ ...state, ui: { ...state.ui, options: { ...options, ascii: true } } }).nginx).toEqual([
      '-',
      'x inactive',
    ])
  })

  it('is left where a name is not as wide as it is long', () => {
    const state = hosts([120, 40], [])
    const gpuHost = { ...state.observed.gpuHost, name: '연구실' }
    expect(hostsTable({ ...state, observed: { ...state.observed, gpuHost } }, 36)).toBeNull()
  })
})
