import type { EdgeHostFacts, ServedCertificate } from './facts.ts'
import { lastOf } from './reading.ts'

/** nginx on the edge runs and answers for the site, asked on the edge itself. */
export const edgeServes = ({ link, state }: EdgeHostFacts): boolean =>
  link.kind !== 'down' && (lastOf(state)?.markerServed ?? null) !== null

/** nginx runs, the routes are on disk, and it serves none of them: another server block answers for the site. */
export const isShadowed = ({ link, state }: EdgeHostFacts): boolean => {
  const seen = lastOf(state)
  return link.kind !== 'down' && seen !== undefined && seen.markerOnDisk !== null && seen.markerServed === null
}

/** Another certificate than the one served is on disk, and holds past this moment. */
export const isRenewed = (served: ServedCertificate, { state }: EdgeHostFacts, past: number): boolean => {
  const onDisk = lastOf(state)?.certificate ?? null
  return onDisk !== null && onDisk.fingerprint !== served.fingerprint && onDisk.notAfter > past
}
