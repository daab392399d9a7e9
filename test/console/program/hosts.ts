import { type Column, columnNames } from '../../../src/core/columns.ts'
import type { ConsoleConfig } from '../../../src/core/config.ts'
import { PapergenError, type Problem } from '../../../src/core/errors.ts'
import type { GpuSample, Link, UnitFacts } from '../../../src/core/facts.ts'
import { indexMarkers } from '../../../src/core/index-page.ts'
import { type JournalEntry, type JournalQuery, speakerIn } from '../../../src/core/journal.ts'
import { looksLikeMarimo, notebookTitle } from '../../../src/core/notebook.ts'
import { gpuPolicy } from '../../../src/core/policy.ts'
import type { Clock, Texts, World } from '../../../src/core/ports.ts'
import { putEntry } from '../../../src/core/registry.ts'
import { putSidecar } from '../../../src/core/sidecar.ts'
import { createTexts, type Templates } from '../../../src/core/texts.ts'
import { fakeConfig, hashOf, unitFacts } from '../../core/fake-values.ts'
import { FakeWorld } from '../../core/fake-world.ts'
import { Gate } from './gate.ts'
import { burst, entry, hostile, long, pastOf, raised, restarted } from './journals.ts'
import { broken, crowd, fine, type Paper, papers, present, savedAt, startedAt } from './papers.ts'
import { remembered, renewed, withOthers } from './shared-gpu.ts'

/** What a test asks of the world; told to the program as JSON. */
export type Scenario = {
  readonly readOnly?: boolean
  /** Only these papers are there; all unless told. */
  readonly only?: readonly string[]
  /** So many healthy papers besides. */
  readonly crowd?: number
  /** Papers that do not answer until the test releases them. */
  readonly slow?: readonly string[]
  /** Calls that begin so wait until the test releases them. */
  readonly hold?: readonly string[]
  /** Waiting takes no time of the world's: an operation that waits for a slow paper waits until it is cancelled. */
  readonly frozen?: boolean
  /** Others use the GPUs too, one of them badly named; a paper used more than there is; the certificate was renewed. */
  readonly shared?: boolean
  /** The columns of the config; all unless told. */
  readonly columns?: readonly Column[]
  /** Done one after the other, one each time the program is sent SIGUSR2. */
  readonly acts?: readonly Act[]
  /** What a paper is called instead. */
  readonly titles?: Readonly<Record<string, string>>
  readonly console?: Partial<ConsoleConfig>
}

export type Act =
  | 'release'
  | 'burst'
  | 'lines'
  | 'restarted'
  | 'raised'
  | 'moves'
  | 'hostile'
  | 'long'
  | 'edge-down'
  | 'edge-up'
  | 'later'
  | 'throw'
  | 'reject'
  | 'nonsense'
  | 'dies'

const edgeGone: Problem = {
  kind: 'host-unreachable',
  host: 'son-wtr',
  address: '192.168.1.121:22',
  why: 'connection refused',
}

/** Two hosts in memory with some papers on them, which a console can watch: FakeWorld with what only an observer asks. */
export class Hosts extends FakeWorld {
  readonly #scenario: Scenario
  readonly #texts: Texts
  readonly #gate = new Gate()
  readonly #unitWatchers = new Set<(unit: UnitFacts) => void>()
  #devices: GpuSample['devices'] | null = null
  readonly #live = new Set<(entries: readonly JournalEntry[]) => void>()
  readonly #ears = new Set<() => void>()
  readonly #linkWatchers = new Set<() => void>()
  #edgeLink: Link = { kind: 'up', since: startedAt, rttMs: 1 }
  /** Units as they were found; gone once they were started again. */
  readonly #found = new Map<string, Partial<UnitFacts>>()
  readonly #startedAt = new Map<string, number>()

  constructor(scenario: Scenario, templates: Templates) {
    super()
    this.#scenario = scenario
    this.#texts = createTexts(templates, gpuPolicy(fakeConfig, '/home/son'))
    this.now = present
    this.readOnly = scenario.readOnly ?? false
    for (const paper of papers) if (scenario.only?.includes(paper.id) ?? true) this.#settle(paper)
    for (const paper of crowd(scenario.crowd ?? 0)) this.#settle(paper)
    this.notebooks.set(fine, 'import marimo\napp = marimo.App(app_title="Transformers")')
    this.notebooks.set(broken, 'import marimo\napp = marimo.App(app_title="Einsum")')
    this.notebooks.set('papers/layers.py', 'x = 1')
    this.notebooks.set('papers/논문.py', 'import marimo\napp = marimo.App(app_title="My thesis")')
    this.sick.add(hashOf(this.notebooks.get(broken)!))
    this.afterCall = call => this.#note(call)
    if (scenario.shared) this.gpuUses = remembered
  }

  #settle({ id, port, route = port, unit, adopted = false, ...paper }: Paper): void {
    const title = this.#scenario.titles?.[id] ?? paper.title
    const notebook = `papers/${id}.py`
    const release = hashOf(id)
    this.notebooks.set(notebook, id)
    this.releases.set(`${id}/${release}`, { id, hash: release, file: `${id}.py`, notebook, title, madeAt: startedAt })
    const entry = { id, port, title, notebook, publishedAt: '2026-11-20T07:00:00Z', release, pending: false }
    this.state = putEntry(this.state, entry)
    this.sidecar = putSidecar(this.sidecar, id, entry)
    const active = unit === undefined
    const serving = active ? { port, release } : null
    this.units.set(id, { port, release, enabled: true, active, serving, origin: adopted ? 'adopted' : 'ours' })
    this.routes.set(id, { port: route, text: '' })
    this.index = `${this.index ?? ''}<li><a href="/thesis/${id}/">${title}</a></li>\n`
    if (unit !== undefined) this.#found.set(id, unit)
  }

  override async call<T>(words: string, effect: () => T): Promise<T> {
    if (this.#scenario.hold?.some(held => words.startsWith(held))) await this.#gate.passed
    return super.call(words, effect)
  }

  act(act: Act): void {
    this.#acts[act]()
  }

  readonly #acts: Readonly<Record<Act, () => void>> = {
    release: () => this.#gate.open(),
    burst: () => this.#say(burst(20_000)),
    lines: () => this.#say(burst(500)),
    restarted: () => this.#say(restarted),
    raised: () => this.#say(raised(0)),
    moves: () => {
      for (const hear of this.#ears) hear()
    },
    hostile: () => this.#say(hostile),
    long: () => this.#say(long),
    'edge-down': () => this.#linkChanged({ kind: 'down', since: this.now, retryAt: this.now + 4_000, error: edgeGone }),
    'edge-up': () => this.#linkChanged({ kind: 'up', since: this.now, rttMs: 1 }),
    later: () => {
      this.now += 10 * 60_000
    },
    throw: () => {
      throw new Error('a bug in the program')
    },
    reject: () => void Promise.reject(new Error('a bug in the program')),
    // Its process ends, and systemd says so.
    dies: () =>
      this.#died('attention', { state: 'failed', sub: 'failed', result: 'exit-code', exitStatus: 1, mainPid: null }),
    // No screen can be drawn of it.
    nonsense: () => {
      this.#devices = [null as unknown as GpuSample['devices'][number]]
    },
  }

  #died(id: string, how: Partial<UnitFacts>): void {
    const unit = this.units.get(id)
    if (unit !== undefined) this.units.set(id, { ...unit, active: false, serving: null })
    this.#found.set(id, how)
    for (const tell of this.#unitWatchers) void this.world().units.unit(id).then(tell)
  }

  #say(entries: readonly JournalEntry[]): void {
    for (const tell of this.#live) tell(entries)
  }

  #linkChanged(link: Link): void {
    this.#edgeLink = link
    for (const call of ['edge.snippets', 'edge.index', 'edge.state', 'prober.lan', 'prober.public'])
      if (link.kind === 'down') this.broken.set(call, edgeGone)
      else this.broken.delete(call)
    for (const changed of this.#linkWatchers) changed()
  }

  /** What a restart changes besides what FakeWorld knows. */
  #note(call: string): void {
    const unit = /^gpu\.(?:restart|start)Unit (\S+)$/.exec(call)?.[1]
    if (unit === undefined) return
    this.#found.delete(unit)
    this.#startedAt.set(unit, this.now)
  }

  override world(): World {
    const world = super.world()
    return {
      ...world,
      config: {
        ...fakeConfig,
        edge: { ...fakeConfig.edge, reach },
        console: { ...fakeConfig.console, columns: this.#scenario.columns ?? columnNames, ...this.#scenario.console },
      },
      clock: this.#operationClock(),
      texts: this.#texts,
      links: {
        gpu: world.links.gpu,
        edge: () => this.#edgeLink,
        watch: changed => {
          this.#linkWatchers.add(changed)
          return () => this.#linkWatchers.delete(changed)
        },
      },
      units: {
        ...world.units,
        units: async () => (await world.units.units()).map(unit => this.#unit(unit)),
        unit: async name => this.#unit(await world.units.unit(name)),
        watch: changed => {
          this.#unitWatchers.add(changed)
          return () => this.#unitWatchers.delete(changed)
        },
      },
      edgeEntry: {
        ...world.edgeEntry,
        snippets: () =>
          this.call('edge.snippets', () => [...this.routes].map(([id, { port }]) => this.#snippet(id, port))),
        index: () => this.call('edge.index', () => [indexMarkers[0], this.index, indexMarkers[1]].join('\n')),
        state: async () => ({
          ...(await world.edgeEntry.state()),
          ...edgeFacts,
          ...(this.#scenario.shared ? renewed : {}),
        }),
      },
      prober: {
        local: async (id, port, signal) => {
          const viewers = papers.find(paper => paper.id === id)?.viewers ?? 0
          const probe = await world.prober.local(id, port, signal)
          if (this.#scenario.slow?.includes(id) && !this.#gate.isOpen) return { ...refused, ms: null, viewers: null }
          return { ...probe, viewers: probe.ok ? viewers : null }
        },
        lan: world.prober.lan,
        here: world.prober.here,
        public: async (id, options) => {
          const probe = await world.prober.public(id, options)
          return { ...probe, ms: 9, certificate: served }
        },
      },
      journal: {
        read: (query, signal) => this.#journal(query, signal),
        heard: signal => this.#speakers(signal),
      },
      gpu: { sample: () => this.call('gpu.sample', () => this.#sample()) },
      meter: {
        read: () =>
          this.call('meter.read', () => ({
            cpu: 0.12,
            memory: { used: 31 * gibibyte, total: 125.8 * gibibyte },
            disk: { used: 1_681 * gibibyte, total: 4_100 * gibibyte },
          })),
      },
      releases: {
        ...world.releases,
        changed: async id => papers.find(paper => paper.id === id)?.changed ?? false,
      },
      notebooks: {
        ...world.notebooks,
        list: () =>
          this.call('notebooks.list', () =>
            [...this.notebooks].map(([path, text]) => ({
              ...{ path, mtimeMs: savedAt },
              title:
                papers.find(({ id }) => id === text)?.title ??
                (looksLikeMarimo(text) ? notebookTitle(text, path) : null),
            })),
          ),
      },
    }
  }

  /** The observer's: its rounds take their time, and the first GPU samples come at once so that a sparkline is whole. */
  observerClock(): Clock {
    let samples = 0
    return {
      now: () => this.now,
      elapsed: () => this.now,
      sleep: (ms, signal) => (ms === 2_000 && samples++ < 4 ? Promise.resolve() : pause(ms, signal)),
    }
  }

  /** An operation's: what it waits passes in the world's time, not in the test's. */
  #operationClock(): Clock {
    return {
      now: () => this.now,
      elapsed: () => this.now,
      sleep: async (ms, signal) => {
        await pause(20, signal)
        if (!this.#scenario.frozen) this.now += ms
      },
    }
  }

  #unit(unit: UnitFacts): UnitFacts {
    const running = { sub: 'running', result: 'success', mainPid: 4711, invocation: 'f00d', memoryBytes: 900_000_000 }
    const since = this.#startedAt.get(unit.unit) ?? startedAt
    const own =
      unit.state === 'active' ? { ...running, since } : { result: 'exit-code', sub: unit.state, since: this.now }
    return { ...unitFacts, ...unit, ...own, ...this.#found.get(unit.unit) }
  }

  #snippet(id: string, port: number): { name: string; text: string } {
    const text = this.#texts.snippet(id as Parameters<Texts['snippet']>[0], port)
    const adopted = papers.find(paper => paper.id === id)?.adopted === true
    return { name: id, text: adopted ? text.slice(text.indexOf('\n') + 1) : text }
  }

  #sample(): GpuSample {
    const own = this.#papersOnGpu()
    return this.#scenario.shared ? withOthers(own) : own
  }

  #papersOnGpu(): GpuSample {
    const uuid = 'GPU-0'
    const running = papers.filter(({ id, mib }) => mib !== undefined && this.units.get(id)?.serving != null)
    const processes = running.map(({ id, mib }, at) => ({
      ...{ pid: 4700 + at, name: 'python', uuid, mib: mib ?? null, unit: `papergen-${id}.service`, user: 'son' },
    }))
    const usedMib = processes.reduce((sum, { mib }) => sum + (mib ?? 0), 0)
    const device = { index: 0, uuid, name: 'RTX PRO 6000', usedMib, totalMib: 97_887, utilization: 0.63 }
    return {
      devices: this.#devices ?? [{ ...device, temperatureC: 58, note: null }],
      processes,
      driver: '580.1',
      simulated: false,
    }
  }

  /** Nobody speaks until the test lets a paper, a foreign unit and a foreign unit do. */
  async *#speakers(signal: AbortSignal): AsyncGenerator<string | null> {
    while (!signal.aborted) {
      await new Promise<void>(resolve => {
        const hear = (): void => {
          this.#ears.delete(hear)
          resolve()
        }
        this.#ears.add(hear)
        signal.addEventListener('abort', hear, { once: true })
      })
      if (!signal.aborted) yield* [speakerIn('ssh.service'), speakerIn('papergen-graph-nets.service')]
    }
  }

  async *#journal(query: JournalQuery, signal: AbortSignal): AsyncGenerator<JournalEntry> {
    yield* await this.call(`journal.read ${query.unit}`, () => pastOf(query))
    if (!query.follow) return
    const coming: JournalEntry[] = [entry(1, `${query.unit} is being followed`, { source: query.source })]
    let wake = (): void => {}
    const tell = (entries: readonly JournalEntry[]): void => {
      for (const one of entries) coming.push(one)
      wake()
    }
    this.#live.add(tell)
    signal.addEventListener('abort', () => wake(), { once: true })
    while (!signal.aborted) {
      yield* coming.splice(0)
      if (coming.length === 0 && !signal.aborted) await new Promise<void>(resolve => (wake = resolve))
    }
    this.#live.delete(tell)
    throw new PapergenError({ kind: 'interrupted', during: 'reading the journal' })
  }
}

const reach = {
  via: 'ssh',
  address: '192.168.1.121',
  port: 22,
  user: 'son',
  identity: '/home/son/.ssh/id_ed25519',
  knownHosts: '/home/son/.ssh/known_hosts',
} as const
const refused = { ok: false, status: null, error: 'connection refused' } as const
const gibibyte = 1024 ** 3
const expires = present + 59.5 * 86_400_000
const served = { expires, fingerprint: 'aa11', namesMatch: true, trusted: true }
const edgeFacts = {
  certificate: { path: '/c.pem', fingerprint: 'aa11', notAfter: expires, names: ['learn.ericfromkorea.com'] },
  certbot: { next: '2026-11-24T00:00:00Z', last: null, lastResult: 'success' },
} as const

const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
