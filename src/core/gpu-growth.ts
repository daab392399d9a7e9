import { age, gib, inGib } from './age.ts'
import type { PaperFacts } from './facts.ts'

/** GPU memory of a paper since it began to rise, told sample by sample. Amounts are MiB, times milliseconds. */
export type Rise = {
  readonly begun: Point
  readonly now: Point
  readonly peak: number
  /** How many samples were higher than the one before. */
  readonly steps: number
  /** A few points of the last minutes: how fast it rises, and whether it still does. */
  readonly marks: readonly Point[]
  /** What its GPU has left; null where that is not known. */
  readonly free: number | null
  /** It was found to be more than a start or a few visitors, and stays found until it falls or lies still. */
  readonly isGrowth: boolean
}

type Point = { readonly mib: number; readonly at: number }

/** A paper that loads its models rises too, but in a few leaps, or not for long. */
const leastSteps = 6
const leastTime = 30_000
/** Less is what visitors' sessions take. */
const leastMib = 256
/** Of what it began with. Where the GPU is soon full, it need not be so much. */
const leastPart = 0.15
const soon = 3_600_000
/** A fall by no more, or by a quarter of what it took, is none. */
const littleMib = 64
/** It lies still when it took no more than this for so long. */
const stillMib = 32
const stillFor = 180_000
const betweenMarks = 30_000
/** A sample that could not be made again is worth this much. */
const worthFor = 120_000
/** What is farther away nobody can tell from a few minutes. */
const foreseeable = 86_400_000

/** The rise after one more sample; null while there is none. @param last the sample before; undefined for the first */
export const riseAfter = (
  before: Rise | null,
  last: number | undefined,
  now: Point,
  free: number | null,
): Rise | null => {
  if (before === null) return isRiseFrom(last, now) ? beginning(now, free) : null
  if (hasFallen(before, now.mib) || now.at < before.now.at) return null
  const rise = {
    ...before,
    ...{ now, free },
    peak: Math.max(before.peak, now.mib),
    steps: before.steps + (now.mib > before.now.mib ? 1 : 0),
    marks: marksAfter(before.marks, now),
  }
  return liesStill(rise) ? null : { ...rise, isGrowth: before.isGrowth || isGrowth(rise) }
}

/** The rise of a paper that takes more and more. An nvidia-smi that does not answer for a moment takes nothing back. */
export const growthOf = ({ gpu, gpuRise }: Pick<PaperFacts, 'gpu' | 'gpuRise'>, at: number): Rise | null => {
  if (gpuRise === null || !gpuRise.isGrowth || gpu.kind === 'never') return null
  return gpu.kind === 'fresh' || at - gpuRise.now.at < worthFor ? gpuRise : null
}

/** `GPU memory grows: 35.2 → 42.1 GiB in 3 m, full in about 9 m` */
export const growthWords = (rise: Rise): string => {
  const { begun, now } = rise
  const left = fullIn(rise)
  const full = left === null ? '' : left < 10_000 ? ', full at any moment' : `, full in about ${age(left)}`
  return `GPU memory grows: ${inGib(begun.mib)} → ${gib(now.mib)} in ${age(now.at - begun.at)}${full}`
}

/** `it had grown 35.2 → 42.1 GiB in 3 m` */
export const grownWords = ({ begun, now }: Rise): string =>
  `it had grown ${inGib(begun.mib)} → ${gib(now.mib)} in ${age(now.at - begun.at)}`

/** From nothing to its models is a start. */
const isRiseFrom = (last: number | undefined, { mib }: Point): boolean => last !== undefined && last > 0 && mib > last

const beginning = (now: Point, free: number | null): Rise => ({
  ...{ begun: now, now, peak: now.mib, steps: 1, marks: [now], free, isGrowth: false },
})

/** A little that is given back now and then ends no leak. */
const hasFallen = ({ begun, peak }: Rise, mib: number): boolean =>
  peak - mib > Math.max(littleMib, (peak - begun.mib) / 4)

/** The first of them is as old as it must be to tell that nothing moves, and no older. */
const marksAfter = (marks: readonly Point[], now: Point): readonly Point[] => {
  const [, second] = marks
  const kept = second !== undefined && now.at - second.at >= stillFor ? marks.slice(1) : marks
  const newest = kept.at(-1)
  return newest === undefined || now.at - newest.at >= betweenMarks ? [...kept, now] : kept
}

const liesStill = ({ marks: [first], now }: Rise): boolean =>
  first !== undefined && now.at - first.at >= stillFor && now.mib - first.mib < stillMib

const isGrowth = (rise: Rise): boolean => {
  const { begun, now, steps } = rise
  const grown = now.mib - begun.mib
  if (steps < leastSteps || now.at - begun.at < leastTime || grown < leastMib) return false
  const left = fullIn(rise)
  return grown >= begun.mib * leastPart || (left !== null && left <= soon)
}

/** At the pace of the last minutes; null where nobody can tell. */
const fullIn = ({ free, marks: [first], now }: Rise): number | null => {
  if (free === null || first === undefined || now.mib <= first.mib) return null
  const left = (free * (now.at - first.at)) / (now.mib - first.mib)
  return left < foreseeable ? left : null
}
