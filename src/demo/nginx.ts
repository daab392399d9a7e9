import { appendFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { createProxyServer } from 'httpxy'
import { answer, page, pathOf, plain, redirect } from './nginx-answers.ts'
import { argsOf, type Directive } from './nginx-config.ts'
import { accessLine, errorLine, upstreamTrouble } from './nginx-log.ts'
import { noRoutes, type Routes, readRoutes } from './nginx-routes.ts'
import { passUpgrade } from './nginx-upgrade.ts'

export type NginxOptions = {
  readonly key: string
  readonly certificate: string
  /** Tried first; another one where it is taken. */
  readonly port: number
  /** `/thesis` */
  readonly base: string
  readonly snippets: string
  readonly index: string
  readonly errorLog: string
  readonly accessLog: string
}

export type Nginx = {
  readonly port: number
  /** `nginx -t`. @throws NginxError */
  test(): void
  /** Follows the files, or says why not and serves what it served. */
  reload(): void
  marker(): string | null
  close(): Promise<void>
}

/** A stand-in for nginx: a real TLS server and reverse proxy that obeys the snippets as they were at its last reload. */
export const startNginx = async (options: NginxOptions): Promise<Nginx> => {
  let routes = noRoutes
  const proxy = createProxyServer({ xfwd: true })
  const server = createServer({ key: options.key, cert: options.certificate }, (request, response) => {
    // 499: the visitor left before there was an answer.
    response.once('close', () => logAccess(options, request, response.headersSent ? response.statusCode : 499))
    respond({ options, routes, proxy }, request, response)
  })
  server.on('upgrade', (request, socket, head) => upgrade({ options, routes, proxy }, request, socket, head))
  // An upgraded connection is no longer the server's to close.
  const sockets = new Set<Duplex>()
  server.on('connection', (socket: Duplex) => sockets.add(socket.once('close', () => sockets.delete(socket))))
  const port = await listen(server, options.port).catch(() => listen(server, 0))
  return {
    port,
    test: () => void readRoutes(options.snippets),
    reload: () => {
      try {
        routes = readRoutes(options.snippets)
      } catch (thrown) {
        logTo(options.errorLog, errorLine('emerg', thrown instanceof Error ? thrown.message : String(thrown)))
      }
    },
    marker: () => routes.marker,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

const listen = (server: ReturnType<typeof createServer>, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })

type Serving = {
  readonly options: NginxOptions
  readonly routes: Routes
  readonly proxy: ReturnType<typeof createProxyServer>
}

const respond = (serving: Serving, request: IncomingMessage, response: ServerResponse): void => {
  const { options, routes } = serving
  const path = pathOf(request)
  const location = locate(routes, path)
  if (location !== null) follow(serving, location, request, response)
  else if (path === options.base) redirect(response, 308, `${options.base}/`)
  else if (path === `${options.base}/`) page(options.index, response)
  else plain(response, 404, 'not found')
}

const locate = ({ exact, prefixes }: Routes, path: string): readonly Directive[] | null =>
  exact.get(path) ?? prefixes.find(([prefix]) => path.startsWith(prefix))?.[1] ?? null

const follow = (
  serving: Serving,
  block: readonly Directive[],
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const named = argsOf(block, 'try_files')?.at(-1)
  const target = argsOf(block, 'proxy_pass')?.[0]
  if (argsOf(block, 'return') !== null) answer(block, null, request, response)
  else if (named?.startsWith('@')) answer(serving.routes.named.get(named) ?? [], null, request, response)
  else if (target !== undefined) pass(serving, block, target, request, response)
  else plain(response, 404, 'not found')
}

const pass = (
  { options, routes, proxy }: Serving,
  block: readonly Directive[],
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  proxy.web(request, response, { target }).catch((thrown: Error) => {
    if (response.headersSent || response.destroyed) return response.destroy()
    logTo(options.errorLog, upstreamTrouble(request, target, thrown))
    const down = block.find(({ name, args }) => name === 'error_page' && args.includes('502'))?.args.at(-1)
    return answer(routes.named.get(down ?? '') ?? [], 502, request, response)
  })
}

const upgrade = ({ options, routes }: Serving, request: IncomingMessage, socket: Duplex, head: Buffer): void => {
  const target = argsOf(locate(routes, pathOf(request)) ?? [], 'proxy_pass')?.[0]
  const told = (status: number): void => logAccess(options, request, status)
  socket.on('error', () => socket.destroy())
  if (target === undefined) {
    told(404)
    return void socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
  }
  const failed = (trouble: Error): void => logTo(options.errorLog, upstreamTrouble(request, target, trouble))
  passUpgrade({ request, socket, head, target, told, failed })
}

const logAccess = ({ accessLog }: NginxOptions, request: IncomingMessage, status: number): void => {
  // papergen's own probes would be most of the lines.
  if (request.headers['user-agent'] !== 'papergen-probe') logTo(accessLog, accessLine(request, status))
}

/** nginx serves on where it cannot log. */
const logTo = (file: string, line: string): void => {
  try {
    appendFileSync(file, line)
  } catch {
    // Somebody took the folder away.
  }
}
