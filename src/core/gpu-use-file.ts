import { z } from 'zod'
import { type GpuUse, type GpuUses, mergeUses } from './gpu-use.ts'

/** The operator's file of what papers used of the GPUs: every project has its part of it. */

/** What the file says of one project's papers; what cannot be read is not known: it is a convenience, no record. */
export const readUses = (text: string | null, project: string): GpuUses =>
  new Map(Object.entries(partsOf(text)[project] ?? {}))

/** The file with what was learned of one project's papers. The others' parts stay, the longest unseen go when there are too many. */
export const putUses = (text: string | null, project: string, learned: GpuUses): string => {
  const merged = mergeUses(readUses(text, project), learned)
  const papers = Object.fromEntries(newest([...merged], mostPapers, ([, { at }]) => at))
  const parts = { ...partsOf(text), [project]: papers }
  const kept = newest(Object.entries(parts), mostProjects, ([, part]) => lastSeen(part))
  return `${JSON.stringify({ version: 1, projects: Object.fromEntries(kept) }, null, 1)}\n`
}

type Part = Readonly<Record<string, GpuUse>>

/** A port range holds a thousand. */
const mostPapers = 2_000
const mostProjects = 20

const newest = <T>(items: readonly T[], most: number, at: (item: T) => number): readonly T[] =>
  items.toSorted((a, b) => at(b) - at(a)).slice(0, most)

const lastSeen = (part: Part): number => Object.values(part).reduce((last, { at }) => Math.max(last, at), 0)

const partsOf = (text: string | null): Readonly<Record<string, Part>> => {
  try {
    return shape.parse(JSON.parse(text ?? '')).projects
  } catch {
    return {}
  }
}

const shape = z.object({
  version: z.literal(1),
  projects: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({ run: z.string().nullable(), at: z.number(), peaks: z.record(z.string(), z.number().nonnegative()) }),
    ),
  ),
})
