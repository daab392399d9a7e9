import type { GpuSample, PaperFacts, UnitFacts } from './facts.ts'
import { riseAfter } from './gpu-growth.ts'
import type { Observed } from './observed.ts'
import { freeBeside, paperGpu } from './paper-gpu.ts'
import { fresh, lastOf, never, type Reading } from './reading.ts'
import { same } from './same.ts'

/**
 * The papers of what was observed: the registry's, in its order, then those with another record (unit, unit file, snippet,
 * line of the index page) by id. Papers that did not change keep their object, and the map is the same when none did.
 */
export const papersOf = (observed: Observed): ReadonlyMap<string, PaperFacts> => {
  const before = observed.papers
  const papers = new Map(idsOf(observed).map(id => [id, paperOf(id, observed)]))
  return sameMap(before, papers) ? before : papers
}

/** One more point of every paper's sparkline, and of its rise, after a new GPU sample. */
export const pushHistory = (
  papers: ReadonlyMap<string, PaperFacts>,
  sample: GpuSample,
  at: number,
): ReadonlyMap<string, PaperFacts> => {
  const pushed = new Map([...papers].map(([id, paper]) => [id, withPoint(paper, sample, at)]))
  return sameMap(papers, pushed) ? papers : pushed
}

const longestHistory = 40

const idsOf = (observed: Observed): string[] => {
  const { registry, edgeHost, lists } = observed
  const entries = (lastOf(registry) ?? []).map(entry => entry.id)
  const files = lastOf(lists.unitFiles) ?? []
  const foreign = new Set(files.filter(file => file.origin === 'foreign').map(file => file.unit))
  const others = [
    ...(lastOf(lists.units) ?? []).filter(unit => unit.state !== 'not-found').map(unit => unit.unit),
    ...files.map(file => file.unit),
  ].filter(unit => !unit.endsWith('--next') && !foreign.has(unit))
  const routed = (lastOf(lists.snippets) ?? []).filter(isPaperSnippet).map(snippet => snippet.name)
  const listed = lastOf(edgeHost.index)?.listed ?? []
  return [...new Set([...entries, ...[...others, ...routed, ...listed].sort()])]
}

/** `_generation.conf` is the marker; a file that is nobody's paper is named only where it is in the way of one. */
const isPaperSnippet = ({ name, origin }: { readonly name: string; readonly origin: string }): boolean =>
  !name.startsWith('_') && origin !== 'foreign'

const paperOf = (id: string, observed: Observed): PaperFacts => {
  const { registry, lists, edgeHost, gpuHost } = observed
  const before = observed.papers.get(id) ?? unseen(id, gpuHost.name)
  const after: PaperFacts = {
    ...before,
    host: gpuHost.name,
    entry: part(before.entry, registry, all => named(all, idOf).get(id) ?? null),
    unit: part(before.unit, lists.units, all => known(named(all, unitOf).get(id))),
    unitFile: part(before.unitFile, lists.unitFiles, all => named(all, unitOf).get(id) ?? null),
    snippet: part(before.snippet, lists.snippets, all => named(all, nameOf).get(id) ?? null),
    listed: part(before.listed, edgeHost.index, page => named(page.listed, itself).has(id)),
    gpu: part(before.gpu, gpuHost.gpu, sample => paperGpu(id, sample)),
  }
  return same(before, after) ? before : after
}

const idOf = ({ id }: { readonly id: string }): string => id
const unitOf = ({ unit }: { readonly unit: string }): string => unit
const nameOf = ({ name }: { readonly name: string }): string => name
const itself = (id: string): string => id

const known = (unit: UnitFacts | undefined): UnitFacts | null =>
  unit === undefined || unit.state === 'not-found' ? null : unit

// A thousand papers each look into the same lists: what was made of a list hangs on it, and goes with it.
const indexes = new WeakMap<readonly unknown[], ReadonlyMap<string, unknown>>()

/** The list by name; of two that have the same, the first counts. */
const named = <T>(list: readonly T[], name: (item: T) => string): ReadonlyMap<string, T> => {
  const before = indexes.get(list)
  if (before !== undefined) return before as ReadonlyMap<string, T>
  const index = new Map(list.map(item => [name(item), item] as const).reverse())
  indexes.set(list, index)
  return index
}

const unseen = (id: string, host: string): PaperFacts => ({
  id,
  host,
  entry: never(),
  unit: never(),
  unitFile: never(),
  snippet: never(),
  listed: never(),
  gpu: never(),
  local: never(),
  answersSince: null,
  lan: never(),
  edge: never(),
  cells: never(),
  changedSincePublish: never(),
  listener: never(),
  gpuHistory: [],
  gpuRise: null,
  gpuGrewTo: null,
})

/** One paper's part of a list: as fresh, stale or unknown as the list itself. */
const part = <All, One>(before: Reading<One>, all: Reading<All>, pick: (all: All) => One): Reading<One> => {
  if (all.kind === 'never') return same(before, all) ? before : all
  const value = pick(all.value)
  if (all.kind === 'stale') return { kind: 'stale', value, at: all.at, error: all.error }
  return before.kind === 'fresh' && same(before.value, value) ? before : fresh(value, all.at)
}

const withPoint = (paper: PaperFacts, sample: GpuSample, at: number): PaperFacts => {
  const gpu = lastOf(paper.gpu)
  if (gpu === undefined || (gpu === null && paper.gpuHistory.length === 0)) return paper
  const point = gpu === null ? 0 : gpu.mib
  if (point === null) return paper
  const gpuHistory = [...paper.gpuHistory, point].slice(-longestHistory)
  const gpuRise = riseAfter(paper.gpuRise, paper.gpuHistory.at(-1), { mib: point, at }, freeBeside(gpu, sample))
  if (gpuRise === paper.gpuRise && same(gpuHistory, paper.gpuHistory)) return paper
  const gpuGrewTo = point === 0 && paper.gpuRise?.isGrowth ? paper.gpuRise : paper.gpuGrewTo
  return { ...paper, gpuHistory, gpuRise, gpuGrewTo }
}

const sameMap = (a: ReadonlyMap<string, PaperFacts>, b: ReadonlyMap<string, PaperFacts>): boolean =>
  a.size === b.size && same([...a.keys()], [...b.keys()]) && [...a].every(([id, paper]) => b.get(id) === paper)
