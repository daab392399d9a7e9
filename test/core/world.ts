import type { Problem } from '../../src/core/errors.ts'
import type {
  CellFacts,
  EdgeProbe,
  EdgeState,
  LanProbe,
  Link,
  Listener,
  LocalProbe,
  RegistryEntry,
  SnippetFile,
  Unfinished,
  UnitFacts,
  UnitFile,
} from '../../src/core/facts.ts'
import { type Answer, emptyObserved, type Observation, type Observed, observe } from '../../src/core/observed.ts'

/** The present of every situation: 2026-11-23T14:02:00Z. */
export const now = Date.UTC(2026, 10, 23, 14, 2)
export const ago = (seconds: number): number => now - seconds * 1000
const day = 86_400

export const unreachable: Problem = {
  kind: 'host-unreachable',
  host: 'son-wtr',
  address: '192.168.1.121:22',
  why: 'connection refused',
}

/** What differs from a paper that is fine. A `Problem` instead of a value: asking failed; with `was` seen before. */
export type Spec = {
  id?: string
  entry?: Partial<RegistryEntry> | null | Problem
  unit?: Partial<UnitFacts> | null | Problem
  unitFile?: Partial<UnitFile> | null
  snippet?: Partial<SnippetFile> | null | Problem
  listed?: boolean | Problem
  local?: Partial<LocalProbe> | Problem | undefined
  lan?: Partial<LanProbe>
  edge?: Partial<EdgeProbe> | Problem | undefined
  cells?: Partial<CellFacts>
  listener?: Listener
  changed?: boolean
  intent?: Partial<Unfinished>
  state?: Partial<EdgeState> | Problem
  gpuLink?: Link
  edgeLink?: Link
  /** Observations after all that, such as a failure that turns a reading stale. */
  afterwards?: readonly Observation[]
  /** When the probes answered. */
  probedAt?: number
}

export const certificate = { expires: now + 59 * day * 1000, fingerprint: 'aa11', namesMatch: true, trusted: true }

/** An observed world with one paper, made through `observe` as the real one is. */
export const worldOf = (spec: Spec): Observed =>
  [...observations(spec), ...(spec.afterwards ?? [])].reduce(observe, empty())

export const empty = (): Observed =>
  emptyObserved(
    {
      gpu: { name: 'son-pro6000', address: '192.168.1.116', reach: { via: 'local' } },
      edge: { name: 'son-wtr', reach: { via: 'ssh' } },
    },
    ago(day),
  )

const observations = (spec: Spec): Observation[] => {
  const id = spec.id ?? 'attention'
  const probedAt = spec.probedAt ?? now - 1000
  const asked = <K extends keyof Spec>(key: K): boolean => !(key in spec && spec[key] === undefined)
  return [
    { type: 'link', role: 'gpu', link: spec.gpuLink ?? { kind: 'local' } },
    { type: 'link', role: 'edge', link: spec.edgeLink ?? { kind: 'up', since: ago(day), rttMs: 1 } },
    { type: 'registry', answer: answer(now, list({ ...fine.entry, id }, spec.entry)) },
    { type: 'units', answer: answer(now, list({ ...fine.unit, unit: id }, spec.unit)) },
    { type: 'unit-files', answer: answer(now, list({ ...fine.unitFile, unit: id }, spec.unitFile)) },
    { type: 'snippets', answer: answer(now, list({ ...fine.snippet, name: id }, spec.snippet)) },
    { type: 'index', answer: answer(now, indexOf(id, spec.listed ?? true)) },
    { type: 'edge-state', answer: answer(now, one(fine.state, spec.state)) },
    { type: 'intents', answer: { at: now, value: spec.intent ? [{ ...fine.intent, id, ...spec.intent }] : [] } },
    ...(asked('local') ? [{ type: 'local', id, answer: answer(probedAt, one(fine.local, spec.local)) } as const] : []),
    ...(asked('edge') ? [{ type: 'edge', id, answer: answer(probedAt, one(fine.edge, spec.edge)) } as const] : []),
    { type: 'lan', id, answer: { at: probedAt, value: { ...fine.lan, ...spec.lan } } },
    { type: 'cells', id, answer: { at: now, value: { ...fine.cells, ...spec.cells } } },
    { type: 'listener', id, answer: { at: now, value: spec.listener ?? { kind: 'unit' } } },
    { type: 'changed', id, answer: { at: now, value: spec.changed ?? false } },
  ]
}

const fine = {
  entry: {
    id: '',
    port: 27000,
    title: 'Attention Is All You Need',
    notebook: 'papers/attention.py',
    publishedAt: '2026-11-20T07:00:00Z',
    release: '0123456789abcdef',
    pending: false,
  },
  unit: {
    unit: '',
    state: 'active',
    sub: 'running',
    result: 'success',
    restarts: 0,
    exitStatus: 0,
    since: ago(3 * day),
    mainPid: 4711,
    memoryBytes: 900_000_000,
    enabled: true,
    controlGroup: '/system.slice/papergen-attention.service',
    invocation: 'f00d',
    needsReload: false,
  } as UnitFacts,
  unitFile: {
    unit: '',
    path: '/etc/systemd/system/papergen-attention.service',
    origin: 'ours',
    port: 27000,
    notebook: '/home/son/prj/thesis/state/releases/attention/0123456789abcdef/attention.py',
    release: '0123456789abcdef',
    text: '',
  } as UnitFile,
  snippet: { name: '', origin: 'ours', upstream: { address: '192.168.1.116', port: 27000 }, text: '' } as SnippetFile,
  local: { ok: true, status: 200, ms: 2, viewers: 0, error: null } as LocalProbe,
  lan: { ok: true, ms: 3, error: null } as LanProbe,
  edge: {
    ok: true,
    kind: 'ok',
    status: 200,
    ms: 9,
    phases: { dns: 1, connect: 1, tls: 3, ttfb: 9 },
    websocket: true,
    error: null,
    certificate,
  } as EdgeProbe,
  cells: { errors: 0, last: null, lastAt: null, exception: null, raisedAt: null } as CellFacts,
  state: {
    nginx: 'active',
    configError: null,
    markerOnDisk: 'g1',
    markerServed: 'g1',
    certificate: { path: '/c.pem', fingerprint: 'aa11', notAfter: certificate.expires, names: ['learn.example'] },
    certbot: { next: '2026-11-24T00:00:00Z', last: null, lastResult: 'success' },
    simulated: false,
  } as EdgeState,
  intent: {
    op: '20261123070000123-publish-attention',
    operation: 'publish',
    id: '',
    by: 'son@desk',
    since: new Date(ago(20)).toISOString(),
    step: 'health',
    port: 27000,
    release: null,
    title: null,
    notebook: null,
    before: null,
    running: null,
  } as Unfinished,
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'kind' in value && 'host' in value

const answer = <T>(at: number, value: T | Problem): Answer<T> =>
  isProblem(value) ? { at, error: value } : { at, value: value as T }

const one = <T>(base: T, patch: Partial<T> | Problem | undefined): T | Problem =>
  isProblem(patch) ? patch : { ...base, ...patch }

const list = <T>(base: T, patch: Partial<T> | null | Problem | undefined): readonly T[] | Problem => {
  if (patch === null) return []
  const value = one(base, patch)
  return isProblem(value) ? value : [value]
}

const indexOf = (id: string, listed: boolean | Problem) =>
  isProblem(listed) ? listed : ({ origin: 'ours', listed: listed ? [id] : [], fragment: 'f' } as const)

/** A sample of the GPUs in which the paper attention uses so much, alone on a GPU of this size. */
export const gpuUse = (mib: number, at = now, totalMib: number | null = null): Observation => {
  const process = {
    pid: 4711,
    uuid: 'GPU-0',
    unit: 'papergen-attention.service',
    name: 'python3',
    user: 'son',
    mib,
  } as const
  const device = { index: 0, uuid: 'GPU-0', name: 'RTX', utilization: null, temperatureC: null, note: null } as const
  return {
    type: 'gpu',
    answer: {
      at,
      value: { devices: [{ ...device, usedMib: mib, totalMib }], processes: [process], driver: null, simulated: false },
    },
  }
}

/** As many samples as it takes to see a leak, the last one now: 3.0 to 5.6 GiB in a minute, on a GPU of 16 GiB. */
export const leaking = [0, 1, 2, 3, 4, 5, 6, 7].map(at => gpuUse(2622 + at * 450, now - (7 - at) * 10_000, 16_384))
