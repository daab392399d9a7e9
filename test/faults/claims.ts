import type { Operation } from './names.ts'
import type { Verdict } from './orders.ts'

/** The end that an operation promised by what it said last; null when it left that open, or never came to say it. */
export const promisedBy = (operation: Operation, outcome: string | null): 'old' | 'new' | null => {
  // A repair ends another operation: there is one right end anyhow, whatever it says.
  if (operation === 'repair') return null
  if (outcome === 'done') return 'new'
  return outcome === 'rolled-back' || outcome === 'refused' ? 'old' : null
}

/** How a claim does not fit what was found; null when it does. */
export const contradiction = (operation: Operation, outcome: string | null, found: Verdict): string | null => {
  const promised = promisedBy(operation, outcome)
  return promised === null || found === 'VIOLATION' || found === promised
    ? null
    : `it said ${outcome}, which promises ${promised}, and both hosts are ${found}`
}
