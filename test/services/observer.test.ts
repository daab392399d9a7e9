import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Problem } from '../../src/core/errors.ts'
import type { UnitFacts } from '../../src/core/facts.ts'
import { emptyObserved, type Observation, type Observed, observe } from '../../src/core/observed.ts'
import type { World } from '../../src/core/ports.ts'
import { lastOf } from '../../src/core/reading.ts'
import { createObserver } from '../../src/services/observer.ts'
import { Hosts } from '../console/program/hosts.ts'
import { fakeConfig } from '../core/fake-values.ts'

const share = (name: string): string => readFileSync(join(import.meta.dirname, '../../share', name), 'utf8')
const boom: Problem = { kind: 'connection-lost', host: 'son-wtr', during: 'asking' }

/** Two hosts with eight papers, an observer of them, and what it told; `rounds` lets its clock pass. */
const watched = (change: (world: World) => Partial<World> = () => ({})) => {
  const hosts = new Hosts({}, { unit: share('unit.template'), snippet: share('snippet.template') })
  const told: Observation[] = []
  let observed: Observed = emptyObserved(fakeConfig, hosts.now)
  const sleeping = new Set<() => void>()
  const clock = {
    now: () => hosts.now,
    elapsed: () => hosts.now,
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        sleeping.add(resolve)
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      }),
  }
  const world = { ...hosts.world(), clock }
  const waiting = new Set<() => void>()
  const observer = createObserver({ ...world, ...change(world) }, observation => {
    told.push(observation)
    observed = observe(observed, observation)
    for (const look of [...waiting]) look()
  })
  /** Resolves when what was told makes it true. */
  const until = (holds: () => boolean): Promise<void> =>
    new Promise(resolve => {
      const look = (): void => {
        if (!holds()) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  const wake = (): void => {
    for (const go of [...sleeping]) go()
    sleeping.clear()
  }
  return { hosts, told, observer, until, wake, observed: () => observed }
}

const edgeOf = (observed: Observed, id: string) => observed.papers.get(id)?.edge

describe('one observation', () => {
  test('asks everything once, and has told it all when it resolves', async () => {
    const { observer, told, observed } = watched()
    await observer.once()
    const kinds = new Set(told.map(({ type }) => type))
    for (const type of 'link registry intents units unit-files snippets index edge-state gpu stats'.split(' '))
      expect(kinds).toContain(type)
    expect(observed().papers.size).toBe(8)
    for (const [id, { local, lan, edge, cells, listener }] of observed().papers)
      if (id !== 'Thesis_2024')
        expect([local, lan, edge, cells, listener].map(({ kind }) => kind)).toEqual(Array(5).fill('fresh'))
  })

  test.each([
    ['prober.public', 'edge'],
    ['gpu.sample', 'gpu'],
    ['meter.read', 'stats'],
    ['edge.state', 'edge-state'],
    ['state.read', 'registry'],
    ['units.units', 'units'],
  ])('a failing %s stops nothing and is told as what it is', async (call, type) => {
    const { hosts, observer, told } = watched()
    hosts.broken.set(call, boom)
    await observer.once()
    const answers = told.flatMap(seen => (seen.type === type && 'answer' in seen ? [seen.answer] : []))
    expect(answers.length).toBeGreaterThan(0)
    for (const answer of answers) expect(answer).toMatchObject({ error: boom })
    const others = told.flatMap(seen => ('answer' in seen && seen.type !== type ? [seen.answer] : []))
    expect(others.filter(answer => 'value' in answer).length).toBeGreaterThan(5)
  })

  test('what was seen before a failure is kept, as stale', async () => {
    const { hosts, observer, observed } = watched()
    await observer.once()
    hosts.broken.set('prober.public', boom)
    await observer.once()
    expect(edgeOf(observed(), 'attention')).toMatchObject({ kind: 'stale', error: boom, value: { status: 200 } })
    hosts.broken.clear()
    await observer.once()
    expect(edgeOf(observed(), 'attention')).toMatchObject({ kind: 'fresh', value: { status: 200 } })
  })

  test('the edge and the public page are asked when the paper has answered on its own host', async () => {
    const { observer, told } = watched()
    await observer.once()
    const order = told.flatMap(one => ('id' in one && one.id === 'attention' ? [one.type] : []))
    expect(order.indexOf('local')).toBeGreaterThanOrEqual(0)
    for (const type of ['lan', 'edge'] as const) expect(order.indexOf(type)).toBeGreaterThan(order.indexOf('local'))
  })

  test('an error nobody foresaw is told too', async () => {
    const { observer, observed } = watched(() => ({ gpu: { sample: () => Promise.reject(new TypeError('a bug')) } }))
    await observer.once()
    expect(observed().gpuHost.gpu).toMatchObject({ kind: 'never', error: { kind: 'unexpected', why: 'a bug' } })
  })

  test('no more than 16 papers are probed at the same time', async () => {
    let probing = 0
    let most = 0
    const { hosts, observer } = watched(world => ({
      prober: {
        ...world.prober,
        local: async (id, port) => {
          most = Math.max(most, ++probing)
          // A turn of the event loop, so that whoever would begin beside it does.
          await new Promise(resolve => setImmediate(resolve))
          probing--
          return world.prober.local(id, port)
        },
      },
    }))
    const many = Array.from({ length: 60 }, (_, at) => [`paper-${at}`, { port: 27_100 + at }])
    hosts.state = JSON.stringify({ version: 2, papers: Object.fromEntries(many) })
    await observer.once()
    expect(most).toBe(16)
  })
})

describe('going on', () => {
  test('start asks again and again until it is stopped', async () => {
    const { observer, told, until, wake, hosts } = watched()
    const stop = observer.start()
    const samples = (): number => told.filter(({ type }) => type === 'gpu').length
    await until(() => samples() === 1)
    await new Promise(resolve => setImmediate(resolve))
    wake()
    await until(() => samples() === 2)
    await new Promise(resolve => setImmediate(resolve))
    stop()
    wake()
    const before = hosts.calls.filter(call => call === 'gpu.sample').length
    await new Promise(resolve => setImmediate(resolve))
    expect(hosts.calls.filter(call => call === 'gpu.sample').length).toBe(before)
  })

  test('a signal of systemd is told at once, and its paper probed', async () => {
    let signal: (unit: UnitFacts) => void = () => {}
    let unwatched = false
    const { observer, told, until } = watched(world => ({
      units: {
        ...world.units,
        watch: changed => {
          signal = changed
          return () => {
            unwatched = true
          }
        },
      },
    }))
    const stop = observer.start()
    const probes = (id: string): number => told.filter(seen => seen.type === 'edge' && seen.id === id).length
    await until(() => probes('attention') === 1 && probes('mamba') === 1)
    const unit = lastOf(observe(emptyObserved(fakeConfig, 0), told.find(({ type }) => type === 'units')!).lists.units)
    signal({ ...unit!.find(one => one.unit === 'mamba')!, state: 'active' })
    expect(told.at(-1)).toMatchObject({ type: 'unit', unit: { unit: 'mamba', state: 'active' } })
    await until(() => probes('mamba') === 2)
    expect(probes('attention')).toBe(1)
    stop()
    expect(unwatched).toBe(true)
  })

  test('a link that comes back has everything behind it asked anew', async () => {
    const { hosts, observer, observed, until } = watched()
    const stop = observer.start()
    await until(() => edgeOf(observed(), 'attention')?.kind === 'fresh')
    hosts.act('edge-down')
    await observer.refresh()
    expect(edgeOf(observed(), 'attention')?.kind).toBe('stale')
    expect(observed().edgeHost.link.kind).toBe('down')
    hosts.act('edge-up')
    await until(() => edgeOf(observed(), 'attention')?.kind === 'fresh')
    stop()
  })

  test('refresh of one paper probes that one', async () => {
    const { observer, told } = watched()
    await observer.once()
    told.length = 0
    await observer.refresh('mamba')
    const probed = told.flatMap(seen => (seen.type === 'edge' ? [seen.id] : []))
    expect(probed).toEqual(['mamba'])
  })
})
