import { request as ask, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

export type Upgrading = {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly target: string
  /** The status that was answered. */
  readonly told: (status: number) => void
  readonly failed: (trouble: Error) => void
}

/** Passes a request for a WebSocket on, and everything after it. A paper that cannot be reached makes 502, as with nginx. */
export const passUpgrade = ({ request, socket, head, target, told, failed }: Upgrading): void => {
  const { hostname, port } = new URL(target)
  const { method, url, headers } = request
  const passed = ask({
    host: hostname,
    port,
    method,
    path: url,
    headers: { ...headers, ...forwarded(request) },
    agent: false,
  })
  passed.once('upgrade', (response, paper, rest) => {
    told(101)
    socket.write(headOf(response))
    if (head.length > 0) paper.write(head)
    if (rest.length > 0) socket.write(rest)
    join(socket, paper)
  })
  passed.once('response', response => {
    told(response.statusCode ?? 502)
    socket.write(headOf(response, true))
    response.on('error', () => socket.destroy()).pipe(socket)
  })
  passed.on('error', trouble => {
    if (socket.destroyed) return
    failed(trouble)
    told(502)
    socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n')
  })
  socket.once('close', () => passed.destroy())
  passed.end()
}

const forwarded = ({ headers, socket }: IncomingMessage): Readonly<Record<string, string>> => ({
  'x-forwarded-for': socket.remoteAddress ?? '',
  'x-forwarded-host': headers.host ?? '',
  'x-forwarded-proto': 'https',
})

/** A last answer ends with its connection, however long it is. */
const headOf = ({ statusCode, statusMessage, rawHeaders }: IncomingMessage, isLast = false): string => {
  const lines = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : []))
  const kept = isLast ? lines.filter(line => !/^(connection|transfer-encoding|keep-alive):/i.test(line)) : lines
  return [`HTTP/1.1 ${statusCode} ${statusMessage}`, ...kept, ...(isLast ? ['Connection: close'] : []), '', ''].join(
    '\r\n',
  )
}

const join = (one: Duplex, other: Duplex): void => {
  one.pipe(other).pipe(one)
  one.on('error', () => other.destroy()).once('close', () => other.destroy())
  other.on('error', () => one.destroy()).once('close', () => one.destroy())
}
