import { createHash, createHmac } from 'node:crypto'

export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  /** The file knows this host by other keys. `expected` are their fingerprints. */
  | { readonly kind: 'changed'; readonly expected: readonly string[] }
  | { readonly kind: 'revoked' }

/**
 * What a known_hosts file says about a key (ssh's wire form) that a host showed. A key type the file does not know for a known
 * host counts as changed: ssh would ask too, and we never ask. `@cert-authority` lines say nothing about plain keys.
 */
export const checkHostKey = (text: string, host: string, port: number, key: Uint8Array): HostKeyVerdict => {
  const shown = Buffer.from(key).toString('base64')
  const lines = text
    .split('\n')
    .flatMap(parseLine)
    .filter(line => names(line.hosts, host, port))
  if (lines.some(line => line.marker === '@revoked' && sameKey(line.key, shown))) return { kind: 'revoked' }
  const plain = lines.filter(line => line.marker === null)
  if (plain.some(line => sameKey(line.key, shown))) return { kind: 'known' }
  if (plain.length === 0) return { kind: 'unknown' }
  return { kind: 'changed', expected: plain.map(line => fingerprint(Buffer.from(line.key, 'base64'))) }
}

/** `SHA256:...` as ssh-keygen -l shows it. */
export const fingerprint = (key: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

type Line = { readonly marker: string | null; readonly hosts: string; readonly key: string }

const parseLine = (raw: string): Line[] => {
  const words = raw.trim().split(/[ \t]+/)
  if (words[0] === '' || words[0]!.startsWith('#')) return []
  const marker = words[0]!.startsWith('@') ? words.shift()! : null
  const [hosts, type, key] = words
  if (hosts === undefined || type === undefined || key === undefined) return []
  return [{ marker, hosts, key }]
}

const sameKey = (a: string, b: string): boolean => a.replace(/=+$/, '') === b.replace(/=+$/, '')

const names = (hosts: string, host: string, port: number): boolean => {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
  if (hosts.startsWith('|')) return isHashOf(hosts, name)
  const patterns = hosts.split(',')
  const hit = (pattern: string): boolean => isLike(pattern.toLowerCase(), name)
  if (patterns.some(pattern => pattern.startsWith('!') && hit(pattern.slice(1)))) return false
  return patterns.some(pattern => !pattern.startsWith('!') && hit(pattern))
}

/** `|1|salt|hash`, HMAC-SHA1 of the name. */
const isHashOf = (hosts: string, name: string): boolean => {
  const [, version, salt, hash] = hosts.split('|')
  if (version !== '1' || salt === undefined || hash === undefined) return false
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
}

/**
 * `*` stands for any characters, `?` for one. Where it fails only the last `*` takes one more: as an expression `a*a*a*a*` would take
 * longer than a life on a long name.
 */
const isLike = (pattern: string, name: string): boolean => {
  let [at, star, taken] = [0, -1, 0]
  for (let next = 0; next < name.length; ) {
    if (pattern[at] === '*') {
      star = at++
      taken = next
    } else if (pattern[at] === '?' || pattern[at] === name[next]) {
      at++
      next++
    } else if (star >= 0) {
      at = star + 1
      next = ++taken
    } else return false
  }
  return /^\**$/.test(pattern.slice(at))
}
