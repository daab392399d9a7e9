import { randomBytes } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { connect, isIP, type Socket } from 'node:net'
import tls from 'node:tls'
import type { SiteConfig } from '../core/config.ts'
import type { EdgeProbe, EdgeProbeKind, ServedCertificate } from '../core/facts.ts'
import type { PaperId } from '../core/paper.ts'
import { plainError } from '../core/plain-error.ts'
import { oneLine } from '../core/text.ts'
import { momentOf } from '../core/time-of-day.ts'
import { type Exchanged, exchange, isHealthy, isOtherMarimo } from './prober-exchange.ts'

type Phases = { dns: number | null; connect: number | null; tls: number | null; ttfb: number | null }
type Stage = 'dns' | 'connect' | 'tls' | 'answer'
type Seen = { stage: Stage; phases: Phases; certificate: ServedCertificate | null }

/** The public page as a visitor meets it, each phase timed; the WebSocket hop when asked. */
export const createPublicProbe = (site: SiteConfig, timeout: number) => {
  const trust = trusted(site.ca)
  return async (id: PaperId, websocket: boolean, signal?: AbortSignal): Promise<EdgeProbe> => {
    const from = performance.now()
    const seen: Seen = { stage: 'dns', phases: { dns: null, connect: null, tls: null, ttfb: null }, certificate: null }
    const told = (kind: EdgeProbeKind, more: Partial<EdgeProbe>): EdgeProbe => ({
      ok: kind === 'ok',
      kind,
      status: null,
      ms: performance.now() - from,
      phases: seen.phases,
      websocket: null,
      error: null,
      certificate: seen.certificate,
      ...more,
    })
    const get = async (path: string, headers: Record<string, string>, seen: Seen): Promise<Exchanged> => {
      const limit = AbortSignal.any([AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])])
      const connection = await reach(site, await trust(), seen, limit)
      seen.stage = 'answer'
      const answer = await exchange(connection, { path, host: hostHeader(site), headers, signal: limit })
      seen.phases.ttfb = answer.msToFirstByte
      return answer
    }
    try {
      const answer = await get(`${site.base}/${id}/health`, {}, seen)
      const [kind, error] = judge(answer)
      const hop = kind === 'ok' && websocket ? await provesWebSocket(get, `${site.base}/${id}/ws`) : null
      const ms = hop === null ? {} : { ms: sum(seen.phases) }
      return told(kind, { status: answer.status, error, websocket: hop, ...ms })
    } catch (thrown) {
      if (signal?.aborted) throw signal.reason
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      const kind = kindOf(error, seen.stage)
      const words =
        kind === 'timeout' || error.name === 'TimeoutError'
          ? `no answer within ${timeout / 1000} s (${waitedFor[seen.stage]})`
          : plainError(error)
      return told(kind, { error: oneLine(words) })
    }
  }
}

const sum = ({ dns, connect, tls, ttfb }: Phases): number => (dns ?? 0) + (connect ?? 0) + (tls ?? 0) + (ttfb ?? 0)

const waitedFor: Readonly<Record<Stage, string>> = {
  dns: 'resolving the name',
  connect: 'connecting',
  tls: 'in the TLS handshake',
  answer: 'waiting for the answer',
}

/**
 * An upgrade without a session is refused by marimo itself (403) before any kernel starts; the same request without `Upgrade`
 * meets another answer (404). So a proxy that drops the header, or that refuses everything, is told from one that works.
 */
const provesWebSocket = async (
  get: (path: string, headers: Record<string, string>, seen: Seen) => Promise<Exchanged>,
  path: string,
): Promise<boolean> => {
  const upgrade = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
  }
  const unseen = (): Seen => ({
    stage: 'dns',
    phases: { dns: null, connect: null, tls: null, ttfb: null },
    certificate: null,
  })
  try {
    const [upgraded, plain] = await Promise.all([get(path, upgrade, unseen()), get(path, {}, unseen())])
    return (upgraded.status === 403 || upgraded.status === 101) && plain.status !== upgraded.status
  } catch {
    return false
  }
}

const judge = (answer: Exchanged): [EdgeProbeKind, string | null] => {
  const { status } = answer
  if (isHealthy(answer)) return ['ok', null]
  if (status === 200) return ['wrong-paper', 'something else than marimo answers here']
  if (isOtherMarimo(answer)) return ['wrong-paper', 'a marimo with another base url answers here']
  if (status >= 300 && status < 400) return ['redirect', `status ${status}`]
  if (status === 502 || status === 504) return ['bad-gateway', `nginx cannot reach the paper: status ${status}`]
  return [status >= 500 ? 'server-error' : 'client-error', `status ${status}`]
}

const kindOf = (error: Error, stage: Stage): EdgeProbeKind => {
  const code = 'code' in error ? String(error.code) : ''
  if (stage === 'dns') return 'dns'
  if (error.name === 'TimeoutError' || code === 'ETIMEDOUT') return 'timeout'
  if (stage === 'tls') return 'tls'
  return code === 'ECONNREFUSED' ? 'refused' : 'unreachable'
}

const reach = async (site: SiteConfig, context: tls.SecureContext | Error, seen: Seen, signal: AbortSignal) => {
  const address = await timed(seen, 'dns', () => addressOf(site, signal))
  const socket = await timed(seen, 'connect', () => tcp(address, site.port, signal))
  if (!site.url.startsWith('https:')) return socket
  return timed(seen, 'tls', () => secure(site, context, socket, seen, signal))
}

const timed = async <T>(seen: Seen, stage: 'dns' | 'connect' | 'tls', act: () => Promise<T>): Promise<T> => {
  const from = performance.now()
  seen.stage = stage
  const value = await act()
  seen.phases[stage] = performance.now() - from
  return value
}

const addressOf = async ({ connect: given, hostname }: SiteConfig, signal: AbortSignal): Promise<string> => {
  const name = given ?? hostname
  if (isIP(name) !== 0) return name
  const over = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  return (await Promise.race([lookup(name), over])).address
}

const tcp = (host: string, port: number, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, signal })
    socket.once('error', error => reject(signal.aborted ? signal.reason : error))
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      socket.on('error', () => {}) // the exchange, or the handshake, tells
      resolve(socket)
    })
  })

const secure = (
  { hostname }: SiteConfig,
  context: tls.SecureContext | Error,
  socket: Socket,
  seen: Seen,
  signal: AbortSignal,
): Promise<tls.TLSSocket> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      socket.destroy()
      reject(signal.aborted ? signal.reason : error)
    }
    if (context instanceof Error) return fail(context)
    // Refused by us below, after the certificate was read for the screen.
    const options = { socket, secureContext: context, rejectUnauthorized: false }
    const named = isIP(hostname) === 0 ? { servername: hostname } : { host: hostname }
    const encrypted = tls.connect({ ...options, ...named })
    signal.addEventListener('abort', () => fail(signal.reason), { once: true })
    encrypted.once('error', fail)
    encrypted.once('close', () => fail(new Error('the connection closed during the TLS handshake')))
    encrypted.once('secureConnect', () => {
      const shown = encrypted.getPeerCertificate()
      const misnamed = tls.checkServerIdentity(hostname, shown)
      const expires = momentOf(Date.parse(shown.valid_to))
      const fingerprint = shown.fingerprint256.replaceAll(':', '').toLowerCase()
      // One whose date is none is no certificate to be counted on.
      if (expires !== null)
        seen.certificate = { expires, fingerprint, namesMatch: misnamed === undefined, trusted: encrypted.authorized }
      if (!encrypted.authorized) return fail(untrusted(encrypted.authorizationError, misnamed))
      encrypted.removeAllListeners('error').removeAllListeners('close')
      encrypted.on('error', () => {})
      resolve(encrypted)
    })
  })

const untrusted = (reason: Error | string, misnamed: Error | undefined): Error => {
  const code = String(reason)
  return code.includes('ALTNAME') && misnamed !== undefined
    ? misnamed
    : new Error(`the certificate is not trusted: ${code}`)
}

/** Made once: hundreds of certificates are parsed for it. */
const trusted = (ca: string | null): (() => Promise<tls.SecureContext | Error>) => {
  let context: tls.SecureContext | null = null
  return async () => {
    if (context !== null) return context
    try {
      const extra = ca === null ? [] : [await readFile(ca, 'utf8')]
      const known = new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system'), ...extra])
      context = tls.createSecureContext({ ca: [...known] })
      return context
    } catch (thrown) {
      return new Error(`the CA file cannot be used: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    }
  }
}

const hostHeader = ({ url }: SiteConfig): string => new URL(url).host
