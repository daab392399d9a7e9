import { type IncomingMessage, request } from 'node:http'
import type { Duplex } from 'node:stream'

export type Exchange = {
  readonly path: string
  /** The Host header. */
  readonly host: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

export type Exchanged = { readonly status: number; readonly body: string; readonly msToFirstByte: number }

/** One GET over one connection, which is gone afterwards: a pooled one would hide what a visitor meets. */
export const exchange = (connection: Duplex, { path, host, headers, signal }: Exchange): Promise<Exchanged> =>
  new Promise<Exchanged>((resolve, reject) => {
    const from = performance.now()
    const fail = (error: Error) => reject(signal.aborted ? signal.reason : error)
    const outgoing = request({
      createConnection: () => connection,
      path,
      signal,
      headers: { Host: host, 'User-Agent': 'papergen-probe', Accept: '*/*', Connection: 'close', ...headers },
    })
    outgoing.once('error', fail)
    outgoing.once('response', response => {
      const msToFirstByte = performance.now() - from
      bodyOf(response).then(body => resolve({ status: response.statusCode ?? 0, body, msToFirstByte }), fail)
    })
    outgoing.once('upgrade', response =>
      resolve({ status: response.statusCode ?? 101, body: '', msToFirstByte: performance.now() - from }),
    )
    outgoing.end()
  }).finally(() => connection.destroy())

const longest = 64 * 1024

const bodyOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > longest) break
  }
  return Buffer.concat(chunks).toString()
}

/** What marimo answers on `<base>/health`. */
export const isHealthy = ({ status, body }: Exchanged): boolean => status === 200 && jsonOf(body)?.status === 'healthy'

/** What a marimo of another base url answers: nobody else has such a 404. */
export const isOtherMarimo = ({ status, body }: Exchanged): boolean =>
  status === 404 && jsonOf(body)?.detail === 'Not Found'

export const jsonOf = (body: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
