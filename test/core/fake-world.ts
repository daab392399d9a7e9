import type { AccountFiles } from '../../src/core/account-files.ts'
import type { Begin } from '../../src/core/entry.ts'
import { PapergenError, type Problem } from '../../src/core/errors.ts'
import type { Exposure } from '../../src/core/exposure.ts'
import type { GpuSample, Intent, UnitFacts } from '../../src/core/facts.ts'
import { type GpuUses, mergeUses } from '../../src/core/gpu-use.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import type { PapersUser } from '../../src/core/papers-user.ts'
import type { AuditLine, RegistryFile, Release, World } from '../../src/core/ports.ts'
import type { UnitWall } from '../../src/core/unit-wall.ts'
import { fakeEdgeEntry, fakeGpuEntry, fakeProber } from './fake-entries.ts'
import type { FakeUnit, Route } from './fake-values.ts'
import {
  fakeConfig,
  hashOf,
  journalLine,
  listedOn,
  originOf,
  readFakeSnippet,
  unexpected,
  unitFacts,
  unitFile,
} from './fake-values.ts'

export type { FakeUnit } from './fake-values.ts'

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
  gpuJournal: { begin: Begin; units: Map<string, FakeUnit | null>; touched: Set<string> } | null = null
  edgeJournal: { begin: Begin; routes: Map<string, Route>; index: string | null; final: boolean } | null = null
  confirmed = new Set<string>()
  /** Ids whose route nginx has not loaded. */
  unloaded = new Set<string>()
  /** Releases whose cells never let the server start. */
  sick = new Set<string>()
  /** Ports a stranger listens on. */
  strangers = new Set<number>()
  notebooks = new Map<string, string>()
  gpu: GpuSample = { devices: [], processes: [], driver: null, simulated: true }
  /** What the operator's machine remembers. */
  gpuUses: GpuUses = new Map()
  nginx: 'active' | 'failed' | 'broken-config' = 'active'
  hasWebSocket = true
  /** What setup wrote on the GPU host. */
  policy: Readonly<Record<string, string>> = { address: '192.168.1.116', base: '/thesis', ports: '27000 27999' }
  /** What both hosts say of themselves: as setup leaves them. */
  exposure: Exposure = { loose: [], lookedAt: 40, login: null, filter: 'some' }
  /** What systemd goes by for the units, and who else papers run as. */
  walls: readonly UnitWall[] = []
  papersUsers = new Map<string, PapersUser>()
  /** The login that setup made on the edge, and what it opens. */
  edgeAccount: AccountFiles | null = null
  edgeOpens: readonly string[] = []
  /** Whether the machine papergen runs on reaches the papers around the edge. */
  isReachedHere = true
  readOnly = false
  /** What somebody set the wall clock forward or back by, ms. */
  stepped = 0
  now = Date.parse('2026-11-23T07:00:00.123Z')
  calls: string[] = []
  fault: Fault | null = null
  /** Calls that fail whenever they are made, by their first word. */
  broken = new Map<string, Problem>()
  dead = false
  /** With this call both links are cut, so both programs end. */
  cutAt: number | null = null
  /** Ports that answer only from then on, by the clock that only goes forward. */
  slowUntil = new Map<number, number>()
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
      unloaded: [...this.unloaded],
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
    if (this.now < (this.slowUntil.get(port) ?? 0)) return null
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
        now: () => this.now + this.stepped,
        elapsed: () => this.now,
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
      gpuEntry: fakeGpuEntry(this),
      edgeEntry: fakeEdgeEntry(this),
      units: {
        units: () => this.call('units.units', () => [...this.units.keys()].map(name => this.unitFacts(name))),
        unit: name => this.call(`units.unit ${name}`, () => this.unitFacts(name)),
        unitFiles: () => this.call('units.files', () => [...this.units].map(([name, unit]) => unitFile(name, unit))),
        walls: () => this.call('units.walls', () => this.walls),
        watch: () => () => undefined,
      },
      logins: {
        papersUser: name => this.call(`logins.papersUser ${name}`, () => this.papersUsers.get(name) ?? null),
        edgeAccount: () => this.call('logins.edgeAccount', () => this.edgeAccount),
        edgeOpens: () => this.call('logins.edgeOpens', () => this.edgeOpens),
        home: () => this.call('logins.home', () => '/home/son'),
      },
      journal: { read: query => this.journalOf(query.unit), heard: unexpected('journal.heard') },
      prober: fakeProber(this),
      gpu: {
        sample: () => this.call('gpu.sample', () => this.gpu),
      },
      gpuUses: {
        known: () => this.gpuUses,
        keep: uses => {
          this.gpuUses = mergeUses(this.gpuUses, uses)
        },
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
      audit: {
        append: line => this.call('audit.append', () => void this.audit.push(line)),
        list: () => this.call('audit.list', () => ({ lines: this.audit.toReversed(), broken: 0 })),
      },
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
    if (text === undefined)
      throw new PapergenError({ kind: 'bad-notebook', path, why: 'no such file', detail: null, hint: 'name another' })
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
    const needsReload = unit?.unread === true
    return { ...unitFacts, unit: name, state, exitStatus: isSick ? 1 : 0, enabled: unit?.enabled ?? null, needsReload }
  }

  /** Stops or replaces what a unit serves; notes when visitors were on it. */
  disturb(words: string, unit: FakeUnit | undefined, act: () => void): void {
    const port = unit?.serving?.port
    const routed = port !== undefined && [...this.routes.values()].some(route => route.port === port)
    if (routed && this.isServing(port)) this.outages.push(words)
    act()
  }

  needsGpuLock(): void {
    if (this.gpuLock === null) throw new Error('no gpu lock')
  }

  needsEdgeLock(): void {
    if (this.edgeLock === null) throw new Error('no edge lock')
  }

  recordUnit(name: string): void {
    this.needsGpuLock()
    const former = this.units.get(name)
    const { units } = this.gpuJournal!
    if (!units.has(name)) units.set(name, former === undefined ? null : { ...former })
    if (former?.origin === 'foreign')
      throw new PapergenError({ kind: 'foreign', what: 'unit', path: name, why: 'it is not papergen’s' })
  }

  /** Its process was changed too, as papergen-gpu remembers it. */
  touchUnit(name: string): void {
    const { begin, units, touched } = this.gpuJournal!
    if (begin.operation === 'restart' || begin.operation === 'repair') return
    if (!units.has(name)) this.recordUnit(name)
    touched.add(name)
  }

  undoUnit(name: string): void {
    const former = this.gpuJournal?.units.get(name)
    if (former === undefined) return
    const unit = this.units.get(name)
    const wasTouched = this.gpuJournal?.touched.delete(name) === true
    if (former === null) this.disturb(`undoUnit ${name}`, unit, () => this.units.delete(name))
    else if (wasTouched)
      this.disturb(`undoUnit ${name}`, unit, () => {
        const serving = former.active ? { port: former.port, release: former.release } : null
        this.units.set(name, { ...former, serving })
      })
    else this.units.set(name, { ...former, serving: unit?.serving ?? null })
  }
}
