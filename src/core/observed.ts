import type { Config } from './config.ts'
import type { Problem } from './errors.ts'
import type {
  CellFacts,
  EdgeHostFacts,
  EdgeProbe,
  EdgeState,
  GpuHostFacts,
  GpuSample,
  HostStats,
  IndexPage,
  LanProbe,
  Link,
  Listener,
  LocalProbe,
  PaperFacts,
  RegistryEntry,
  SnippetFile,
  StandIn,
  Unfinished,
  UnitFacts,
  UnitFile,
} from './facts.ts'
import { type GpuUses, learnUses, mergeUses } from './gpu-use.ts'
import { papersOf, pushHistory } from './paper-facts.ts'
import type { KnownUses } from './ports.ts'
import { failed, fresh, lastOf, never, type Reading } from './reading.ts'
import { noReconnects, reconnectsAfter } from './reconnects.ts'
import { same } from './same.ts'

/** Everything observed of one GPU host, its edge and its papers. The console's store holds one; `status` makes one. */
export type Observed = {
  readonly gpuHost: GpuHostFacts
  readonly edgeHost: EdgeHostFacts
  readonly registry: Reading<readonly RegistryEntry[]>
  /** In the registry's order, then what has no entry (orphans) by id. */
  readonly papers: ReadonlyMap<string, PaperFacts>
  /** What papers used of the GPUs in their last runs, from the operator's memory and from every sample since. */
  readonly gpuUses: GpuUses
  readonly unfinished: Reading<readonly Unfinished[]>
  /** The lists the papers are made of: a paper that appears later still knows that it has no unit. */
  readonly lists: {
    readonly units: Reading<readonly UnitFacts[]>
    readonly unitFiles: Reading<readonly UnitFile[]>
    readonly snippets: Reading<readonly SnippetFile[]>
  }
}

/** An answer, or the reason why there is none. */
export type Answer<T> = { readonly at: number } & ({ readonly value: T } | { readonly error: Problem })

/** One thing an observer learned. `observe(observed, observation)` is the only way the picture changes. */
export type Observation =
  | { type: 'link'; role: 'gpu' | 'edge'; link: Link }
  | { type: 'registry'; answer: Answer<readonly RegistryEntry[]> }
  | { type: 'intents'; answer: Answer<readonly Unfinished[]> }
  | { type: 'units'; answer: Answer<readonly UnitFacts[]> }
  /** A single change, from a D-Bus signal. */
  | { type: 'unit'; unit: UnitFacts; at: number }
  | { type: 'unit-files'; answer: Answer<readonly UnitFile[]> }
  | { type: 'snippets'; answer: Answer<readonly SnippetFile[]> }
  | { type: 'index'; answer: Answer<IndexPage> }
  | { type: 'edge-state'; answer: Answer<EdgeState> }
  /** What was remembered of former runs. */
  | { type: 'gpu-uses'; uses: GpuUses }
  | { type: 'gpu'; answer: Answer<GpuSample> }
  | { type: 'stats'; answer: Answer<HostStats> }
  | { type: 'stand-ins'; answer: Answer<readonly StandIn[]> }
  | { type: 'local'; id: string; answer: Answer<LocalProbe> }
  | { type: 'lan'; id: string; answer: Answer<LanProbe> }
  | { type: 'edge'; id: string; answer: Answer<EdgeProbe> }
  | { type: 'listener'; id: string; answer: Answer<Listener> }
  | { type: 'cells'; id: string; answer: Answer<CellFacts> }
  | { type: 'changed'; id: string; answer: Answer<boolean | null> }

/** Nothing known yet. `at`: when we began to ask. */
export const emptyObserved = (config: Hosts, at: number): Observed => ({
  gpuHost: {
    name: config.gpu.name,
    address: config.gpu.address,
    via: config.gpu.reach.via,
    link: firstLink(config.gpu.reach.via, at),
    reconnects: noReconnects,
    stats: never(),
    standIns: never(),
    gpu: never(),
  },
  edgeHost: {
    name: config.edge.name,
    via: config.edge.reach.via,
    link: firstLink(config.edge.reach.via, at),
    reconnects: noReconnects,
    state: never(),
    index: never(),
  },
  registry: never(),
  papers: new Map(),
  gpuUses: new Map(),
  unfinished: never(),
  lists: { units: never(), unitFiles: never(), snippets: never() },
})

/**
 * The picture after one more observation. What it does not change stays the same object, so views can compare by identity;
 * an answer equal to the last one counts as no change for 10 s, the step in which ages are shown.
 */
export const observe = (observed: Observed, seen: Observation): Observed => {
  switch (seen.type) {
    case 'link':
      return withLink(observed, seen.role, seen.link)
    case 'registry':
      return withPapers(observed, { registry: heard(observed.registry, seen.answer) })
    case 'intents':
      return change(observed, { unfinished: heard(observed.unfinished, seen.answer) })
    case 'units':
      return withUses(withList(observed, { units: heard(observed.lists.units, seen.answer) }))
    case 'unit':
      return withList(observed, { units: withUnit(observed.lists.units, seen.unit) })
    case 'unit-files':
      return withList(observed, { unitFiles: heard(observed.lists.unitFiles, seen.answer) })
    case 'snippets':
      return withList(observed, { snippets: heard(observed.lists.snippets, seen.answer) })
    case 'index':
      return withEdgeHost(observed, { index: heard(observed.edgeHost.index, seen.answer) })
    case 'edge-state':
      return withEdgeHost(observed, { state: heard(observed.edgeHost.state, seen.answer) })
    case 'gpu-uses':
      return change(observed, { gpuUses: mergeUses(observed.gpuUses, seen.uses) })
    case 'gpu':
      return withUses(withSample(observed, seen.answer))
    case 'stats':
      return withGpuHost(observed, { stats: heard(observed.gpuHost.stats, seen.answer) })
    case 'stand-ins':
      return withGpuHost(observed, { standIns: heard(observed.gpuHost.standIns, seen.answer) })
    default:
      return withPaper(observed, seen)
  }
}

/** Passes on what was learned of the papers' memory. @param before null: all of it is news */
export const keepUses = (
  { gpuUses }: { readonly gpuUses: KnownUses },
  before: Observed | null,
  after: Observed,
): void => {
  const sample = lastOf(after.gpuHost.gpu)
  if (sample !== undefined && after.gpuUses !== before?.gpuUses) gpuUses.keep(after.gpuUses, sample)
}

type Hosts = {
  readonly [host in 'gpu' | 'edge']: Pick<Config[host], 'name'> & { readonly reach: { readonly via: 'local' | 'ssh' } }
} & { readonly gpu: Pick<Config['gpu'], 'address'> }

type OfOnePaper = Extract<Observation, { id: string }>

const unchangedFor = 10_000

const firstLink = (via: 'local' | 'ssh', at: number): Link =>
  via === 'local' ? { kind: 'local' } : { kind: 'connecting', since: at }

const heard = <T>(before: Reading<T>, answer: Answer<T>): Reading<T> => {
  if ('error' in answer) {
    const after = failed(before, answer.error)
    return same(before, after) ? before : after
  }
  if (before.kind === 'never' || !same(before.value, answer.value)) return fresh(answer.value, answer.at)
  const recent = before.kind === 'fresh' && Math.abs(answer.at - before.at) < unchangedFor
  return recent ? before : fresh(before.value, answer.at)
}

/** The object itself when the change changes nothing. */
const change = <T extends object>(before: T, after: Partial<T>): T =>
  Object.entries(after).every(([key, value]) => before[key as keyof T] === value) ? before : { ...before, ...after }

const withPapers = (observed: Observed, after: Partial<Observed>): Observed => {
  const next = change(observed, after)
  return next === observed ? observed : change(next, { papers: papersOf(next) })
}

const withList = (observed: Observed, after: Partial<Observed['lists']>): Observed =>
  withPapers(observed, { lists: change(observed.lists, after) })

const withGpuHost = (observed: Observed, after: Partial<GpuHostFacts>): Observed =>
  withPapers(observed, { gpuHost: change(observed.gpuHost, after) })

const withEdgeHost = (observed: Observed, after: Partial<EdgeHostFacts>): Observed =>
  withPapers(observed, { edgeHost: change(observed.edgeHost, after) })

const withLink = (observed: Observed, role: 'gpu' | 'edge', link: Link): Observed => {
  const host = role === 'gpu' ? observed.gpuHost : observed.edgeHost
  if (same(host.link, link)) return observed
  const linked = { link, reconnects: reconnectsAfter(host.link, host.reconnects, link) }
  return role === 'gpu'
    ? { ...observed, gpuHost: { ...observed.gpuHost, ...linked } }
    : { ...observed, edgeHost: { ...observed.edgeHost, ...linked } }
}

const withSample = (observed: Observed, answer: Answer<GpuSample>): Observed => {
  const next = withGpuHost(observed, { gpu: heard(observed.gpuHost.gpu, answer) })
  return 'error' in answer ? next : change(next, { papers: pushHistory(next.papers, answer.value, answer.at) })
}

/** A run of a unit is known by systemd, what it uses by the sample: whichever came last, it takes both. */
const withUses = (observed: Observed): Observed => {
  const { gpu } = observed.gpuHost
  const { units } = observed.lists
  if (gpu.kind !== 'fresh' || units.kind === 'never') return observed
  return change(observed, { gpuUses: learnUses(observed.gpuUses, gpu.value, gpu.at, units.value) })
}

/** A signal about one unit means little before the first list: it cannot tell which units there are. */
const withUnit = (units: Reading<readonly UnitFacts[]>, unit: UnitFacts): Reading<readonly UnitFacts[]> => {
  if (units.kind === 'never') return units
  const before = units.value.find(other => other.unit === unit.unit)
  if (same(before, unit)) return units
  const others = units.value.filter(other => other.unit !== unit.unit)
  return { ...units, value: [...others, unit] }
}

const withPaper = (observed: Observed, seen: OfOnePaper): Observed => {
  const before = observed.papers.get(seen.id)
  if (before === undefined) return observed
  const after = change(before, answerOf(before, seen))
  return after === before ? observed : { ...observed, papers: new Map(observed.papers).set(seen.id, after) }
}

const answersSince = (paper: PaperFacts, answer: Answer<LocalProbe>): number | null => {
  if ('error' in answer) return paper.answersSince
  if (!answer.value.ok) return null
  const start = lastOf(paper.unit)?.since ?? 0
  return paper.answersSince !== null && paper.answersSince >= start ? paper.answersSince : answer.at
}

const answerOf = (paper: PaperFacts, seen: OfOnePaper): Partial<PaperFacts> => {
  switch (seen.type) {
    case 'local':
      return { local: heard(paper.local, seen.answer), answersSince: answersSince(paper, seen.answer) }
    case 'lan':
      return { lan: heard(paper.lan, seen.answer) }
    case 'edge':
      return { edge: heard(paper.edge, seen.answer) }
    case 'listener':
      return { listener: heard(paper.listener, seen.answer) }
    case 'cells':
      return { cells: heard(paper.cells, seen.answer) }
    case 'changed':
      return { changedSincePublish: heard(paper.changedSincePublish, seen.answer) }
  }
}
