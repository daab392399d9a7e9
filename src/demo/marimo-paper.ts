import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { notebookTitle } from '../core/notebook.ts'
import { marimoPage } from './marimo-page.ts'

export type PaperOptions = {
  readonly host: string
  readonly port: number
  /** `/thesis/attention` */
  readonly base: string
  /** Of the notebook. */
  readonly path: string
  readonly text: string
  /** A line of its stderr. */
  readonly say: (line: string) => void
}

/** Serves one notebook on the paths of `marimo run`, without Python: nothing in it is computed. @throws when the port is taken */
export const servePaper = async (options: PaperOptions): Promise<Server> => {
  const sessions = new Set<string>()
  const sockets = new WebSocketServer({ noServer: true })
  const server = createServer((request, response) => respond(options, sessions, request, response))
  server.on('upgrade', (request, socket, head) => {
    const session = sessionOf(options, request)
    if (session === null) return refuse(socket)
    sockets.handleUpgrade(request, socket, head, opened => {
      sessions.add(session)
      runFor(options)
      opened.on('close', () => sessions.delete(session)).on('error', () => {})
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, options.host, resolve))
  return server
}

const respond = (
  options: PaperOptions,
  sessions: ReadonlySet<string>,
  { url = '/' }: IncomingMessage,
  response: ServerResponse,
): void => {
  const { status, headers, body } = pageOf(options, sessions, url.replace(/\?.*$/, ''))
  response.writeHead(status, headers).end(body)
}

type Page = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }

const pageOf = ({ base, text, path }: PaperOptions, sessions: ReadonlySet<string>, asked: string): Page => {
  switch (asked) {
    case `${base}/health`:
    case `${base}/healthz`:
      return json(200, { status: 'healthy' })
    case `${base}/api/version`:
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: '0.0.0 (stand-in)' }
    case `${base}/api/status/connections`:
      return json(200, { active: sessions.size })
    case `${base}/api/status`:
    case `${base}/api/usage`:
    case `${base}/api/sessions`:
      return json(401, { detail: 'Unauthorized' })
    case base:
      return { status: 307, headers: { location: `${base}/` }, body: '' }
    case `${base}/`:
      return { status: 200, headers: html, body: marimoPage(notebookTitle(text, path)) }
    default:
      return json(404, { detail: 'Not Found' })
  }
}

const html = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }

const json = (status: number, value: unknown): Page => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

/** As marimo does, an upgrade without a session is refused before anything runs. */
const sessionOf = ({ base }: PaperOptions, { url = '' }: IncomingMessage): string | null => {
  const asked = new URL(url, 'http://paper')
  return asked.pathname === `${base}/ws` ? asked.searchParams.get('session_id') : null
}

const refuse = (socket: Duplex): void => {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

/** What a visitor's run of the notebook leaves on stderr: a cell that raises is told as marimo tells it. */
const runFor = ({ path, text, say }: PaperOptions): void => {
  const lines = text.split('\n')
  const at = lines.findIndex(line => /^\s+raise \w+\(/.test(line))
  const [, error, words] = /raise (\w+)\(f?["'](.*)["']\)/.exec(lines[at] ?? '') ?? []
  if (error === undefined) return
  say('Traceback (most recent call last):')
  say(`  File "${path}", line ${at + 1}, in <module>`)
  say(`    ${lines[at]?.trim()}`)
  say(`${error}: ${words}`)
  say(`[E ${stamp(new Date())} notification_utils:257] (error_id=${crypto.randomUUID()}) ${words}`)
}

/** `261123 07:13:38` */
const stamp = (now: Date): string =>
  now.toISOString().replace(/^\d\d(\d\d)-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d).*$/, '$1$2$3 $4')
