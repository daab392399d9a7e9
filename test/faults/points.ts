import type { Halt } from './halt.ts'
import type { FaultName } from './names.ts'
import type { Outline } from './outlines.ts'
import type { Wanted } from './words.ts'

/** A place to wait at, and the files of both hosts as they were there. */
export type Point = Halt & { readonly files: string }

/** The first of each that differ in step or in files: a fault at the others would find the same hosts and the same next act. */
export const listPoints = (seen: readonly Point[]): readonly Point[] =>
  distinct(seen, ({ step, files }) => `${step} ${files}`)

/** The first point of each step. */
export const firstOfSteps = <T extends Halt>(points: readonly T[]): readonly T[] => distinct(points, ({ step }) => step)

/** The first point of each step and call: a repair is one step, and an undo's steps have several calls. */
export const firstOfCalls = <T extends Halt>(points: readonly T[]): readonly T[] =>
  distinct(points, ({ step, call }) => `${step} ${call}`)

const slow: readonly FaultName[] = ['reboot-edge', 'full-gpu', 'full-edge']

/** Where a fault strikes. A host that boots or a full disk is nearly the same for every point of a step, and slow. */
export const pointsFor = (
  fault: FaultName,
  { killedAt, failing }: Pick<Outline, 'killedAt' | 'failing'>,
  points: readonly Halt[],
  wanted: Wanted['points'],
): readonly Halt[] => {
  if (wanted === 'steps') return firstOfSteps(points)
  if (wanted === 'all' || !slow.includes(fault)) return points
  return killedAt !== undefined || failing !== undefined ? firstOfCalls(points) : firstOfSteps(points)
}

const distinct = <T>(points: readonly T[], keyOf: (point: T) => string): readonly T[] => {
  const known = new Set<string>()
  return points.filter(point => {
    const key = keyOf(point)
    return !known.has(key) && known.add(key)
  })
}
