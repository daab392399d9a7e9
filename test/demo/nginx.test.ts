import { once } from 'node:events'
import { appendFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { request } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { parseAccessLine, parseNginxErrorLine } from '../../src/core/nginx-log.ts'
import { until } from '../until.ts'
import { edgeHost } from './edge.ts'

type Edge = Awaited<ReturnType<typeof edgeHost>>
type Got = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: string }

const paper = async (answer: RequestListener): Promise<{ port: number; server: ReturnType<typeof createServer> }> => {
  const server = createServer(answer)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, server }
}

const ask = ({ nginx, certificate }: Edge, path: string) =>
  request({
    host: '127.0.0.1',
    servername: 'localhost',
    port: nginx.port,
    path,
    ca: certificate.certificate,
    agent: false,
  })

const get = (edge: Edge, path: string): Promise<Got> =>
  new Promise((resolve, reject) => {
    const asked = ask(edge, path)
    asked.once('error', reject)
    asked.once('response', response => {
      let body = ''
      response.on('data', chunk => {
        body += chunk
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.end()
  })

/** However it came to it. */
const closed = (stream: { once(event: 'close', heard: () => void): unknown }): Promise<void> =>
  new Promise(resolve => stream.once('close', resolve))

/** A port that nobody listens on. */
const nobody = async (): Promise<number> => {
  const { port, server } = await paper(() => {})
  server.close()
  return port
}

describe("the demo's nginx", () => {
  it('follows the files at a reload, and not before', async () => {
    const edge = await edgeHost()
    const { port } = await paper((asked, response) =>
      response.end(`${asked.url} ${asked.headers['x-forwarded-proto']}`),
    )
    edge.route('a', port)
    expect((await get(edge, '/thesis/a/x?y=1')).status).toBe(404)
    edge.nginx.reload()
    expect(await get(edge, '/thesis/a/x?y=1')).toMatchObject({ status: 200, body: '/thesis/a/x?y=1 https' })
    expect(await get(edge, '/thesis/a?y=1')).toMatchObject({ status: 308, headers: { location: '/thesis/a/?y=1' } })
    expect((await get(edge, '/thesis/_generation')).body).toBe(edge.nginx.marker())
    expect(await get(edge, '/thesis')).toMatchObject({ status: 308, headers: { location: '/thesis/' } })
    expect((await get(edge, '/thesis/')).status).toBe(404)
    writeFileSync(edge.folder.index, 'the page')
    expect((await get(edge, '/thesis/')).body).toBe('the page')
    expect((await get(edge, '/')).status).toBe(404)
  })

  it('keeps serving what it served when a file is broken, and says so in its log', async () => {
    const edge = await edgeHost()
    const { port } = await paper((_, response) => response.end('up'))
    edge.route('a', port)
    edge.nginx.reload()
    const marker = edge.nginx.marker()
    appendFileSync(join(edge.folder.snippets, 'a.conf'), 'retrun 1;\n')
    edge.nginx.reload()
    expect(edge.nginx.marker()).toBe(marker)
    expect((await get(edge, '/thesis/a/')).body).toBe('up')
    expect(() => edge.nginx.test()).toThrow('unknown directive "retrun"')
    const [line = ''] = edge.log('errorLog')
    expect(parseNginxErrorLine(line)).toMatchObject({ priority: 0, text: expect.stringContaining('"retrun" in /') })
  })

  it('shows the page of a paper that is down, with its headers, and logs why', async () => {
    const edge = await edgeHost()
    edge.route('a', await nobody())
    edge.nginx.reload()
    const down = await get(edge, '/thesis/a/')
    expect(down.status).toBe(502)
    expect(down.body).toContain('This paper is not answering right now')
    expect(down.body).toContain('href="/thesis/"')
    expect(down.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      ...{ refresh: '60', 'retry-after': '60', 'cache-control': 'no-store' },
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    })
    const [error = ''] = edge.log('errorLog')
    const told = parseNginxErrorLine(error)
    expect(told).toMatchObject({ priority: 3, text: expect.stringContaining('(111: Connection refused)') })
    expect(Math.abs(Date.now() - (told.at ?? 0))).toBeLessThan(60_000)
    await until(() => expect(edge.log('accessLog').length).toBe(1))
    expect(parseAccessLine(edge.log('accessLog')[0] ?? '')).toMatchObject({
      priority: 3,
      at: expect.any(Number),
      text: expect.stringContaining('"GET /thesis/a/ HTTP/1.1" 502'),
    })
  })

  it('survives a paper that hangs up in the middle, and a visitor who does', async () => {
    const edge = await edgeHost()
    const { port } = await paper((asked, response) => {
      if (asked.url?.endsWith('/half')) {
        response.write('half')
        setImmediate(() => response.destroy())
      }
    })
    edge.route('a', port)
    edge.nginx.reload()
    const half = ask(edge, '/thesis/a/half')
    half.on('response', response => response.resume().on('error', () => {}))
    half.on('error', () => {})
    half.end()
    await closed(half)
    const impatient = ask(edge, '/thesis/a/never')
    impatient.on('error', () => {})
    impatient.once('socket', socket => socket.once('secureConnect', () => setImmediate(() => impatient.destroy())))
    impatient.end()
    await closed(impatient)
    expect((await get(edge, '/thesis/_generation')).status).toBe(200)
    await until(() => expect(edge.log('accessLog').some(line => line.includes('/never HTTP/1.1" 499'))).toBe(true))
    expect(edge.log('errorLog').filter(line => line.includes('/never'))).toEqual([])
  })

  it('passes WebSockets, both ways, and logs those it refuses as refused', async () => {
    const edge = await edgeHost()
    const { port, server } = await paper((_, response) => response.end())
    const sockets = new WebSocketServer({
      server,
      verifyClient: ({ req }: { req: IncomingMessage }) => req.url?.includes('session') ?? false,
    })
    sockets.on('connection', socket => socket.on('message', said => socket.send(`heard ${said}`)))
    edge.route('a', port)
    edge.route('b', await nobody())
    edge.nginx.reload()
    const open = (path: string): WebSocket =>
      new WebSocket(`wss://127.0.0.1:${edge.nginx.port}${path}`, { ca: edge.certificate.certificate })
    const inside = open('/thesis/a/ws?session_id=1')
    await once(inside, 'open')
    inside.send('me')
    expect(String((await once(inside, 'message'))[0])).toBe('heard me')
    inside.close()
    const refusals = ['/thesis/a/ws', '/thesis/b/ws', '/thesis/c/ws'].map(async path => {
      const [error] = (await once(open(path), 'error')) as [Error]
      return error.message
    })
    expect(await Promise.all(refusals)).toEqual([401, 502, 404].map(code => `Unexpected server response: ${code}`))
    const statusOf = (path: string) =>
      edge
        .log('accessLog')
        .find(line => line.includes(`GET ${path} `))
        ?.split(' ')[8]
    await until(() => {
      expect(statusOf('/thesis/a/ws?session_id=1')).toBe('101')
      expect(['/thesis/a/ws', '/thesis/b/ws', '/thesis/c/ws'].map(statusOf)).toEqual(['401', '502', '404'])
    })
  })

  it('writes what a visitor sends harmlessly into its log, and leaves probes out', async () => {
    const edge = await edgeHost()
    const sent = ask(edge, '/thesis/%22%0a/')
    sent.setHeader('user-agent', 'a "quoted" \u00e9').end()
    await once(sent, 'response')
    const probe = ask(edge, '/thesis/probe/')
    probe.setHeader('user-agent', 'papergen-probe').end()
    await once(probe, 'response')
    await until(() => expect(edge.log('accessLog').length).toBe(1))
    expect(edge.log('accessLog')[0]).toContain('"a \\x22quoted\\x22 \\xe9"')
  })

  it('takes another port where the usual one is taken', async () => {
    const taken = createTcpServer()
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as AddressInfo
    const edge = await edgeHost(port)
    expect(edge.nginx.port).not.toBe(port)
    edge.nginx.reload()
    expect((await get(edge, '/thesis/_generation')).status).toBe(200)
  })

  it('survives noise on its port, and closes with visitors inside', async () => {
    const edge = await edgeHost()
    const noise = connect({ host: '127.0.0.1', port: edge.nginx.port })
    noise.on('error', () => {}).write('GET / HTTP/1.1\r\n\r\n')
    await closed(noise.resume())
    const { port } = await paper(() => {})
    edge.route('a', port)
    edge.nginx.reload()
    const waiting = ask(edge, '/thesis/a/')
    waiting.on('error', () => {}).end()
    await once(waiting, 'finish')
    await edge.nginx.close()
  })
})
