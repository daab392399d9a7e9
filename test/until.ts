import { vi } from 'vitest'

/** Resolves when `holds` throws nothing any more. Its 10 s are no promise of speed: a machine at work can stand still for seconds. */
export const until = <T>(holds: () => T | Promise<T>, options: { readonly interval?: number } = {}): Promise<T> =>
  vi.waitFor(holds, { timeout: 10_000, ...options })
