import type { JournalEntry } from './journal.ts'

/** From one start of a unit to the next. Runs are counted from the first the pane has seen. */
export type Run = {
  readonly number: number
  /** Its place among those of its unit, from 1. */
  readonly count: number
  readonly unit: string
  readonly invocation: string
  readonly at: number | null
}

/** `this`: the newest of each unit; `previous`: the one before it. */
export type RunChoice = 'all' | 'this' | 'previous'

/** The run a line belongs to, and all runs with it. A line that names none belongs to the newest of its unit; 0: none is known. */
export const runOf = (
  runs: readonly Run[],
  entry: JournalEntry,
): { readonly run: number; readonly runs: readonly Run[] } => {
  const unit = entry.unit ?? ''
  const { invocation } = entry
  const newest = runs.findLast(run => run.unit === unit)
  if (invocation === null || newest?.invocation === invocation) return { run: newest?.number ?? 0, runs }
  // A run that ends still speaks when the next has begun.
  const known = runs.findLast(run => run.unit === unit && run.invocation === invocation)
  if (known !== undefined) return { run: known.number, runs }
  const number = (runs.at(-1)?.number ?? 0) + 1
  const count = (newest?.count ?? 0) + 1
  return { run: number, runs: [...runs.slice(-most), { number, count, unit, invocation, at: entry.at }] }
}

/** The numbers of the chosen runs, one a unit. */
export const chosenRuns = (runs: readonly Run[], choice: 'this' | 'previous'): ReadonlySet<number> => {
  const newest = new Map<string, readonly number[]>()
  for (const { unit, number } of runs) newest.set(unit, [number, ...(newest.get(unit) ?? [])].slice(0, 2))
  const chosen = [...newest.values()].map(numbers => numbers[choice === 'this' ? 0 : 1])
  return new Set(chosen.filter(number => number !== undefined))
}

/** The run of that number when it is a restart: the first one seen of its unit is none. */
export const restartOf = (runs: readonly Run[], number: number): Run | null =>
  runs.find(run => run.number === number && run.count > 1) ?? null

/** Runs remembered; a unit that dies at once has a new one ten times a second. */
const most = 500
