import type { Duplex } from 'node:stream'
import type { SiteConfig } from '../core/config.ts'
import { PapergenError } from '../core/errors.ts'
import type { LanProbe } from '../core/facts.ts'
import type { PaperId } from '../core/paper.ts'
import { plainError } from '../core/plain-error.ts'
import type { Prober } from '../core/ports.ts'
import { oneLine } from '../core/text.ts'
import { type Exchanged, exchange, isHealthy, isOtherMarimo, jsonOf } from './prober-exchange.ts'
import { createPublicProbe } from './prober-public.ts'

/** A TCP connection made from one of the machines. */
export type Dial = (address: string, port: number, timeout: number) => Promise<Duplex>

export type ProberOptions = {
  /** From the GPU host. */
  readonly gpuDial: Dial
  /** From the edge host. */
  readonly edgeDial: Dial
  /** From where papergen runs. */
  readonly hereDial: Dial
  /** What papers bind. */
  readonly address: string
  readonly site: SiteConfig
  /** Milliseconds each probe may take. */
  readonly timeout: number
}

/** Probes of one paper from several places; each has its own time limit, none starts a kernel. */
export const createProber = (options: ProberOptions): Prober => {
  const probePublic = createPublicProbe(options.site, options.timeout)
  return {
    local: async (id, port, signal) => {
      const health = await ask(options, options.gpuDial, id, port, 'health', signal)
      if ('error' in health) return { ok: false, status: null, ms: null, viewers: null, error: health.error }
      const ok = isHealthy(health)
      const viewers = ok ? await viewersOf(options, id, port, signal) : null
      return { ok, status: health.status, ms: health.ms, viewers, error: ok ? null : wrong(health) }
    },
    lan: (id, port, signal) => reaches(options, options.edgeDial, id, port, signal),
    here: (id, port, signal) => reaches(options, options.hereDial, id, port, signal),
    public: (id, { websocket = false, signal } = {}) => probePublic(id, websocket, signal),
  }
}

const reaches = async (
  options: ProberOptions,
  dial: Dial,
  id: PaperId,
  port: number,
  signal?: AbortSignal,
): Promise<LanProbe> => {
  const health = await ask(options, dial, id, port, 'health', signal)
  if ('error' in health) return { ok: false, ms: null, error: health.error }
  return { ok: isHealthy(health), ms: health.ms, error: isHealthy(health) ? null : wrong(health) }
}

type Asked = (Exchanged & { readonly ms: number }) | { readonly error: string }

const ask = async (
  { address, site, timeout }: ProberOptions,
  dial: Dial,
  id: PaperId,
  port: number,
  page: string,
  signal?: AbortSignal,
): Promise<Asked> => {
  signal?.throwIfAborted()
  const from = performance.now()
  try {
    const connection = await dial(address, port, timeout)
    const limit = AbortSignal.any([AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])])
    const path = `${site.base}/${id}/${page}`
    const answer = await exchange(connection, { path, host: `${hostOf(address)}:${port}`, signal: limit })
    return { ...answer, ms: performance.now() - from }
  } catch (thrown) {
    if (signal?.aborted) throw signal.reason
    return { error: reasonOf(thrown, timeout) }
  }
}

const hostOf = (address: string): string => (address.includes(':') ? `[${address}]` : address)

const viewersOf = async (options: ProberOptions, id: PaperId, port: number, signal?: AbortSignal) => {
  const answer = await ask(options, options.gpuDial, id, port, 'api/status/connections', signal)
  const active = 'error' in answer ? null : jsonOf(answer.body)?.active
  return typeof active === 'number' ? active : null
}

const wrong = (answer: Exchanged): string =>
  isOtherMarimo(answer)
    ? 'a marimo with another base url listens there'
    : answer.status === 200
      ? 'something else than marimo listens there'
      : `status ${answer.status}`

const reasonOf = (thrown: unknown, timeout: number): string => {
  if (thrown instanceof PapergenError && thrown.problem.kind === 'host-unreachable') return oneLine(thrown.problem.why)
  if (thrown instanceof PapergenError && thrown.problem.kind === 'connection-lost')
    return `the link to ${thrown.problem.host} is down`
  if (thrown instanceof Error && thrown.name === 'TimeoutError') return `no answer within ${timeout / 1000} s`
  return oneLine(thrown instanceof Error ? plainError(thrown) : String(thrown))
}
