import type { Problem } from './errors.ts'

/**
 * What we know of something we asked for. "Could not ask" and "asked, there is none" never look alike:
 * the second is `fresh` with a null value.
 */
export type Reading<T> =
  | { readonly kind: 'never'; readonly error: Problem | null }
  | { readonly kind: 'fresh'; readonly value: T; readonly at: number }
  | { readonly kind: 'stale'; readonly value: T; readonly at: number; readonly error: Problem }

export const never = (error: Problem | null = null): Reading<never> => ({ kind: 'never', error })

export const fresh = <T>(value: T, at: number): Reading<T> => ({ kind: 'fresh', value, at })

/** The same value, no longer believed: asking again failed with `error`. Its age keeps counting from the last answer. */
export const failed = <T>(before: Reading<T>, error: Problem): Reading<T> =>
  before.kind === 'never' ? never(error) : { kind: 'stale', value: before.value, at: before.at, error }

/** The last value seen, fresh or stale; undefined when there never was one. */
export const lastOf = <T>(reading: Reading<T>): T | undefined => (reading.kind === 'never' ? undefined : reading.value)

export const errorOf = (reading: Reading<unknown>): Problem | null => (reading.kind === 'fresh' ? null : reading.error)
