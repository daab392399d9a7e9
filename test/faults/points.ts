import type { Halt } from './halt.ts'

/** A place to wait at, and the files of both hosts as they were there. */
export type Point = Halt & { readonly files: string }

/** The first of each that differ in step or in files: a fault at the others would find the same hosts and the same next act. */
export const listPoints = (seen: readonly Point[]): readonly Point[] =>
  distinct(seen, ({ step, files }) => `${step} ${files}`)

/** The first point of each step. */
export const firstOfSteps = (points: readonly Point[]): readonly Point[] => distinct(points, ({ step }) => step)

const distinct = (points: readonly Point[], keyOf: (point: Point) => string): readonly Point[] => {
  const known = new Set<string>()
  return points.filter(point => {
    const key = keyOf(point)
    return !known.has(key) && known.add(key)
  })
}
