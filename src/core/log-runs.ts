import type { JournalEntry } from './journal.ts'

/** From one start of a unit to the next. Runs are counted from the first the pane has seen. */
export type Run = {
  readonly number: number
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
  return { run: number, runs: [...runs.slice(-most), { number, unit, invocation, at: entry.at }] }
}

/** The numbers of the chosen runs, one a unit. */
export const chosenRuns = (runs: readonly Run[], choice: 'this' | 'previous'): ReadonlySet<number> => {
  const newest = new Map<string, readonly number[]>()
  for (const { unit, number } of runs) newest.set(unit, [number, ...(newest.get(unit) ?? [])].slice(0, 2))
  const chosen = [...newest.values()].map(numbers => numbers[choice === 'this' ? 0 : 1])
  return new Set(chosen.filter(number => number !== undefined))
}

/** How many runs of its unit there were up to this one, and whether it is a restart: the first one seen is none. */
export const restartOf = (
  runs: readonly Run[],
  number: number,
): { readonly run: Run; readonly count: number } | null => {
  const run = runs.find(one => one.number === number)
  if (run === undefined) return null
  const count = runs.filter(one => one.unit === run.unit && one.number <= number).length
  return count < 2 ? null : { run, count }
}

/** Runs remembered; a unit that dies at once has a new one ten times a second. */
const most = 500
