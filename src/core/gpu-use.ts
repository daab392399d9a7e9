import type { GpuSample, UnitFacts } from './facts.ts'
import { unitIdOf } from './paper.ts'
import { same } from './same.ts'

/** The most a paper used of each GPU in its last run, in MiB by the GPU's uuid. */
export type GpuUse = {
  /** systemd's invocation of the unit; null when it was not known. */
  readonly run: string | null
  /** When it was last seen on a GPU. */
  readonly at: number
  readonly peaks: Readonly<Record<string, number>>
}

/** By the paper's id. */
export type GpuUses = ReadonlyMap<string, GpuUse>

/** What is known after one more sample. The map itself when nothing is new. */
export const learnUses = (before: GpuUses, sample: GpuSample, at: number, units: readonly UnitFacts[]): GpuUses => {
  const byName = new Map(units.map(unit => [unit.unit, unit]))
  const learned = [...usesNow(sample)].flatMap(([id, now]) => {
    const unit = byName.get(id)
    const peaks = Object.fromEntries([...now].filter((each): each is [string, number] => each[1] !== null))
    if (unit === undefined || Object.keys(peaks).length === 0) return []
    const use = laterUse(before.get(id), { run: unit.invocation, at, peaks }, isYoung(unit, at))
    return use === before.get(id) ? [] : [[id, use] as const]
  })
  return learned.length === 0 ? before : new Map([...before, ...learned])
}

/** What two papergens learned of the same papers. The map itself when the other knows nothing more. */
export const mergeUses = (before: GpuUses, more: GpuUses): GpuUses => {
  const merged = new Map([...before, ...[...more].map(([id, use]) => [id, newerUse(before.get(id), use)] as const)])
  return same([...before], [...merged]) ? before : merged
}

/** Of every paper that is on a GPU now: by uuid what its processes use, null where one of them does not say. */
export const usesNow = (sample: GpuSample): ReadonlyMap<string, ReadonlyMap<string, number | null>> => {
  const papers = new Map<string, Map<string, number | null>>()
  for (const { unit, uuid, mib } of sample.processes) {
    const id = unit === null ? null : unitIdOf(unit)
    // The second unit of an update is another run of the paper, which will not stay.
    if (id === null || id.endsWith('--next')) continue
    const paper = papers.get(id) ?? new Map<string, number | null>()
    const sum = paper.get(uuid)
    paper.set(uuid, mib === null || sum === null ? null : (sum ?? 0) + mib)
    papers.set(id, paper)
  }
  return papers
}

/** A run that young may die for want of the memory it would use: what it used so far does not tell what it needs. */
const young = 60_000

const isYoung = ({ since }: UnitFacts, at: number): boolean => since !== null && at - since < young

/** When it was last seen is told to the minute: a paper that goes on as before is no news. */
const coarse = 60_000

const laterUse = (before: GpuUse | undefined, seen: GpuUse, isSeenYoung: boolean): GpuUse => {
  if (before === undefined) return seen
  if (before.run !== seen.run) return isSeenYoung && total(seen) <= total(before) ? before : seen
  const peaks = higher(before.peaks, seen.peaks)
  return same(peaks, before.peaks) && seen.at - before.at < coarse ? before : { ...seen, peaks }
}

const newerUse = (before: GpuUse | undefined, other: GpuUse): GpuUse => {
  if (before === undefined) return other
  const [older, newer] = before.at < other.at ? [before, other] : [other, before]
  return older.run === newer.run ? { ...newer, peaks: higher(older.peaks, newer.peaks) } : newer
}

const total = ({ peaks }: GpuUse): number => Object.values(peaks).reduce((sum, mib) => sum + mib, 0)

const higher = (a: GpuUse['peaks'], b: GpuUse['peaks']): GpuUse['peaks'] =>
  Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map(uuid => [uuid, Math.max(a[uuid] ?? 0, b[uuid] ?? 0)]),
  )
