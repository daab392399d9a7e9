import type { Hop } from './facts.ts'
import type { HopState } from './hops.ts'

/** What a broken hop is to the others: the one to look at, or what comes of it; null for a trouble of its own, or none. */
export type Part = 'cause' | 'follows' | null

/** The hop the verdict names when it is broken, else the first broken one; null when none is. */
export const causeOf = (chain: readonly HopState[], named: Hop | null): HopState | null => {
  const broken = chain.filter(({ sign }) => sign === 'bad')
  return broken.find(({ hop }) => hop === named) ?? broken[0] ?? null
}

export const partOf = ({ hop, sign }: HopState, cause: HopState | null): Part => {
  if (sign !== 'bad' || cause === null) return null
  if (hop === cause.hop) return 'cause'
  return restsOn[hop]?.includes(cause.hop) === true ? 'follows' : null
}

/** What cannot work where one of these does not. The certificate, the index page and the cells break on their own. */
const restsOn: Partial<Record<Hop, readonly Hop[]>> = {
  // A unit cannot start on a port that somebody else holds.
  unit: ['process'],
  local: ['unit', 'process'],
  lan: ['unit', 'process', 'local'],
  public: ['unit', 'process', 'local', 'lan', 'nginx', 'tls'],
}
