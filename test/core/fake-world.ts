import { createHash } from 'node:crypto'
import type { Config } from '../../src/core/config.ts'
import type { Begin, EdgeEntry, GpuEntry } from '../../src/core/entry.ts'
import { PapergenError, type Problem } from '../../src/core/errors.ts'
import type { EdgeProbe, Intent, SnippetFile, UnitFacts, UnitFile } from '../../src/core/facts.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import type { AuditLine, Prober, RegistryFile, Release, World } from '../../src/core/ports.ts'

/**
 * Two hosts in memory that behave as operations.md and docs/entry-points.md say: locks, undo journals, a provisional edge.
 * Every port call is recorded, and any one of them can fail, crash the console, or be cut off from its answer.
 */
export type Fault = {
  /** Which call, counted from 0 over the run. */
  readonly at: number
  /** Before or after the call had its effect. */
  readonly when: 'before' | 'after'
  /** `crash`: the console is dead from here on. */
  readonly as: 'crash' | Problem
}

export type FakeUnit = {
  port: number
  release: string
  enabled: boolean
  active: boolean
  /** What the running process serves; null when it does not run. */
  serving: { port: number; release: string } | null
  origin: UnitFile['origin']
}

export type Route = { port: number; text: string }

export class FakeWorld {
  state: string | null = null
  sidecar: string | null = null
  releases = new Map<string, Release>()
  intents = new Map<string, Intent>()
  audit: AuditLine[] = []
  units = new Map<string, FakeUnit>()
  routes = new Map<string, Route>()
  index: string | null = null
  gpuLock: string | null = null
  edgeLock: string | null = null
  gpuJournal: { begin: Begin; units: Map<string, FakeUnit | null> } | null = null
  edgeJournal: { begin: Begin; routes: Map<string, Route>; index: string | null; final: boolean } | null = null
  confirmed = new Set<string>()
  /** Releases whose cells never let the server start. */
  sick = new Set<string>()
  /** Ports a stranger listens on. */
  strangers = new Set<number>()
  notebooks = new Map<string, string>()
  nginx: 'active' | 'failed' | 'broken-config' = 'active'
  hasWebSocket = true
  /** What setup wrote on the GPU host. */
  policy: Readonly<Record<string, string>> = { address: '192.168.1.116', base: '/thesis', ports: '27000 27999' }
  readOnly = false
  now = Date.parse('2026-11-23T07:00:00.123Z')
  calls: string[] = []
  fault: Fault | null = null
  /** Calls that fail whenever they are made, by their first word. */
  broken = new Map<string, Problem>()
  dead = false
  /** With this call both links are cut, so both programs end. */
  cutAt: number | null = null
  /** Runs after each call had its effect. */
  afterCall: (call: string) => void = () => undefined
  /** Calls that took a routed paper off its visitors. */
  outages: string[] = []

  /** The public truth and the operator's records, for comparing before with after. */
  picture(): object {
    return {
      state: this.state,
      sidecar: this.sidecar,
      releases: [...this.releases.keys()].sort(),
      units: Object.fromEntries([...this.units].sort().map(([name, unit]) => [name, { ...unit }])),
      routes: Object.fromEntries([...this.routes].sort().map(([id, { port, text }]) => [id, { port, text }])),
      index: this.index,
      intents: [...this.intents.keys()],
      locks: [this.gpuLock, this.edgeLock],
      journals: [this.gpuJournal?.begin.op ?? null, this.edgeJournal?.begin.op ?? null],
    }
  }

  /** A new console after a crash: both entry point programs have ended. */
  restartConsole(): void {
    this.dead = false
    this.fault = null
    this.cutLinks()
  }

  cutLinks(): void {
    this.closeGpu()
    this.closeEdge()
  }

  closeGpu(): void {
    this.gpuLock = null
  }

  closeEdge(): void {
    const journal = this.edgeJournal
    if (journal !== null && this.edgeLock !== null && !journal.final) this.putEdgeBack()
    this.edgeJournal = null
    this.edgeLock = null
  }

  putEdgeBack(): void {
    if (this.edgeJournal === null || this.edgeJournal.final) return
    this.routes = new Map(this.edgeJournal.routes)
    this.index = this.edgeJournal.index
  }

  /** One port call: recorded, perhaps failing before or after its effect. */
  async call<T>(words: string, effect: () => T): Promise<T> {
    if (this.dead) throw new Error(`the console is dead: ${words}`)
    const at = this.calls.push(words) - 1
    this.strike(at, 'before')
    const problem = this.broken.get(words.split(' ')[0] ?? '')
    if (problem !== undefined) throw new PapergenError(problem)
    const value = effect()
    this.afterCall(words)
    this.strike(at, 'after')
    return value
  }

  strike(at: number, when: Fault['when']): void {
    const { fault } = this
    if (fault === null || fault.at !== at || fault.when !== when) return
    if (this.cutAt === at) this.cutLinks()
    if (fault.as === 'crash') {
      this.dead = true
      throw new Error('crash')
    }
    throw new PapergenError(fault.as)
  }

  isServing(port: number): FakeUnit | null {
    for (const unit of this.units.values())
      if (unit.serving?.port === port && !this.sick.has(unit.serving.release)) return unit
    return null
  }

  isLive(id: string): boolean {
    const route = this.routes.get(id)
    return route !== undefined && this.isServing(route.port) !== null
  }

  world(): World {
    return {
      config: fakeConfig,
      clock: {
        now: () => this.now,
        sleep: async (ms, signal) => {
          signal?.throwIfAborted()
          await this.call('clock.sleep', () => {
            this.now += ms
          })
          signal?.throwIfAborted()
        },
      },
      by: 'son@son-pro6000',
      version: '0.1.0',
      readOnly: this.readOnly,
      links: {
        gpu: () => ({ kind: 'local' }),
        edge: () => ({ kind: 'up', since: 0, rttMs: 1 }),
        watch: () => () => undefined,
      },
      gpuEntry: this.gpuEntry(),
      edgeEntry: this.edgeEntry(),
      units: {
        units: () => this.call('units.units', () => [...this.units.keys()].map(name => this.unitFacts(name))),
        unit: name => this.call(`units.unit ${name}`, () => this.unitFacts(name)),
        unitFiles: () => this.call('units.files', () => [...this.units].map(([name, unit]) => unitFile(name, unit))),
        watch: () => () => undefined,
      },
      journal: { read: query => this.journalOf(query.unit) },
      prober: this.prober(),
      gpu: {
        sample: () => this.call('gpu.sample', () => ({ devices: [], processes: [], driver: null, simulated: true })),
      },
      meter: { read: unexpected('meter.read') },
      registry: this.file('state', '/home/son/prj/thesis/state/state.json'),
      sidecar: this.file('sidecar', '/home/son/prj/thesis/state/papergen.json'),
      releases: {
        make: (id, notebook, title) => this.call(`releases.make ${id}`, () => this.makeRelease(id, notebook, title)),
        list: id =>
          this.call(`releases.list ${id}`, () =>
            [...this.releases.values()].filter(release => release.id === id).sort((a, b) => b.madeAt - a.madeAt),
          ),
        remove: (id, hash) =>
          this.call(`releases.remove ${id} ${hash}`, () => void this.releases.delete(`${id}/${hash}`)),
        prune: (id, keep, never) => this.call(`releases.prune ${id}`, () => this.prune(id, keep, never)),
        changed: unexpected('releases.changed'),
      },
      intents: {
        put: intent => this.call(`intents.put ${intent.step}`, () => void this.intents.set(intent.op, intent)),
        list: () => this.call('intents.list', () => [...this.intents.values()]),
        remove: op => this.call('intents.remove', () => void this.intents.delete(op)),
      },
      audit: { append: line => this.call('audit.append', () => void this.audit.push(line)) },
      notebooks: {
        list: unexpected('notebooks.list'),
        open: path => this.call(`notebooks.open ${path}`, () => this.openNotebook(path)),
        check: path => this.call(`notebooks.check ${path}`, () => undefined),
      },
      texts: {
        unit: (unit, port, { hash }) => `unit ${unit} on ${port} with ${hash}`,
        snippet: (id, port) => `snippet ${id} to ${port}`,
        fragment: papers => papers.map(({ id, title }) => `${id}: ${title}\n`).join(''),
        readSnippet: (name, text) => readFakeSnippet(name, text),
        readIndex: page => ({ origin: originOf(page), listed: listedOn(page), fragment: null }),
      },
      simulated: [],
    }
  }

  private file(which: 'state' | 'sidecar', path: string): RegistryFile {
    return {
      path,
      read: () => this.call(`${which}.read`, () => this[which]),
      update: change =>
        this.call(`${which}.update`, () => {
          this[which] = change(this[which])
        }),
    }
  }

  private openNotebook(path: string): { path: string; text: string } {
    const text = this.notebooks.get(path)
    if (text === undefined) throw new PapergenError({ kind: 'bad-notebook', path, why: 'no such file', detail: null })
    return { path, text }
  }

  private makeRelease(id: string, notebook: string, title: string | null): { release: Release; made: boolean } {
    const hash = hashOf(this.openNotebook(notebook).text)
    const there = this.releases.get(`${id}/${hash}`)
    if (there !== undefined) return { release: there, made: false }
    const release = { id, hash, file: notebook.replace(/.*\//, ''), notebook, title, madeAt: this.now }
    this.releases.set(`${id}/${hash}`, release)
    return { release, made: true }
  }

  private prune(id: string, keep: number, never: readonly string[]): void {
    const own = [...this.releases].filter(([, release]) => release.id === id).sort((a, b) => b[1].madeAt - a[1].madeAt)
    for (const [key, release] of own.slice(keep)) if (!never.includes(release.hash)) this.releases.delete(key)
  }

  private async *journalOf(unit: string): AsyncIterable<JournalEntry> {
    const texts = await this.call(`journal.read ${unit}`, () => [
      `${unit} said something`,
      `${unit} said its last words`,
    ])
    for (const text of texts) yield { ...journalLine, text }
  }

  private unitFacts(name: string): UnitFacts {
    const unit = this.units.get(name)
    const isSick = unit?.serving != null && this.sick.has(unit.serving.release)
    const state = unit === undefined ? 'not-found' : isSick ? 'failed' : unit.active ? 'active' : 'inactive'
    return { ...unitFacts, unit: name, state, exitStatus: isSick ? 1 : 0, enabled: unit?.enabled ?? null }
  }

  /** Stops or replaces what a unit serves; notes when visitors were on it. */
  private disturb(words: string, unit: FakeUnit | undefined, act: () => void): void {
    const port = unit?.serving?.port
    const routed = port !== undefined && [...this.routes.values()].some(route => route.port === port)
    if (routed && this.isServing(port)) this.outages.push(words)
    act()
  }

  private needsGpuLock(): void {
    if (this.gpuLock === null) throw new Error('no gpu lock')
  }

  private needsEdgeLock(): void {
    if (this.edgeLock === null) throw new Error('no edge lock')
  }

  private recordUnit(name: string): void {
    this.needsGpuLock()
    const former = this.units.get(name)
    const { units } = this.gpuJournal!
    if (!units.has(name)) units.set(name, former === undefined ? null : { ...former })
    if (former?.origin === 'foreign')
      throw new PapergenError({ kind: 'foreign', what: 'unit', path: name, why: 'it is not papergen’s' })
  }

  private undoUnit(name: string): void {
    const former = this.gpuJournal?.units.get(name)
    if (former === undefined) return
    const unit = this.units.get(name)
    if (former === null) this.disturb(`undoUnit ${name}`, unit, () => this.units.delete(name))
    else {
      const serving = former.active ? (unit?.serving ?? { port: former.port, release: former.release }) : null
      this.units.set(name, { ...former, serving })
    }
    this.gpuJournal?.units.delete(name)
  }

  private gpuEntry(): GpuEntry {
    return {
      hello: () => this.call('gpu.hello', () => ({ protocol: 1, version: '0.1.0', policy: this.policy })),
      begin: begin =>
        this.call(`gpu.begin ${begin.op}`, () => {
          if (this.gpuLock !== null) throw new PapergenError(lockedBy('son-pro6000'))
          if (this.gpuJournal !== null) throw new PapergenError(pendingProblem(this.gpuJournal.begin))
          this.gpuLock = begin.op
          this.gpuJournal = { begin, units: new Map() }
        }),
      resume: begin =>
        this.call(`gpu.resume ${begin.op}`, () => {
          if (this.gpuLock !== null) throw new PapergenError(lockedBy('son-pro6000'))
          this.gpuLock = begin.op
          this.gpuJournal ??= { begin, units: new Map() }
        }),
      pending: () =>
        this.call('gpu.pending', () => pendingOf(this.gpuLock === null ? (this.gpuJournal?.begin ?? null) : null)),
      undo: () =>
        this.call('gpu.undo', () => {
          this.needsGpuLock()
          for (const name of [...(this.gpuJournal?.units.keys() ?? [])].reverse()) this.undoUnit(name)
        }),
      end: () =>
        this.call('gpu.end', () => {
          if (this.gpuLock !== null) this.gpuJournal = null
          this.gpuLock = null
        }),
      holder: () => this.call('gpu.holder', () => this.gpuLock),
      close: () => this.call('gpu.close', () => this.closeGpu()),
      writeUnit: (name, port, release) =>
        this.call(`gpu.writeUnit ${name} ${port} ${release}`, () => {
          this.recordUnit(name)
          const former = this.units.get(name)
          const rest = former ?? { enabled: false, active: false, serving: null }
          this.units.set(name, { ...rest, port, release, origin: 'ours' })
        }),
      startUnit: name =>
        this.call(`gpu.startUnit ${name}`, () => {
          this.needsGpuLock()
          const unit = this.units.get(name)!
          unit.serving ??= { port: unit.port, release: unit.release }
          unit.active = true
          unit.enabled ||= !name.endsWith('--next')
        }),
      restartUnit: name =>
        this.call(`gpu.restartUnit ${name}`, () => {
          this.needsGpuLock()
          const unit = this.units.get(name)!
          this.disturb(`restartUnit ${name}`, unit, () => {
            unit.serving = { port: unit.port, release: unit.release }
            unit.active = true
          })
        }),
      removeUnit: name =>
        this.call(`gpu.removeUnit ${name}`, () => {
          this.recordUnit(name)
          this.disturb(`removeUnit ${name}`, this.units.get(name), () => this.units.delete(name))
        }),
      undoUnit: name =>
        this.call(`gpu.undoUnit ${name}`, () => {
          this.needsGpuLock()
          this.undoUnit(name)
        }),
      listener: (name, port) =>
        this.call(`gpu.listener ${name} ${port}`, () => {
          if (this.strangers.has(port)) return { kind: 'foreign', pid: 4711, name: 'nc' }
          for (const [other, unit] of this.units)
            if (unit.serving?.port === port)
              return other === name ? { kind: 'unit' } : { kind: 'foreign', pid: 4712, name: 'marimo' }
          return { kind: 'nobody' }
        }),
    }
  }

  private recordEdge(): void {
    this.needsEdgeLock()
  }

  private edgeEntry(): EdgeEntry {
    return {
      hello: () => this.call('edge.hello', () => ({ protocol: 1, version: '0.1.0', policy: {} })),
      begin: begin =>
        this.call(`edge.begin ${begin.op}`, () => {
          if (this.edgeLock !== null) throw new PapergenError(lockedBy('son-wtr'))
          this.edgeLock = begin.op
          this.edgeJournal = { begin, routes: new Map(this.routes), index: this.index, final: false }
        }),
      resume: begin =>
        this.call(`edge.resume ${begin.op}`, () => {
          if (this.edgeLock !== null) throw new PapergenError(lockedBy('son-wtr'))
          this.edgeLock = begin.op
          this.edgeJournal ??= { begin, routes: new Map(this.routes), index: this.index, final: false }
        }),
      pending: () => this.call('edge.pending', () => null),
      undo: () =>
        this.call('edge.undo', () => {
          this.needsEdgeLock()
          this.putEdgeBack()
        }),
      end: () =>
        this.call('edge.end', () => {
          if (this.edgeLock === null) return
          this.confirmed.delete(this.edgeLock)
          this.edgeJournal = null
          this.edgeLock = null
        }),
      holder: () => this.call('edge.holder', () => this.edgeLock),
      close: () => this.call('edge.close', () => this.closeEdge()),
      state: () => this.call('edge.state', () => ({ ...edgeState, nginx: this.nginx })),
      snippets: () => this.call('edge.snippets', () => [...this.routes].map(([name, { text }]) => ({ name, text }))),
      index: () => this.call('edge.index', () => this.index),
      setRoute: (id, port) =>
        this.call(`edge.setRoute ${id} ${port}`, () => {
          this.recordEdge()
          this.routes.set(id, { port, text: `snippet ${id} to ${port}` })
        }),
      dropRoute: id =>
        this.call(`edge.dropRoute ${id}`, () => {
          this.recordEdge()
          if (this.edgeJournal!.begin.operation === 'unpublish') this.edgeJournal!.final = true
          this.routes.delete(id)
        }),
      setIndex: fragment =>
        this.call('edge.setIndex', () => {
          this.recordEdge()
          this.index = fragment
        }),
      hold: () => this.call('edge.hold', () => this.needsEdgeLock()),
      confirm: () =>
        this.call('edge.confirm', () => {
          this.needsEdgeLock()
          this.confirmed.add(this.edgeLock!)
          this.edgeJournal!.final = true
        }),
      outcome: op =>
        this.call(`edge.outcome`, () =>
          this.confirmed.has(op) ? 'confirmed' : this.edgeJournal?.begin.op === op ? 'pending' : 'none',
        ),
      log: unexpected('edge.log'),
    }
  }

  private prober(): Prober {
    return {
      local: (id, port, signal) =>
        this.call(`prober.local ${id} ${port}`, () => {
          signal?.throwIfAborted()
          const ok = this.isServing(port) !== null
          return { ok, status: ok ? 200 : null, ms: 1, viewers: ok ? 2 : null, error: ok ? null : 'refused' }
        }),
      lan: (id, port, signal) =>
        this.call(`prober.lan ${id} ${port}`, () => {
          signal?.throwIfAborted()
          const ok = this.isServing(port) !== null
          return { ok, ms: 1, error: ok ? null : 'refused' }
        }),
      public: (id, options) =>
        this.call(`prober.public ${id}`, () => {
          options?.signal?.throwIfAborted()
          if (!this.routes.has(id)) return edgeProbe('client-error', 404, null)
          return this.isLive(id) ? edgeProbe('ok', 200, this.hasWebSocket) : edgeProbe('bad-gateway', 502, null)
        }),
    }
  }
}

const readFakeSnippet = (name: string, text: string): SnippetFile => {
  const port = /to (\d+)/.exec(text)?.[1]
  const upstream = port === undefined ? null : { address: '192.168.1.116', port: Number(port) }
  return {
    name,
    origin: upstream === null ? 'foreign' : text.startsWith('# edited') ? 'edited' : 'ours',
    upstream,
    text,
  }
}

const originOf = (page: string | null) =>
  page === null ? 'absent' : page.startsWith('<h1>') ? 'foreign' : ('ours' as const)

const listedOn = (page: string | null): readonly string[] =>
  (page ?? '')
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.replace(/:.*/, ''))

const unexpected = (what: string) => (): never => {
  throw new Error(`unexpected call: ${what}`)
}

/** As the hash of a release: the first 16 hex digits of the SHA-256. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

const lockedBy = (host: string): Problem => ({
  kind: 'locked',
  host,
  holder: 'mina@laptop',
  operation: 'publish',
  since: '2026-11-23T06:59:00Z',
})

const pendingProblem = ({ operation, id }: Begin): Problem => ({
  kind: 'needs-repair',
  operation,
  id,
  since: '2026-11-23T06:59:00Z',
})

const pendingOf = (begin: Begin | null) =>
  begin === null ? null : { op: begin.op, operation: begin.operation, id: begin.id, since: '2026-11-23T06:59:00Z' }

const unitFile = (unit: string, { origin, port, release }: FakeUnit): UnitFile => ({
  unit,
  path: `/etc/systemd/system/papergen-${unit}.service`,
  origin,
  port,
  notebook: null,
  release,
  text: '',
})

const edgeProbe = (kind: EdgeProbe['kind'], status: number, websocket: boolean | null): EdgeProbe => ({
  ok: kind === 'ok',
  kind,
  status,
  ms: 1,
  phases: { dns: null, connect: null, tls: null, ttfb: null },
  websocket,
  error: null,
  certificate: null,
})

const edgeState = {
  configError: null,
  markerOnDisk: 'g0',
  markerServed: 'g0',
  certificate: null,
  certbot: null,
  simulated: true,
} as const

const unitFacts = {
  sub: null,
  result: null,
  restarts: 0,
  since: null,
  mainPid: null,
  memoryBytes: null,
  controlGroup: null,
  invocation: null,
  needsReload: false,
} as const

const journalLine = {
  source: 'journal',
  at: null,
  who: 'marimo',
  priority: 6,
  cursor: null,
  invocation: null,
  pid: null,
  lifecycle: false,
} as const

export const fakeConfig: Config = {
  path: null,
  gpu: {
    name: 'son-pro6000',
    reach: { via: 'local' },
    address: '192.168.1.116',
    project: '/home/son/prj/thesis',
    marimo: '.venv/bin/marimo',
    notebooks: 'papers',
    state: 'state/state.json',
    ports: [27000, 27999],
    systemd: 'system',
    runAs: 'son',
    release: 'snapshot',
    nvidiaSmi: 'nvidia-smi',
  },
  edge: {
    name: 'son-wtr',
    reach: { via: 'local' },
    address: '192.168.1.121',
    snippets: '/etc/nginx/snippets/learn-papers',
    index: '/var/www/learn.ericfromkorea.com/thesis/index.html',
    errorLog: '/var/log/nginx/error.log',
    accessLog: '/var/log/nginx/access.log',
  },
  site: {
    url: 'https://learn.ericfromkorea.com/thesis/',
    base: '/thesis',
    hostname: 'learn.ericfromkorea.com',
    port: 443,
    connect: null,
    ca: null,
  },
  probe: { every: 5000, timeout: 5000 },
}
