import type { EdgeState, ServedCertificate } from './facts.ts'
import type { Span } from './line.ts'
import { oneLine } from './text.ts'

/** One thing the host screen says of a host. */
export type Fact = { readonly name: string; readonly words: string; readonly tone: Span['tone'] }

export type Certificates = {
  /** What visitors are shown; null when the last probes saw none. */
  readonly served: ServedCertificate | null
  /** Undefined: the edge was not asked yet. */
  readonly onDisk: EdgeState['certificate'] | undefined
  readonly site: URL
  readonly at: number
}

/** The certificate visitors are shown against the one on the edge's disk, and what to run where nginx must load it. */
export const certificateFacts = (all: Certificates): readonly Fact[] => {
  const { served, onDisk, site } = all
  if (site.protocol !== 'https:') return [{ name: 'certificate', words: 'none: the site has no TLS', tone: 'dim' }]
  const [words, tone] = verdictOf(all)
  return [
    { name: 'certificate', words, tone },
    ...(isRenewed(all) ? [{ name: 'to do', words: 'sudo systemctl reload nginx', tone: 'strong' } as const] : []),
    { name: 'served', words: served === null ? 'not seen now' : sealWords(served.expires, served), tone: 'dim' },
    { name: 'on disk', words: diskWords(onDisk), tone: 'dim' },
  ]
}

const day = 86_400_000
/** certbot renews 30 days before: nobody should ever see this few. */
const fewDays = 14

const verdictOf = (all: Certificates): readonly [string, Span['tone']] => {
  const { served, onDisk, at } = all
  if (served === null) return whileUnseen(all)
  if (isRenewed(all)) {
    const gone = served.expires <= at ? 'expired one' : 'old one'
    return [`renewed on disk, nginx still serves the ${gone}: reload`, served.expires <= at ? 'bad' : 'warn']
  }
  if (served.expires <= at) return [`expired ${Math.floor((at - served.expires) / day)} d ago`, 'bad']
  if (!served.namesMatch) return ['for another name than the site', 'bad']
  if (!served.trusted) return ['not trusted', 'bad']
  const days = Math.floor((served.expires - at) / day)
  if (onDisk === undefined) return [`${days} d left, on disk not known`, days < fewDays ? 'warn' : 'plain']
  if (onDisk === null) return [`${days} d left, none found on disk`, 'warn']
  if (onDisk.fingerprint !== served.fingerprint) return ['not the one on disk: who answers is not this nginx', 'warn']
  return [`${days} d left, same as on disk`, days < fewDays ? 'warn' : 'ok']
}

/** What the disk alone tells. */
const whileUnseen = ({ onDisk, site, at }: Certificates): readonly [string, Span['tone']] => {
  if (onDisk === undefined) return ['not known yet', 'dim']
  if (onDisk === null) return ['none found on disk', 'warn']
  if (onDisk.notAfter <= at) return [`on disk expired ${Math.floor((at - onDisk.notAfter) / day)} d ago`, 'bad']
  if (onDisk.names.length > 0 && !onDisk.names.some(name => isNamed(name, site.hostname)))
    return ['on disk for another name than the site', 'bad']
  return [`${Math.floor((onDisk.notAfter - at) / day)} d left on disk, not seen served now`, 'plain']
}

const isRenewed = ({ served, onDisk }: Certificates): boolean =>
  served !== null && onDisk != null && onDisk.fingerprint !== served.fingerprint && onDisk.notAfter > served.expires

/** A wildcard stands for one label. */
const isNamed = (name: string, hostname: string): boolean =>
  name.startsWith('*.') ? hostname.replace(/^[^.]+/, '*') === name : name === hostname

const diskWords = (onDisk: EdgeState['certificate'] | undefined): string => {
  if (onDisk === undefined) return 'not asked yet'
  return onDisk === null ? 'none found' : sealWords(onDisk.notAfter, onDisk)
}

/** Enough of the fingerprint to tell two apart. */
const sealWords = (until: number, { fingerprint }: { readonly fingerprint: string }): string =>
  `until ${new Date(until).toISOString().slice(0, 10)}, sha256 ${oneLine(fingerprint).slice(0, 16)}`
