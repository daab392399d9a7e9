import type { Link, Reconnects } from './facts.ts'

export const noReconnects: Reconnects = { count: 0, at: null, cause: null, wasUp: false }

/** How often a link came back, once it is as it is `now`. The first connection is none that came back. */
export const reconnectsAfter = (before: Link, reconnects: Reconnects, now: Link): Reconnects => {
  if (now.kind !== 'up') return reconnects
  if (!reconnects.wasUp) return { ...reconnects, wasUp: true }
  // A measured round trip is told as `up` too.
  if (before.kind === 'up' && before.since === now.since) return reconnects
  const cause = before.kind === 'down' ? before.error : reconnects.cause
  return { ...reconnects, count: reconnects.count + 1, at: now.since, cause }
}
