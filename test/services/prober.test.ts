import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import http, { type RequestListener } from 'node:http'
import https from 'node:https'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import type { SiteConfig } from '../../src/core/config.ts'
import { parsePaperId } from '../../src/core/paper.ts'
import { createLocalHost } from '../../src/services/local-host.ts'
import { createProber } from '../../src/services/prober.ts'
import { ownFolder } from './folder.ts'

const id = parsePaperId('attention')
const { dial } = createLocalHost('here')

/** What marimo answers under its base url; an upgrade without a session is refused, a plain request to it is not found. */
const marimo: RequestListener = (request, response) => {
  const json = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (request.url === '/thesis/attention/health') return json(200, { status: 'healthy' })
  if (request.url === '/thesis/attention/api/status/connections') return json(200, { active: 3 })
  return json(404, { detail: 'Not Found' })
}

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const refusingUpgrades = <T extends http.Server>(server: T): T => {
  server.on('upgrade', (_request, socket) =>
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
  )
  return server
}

const certificate = (names: string) => {
  const folder = ownFolder()
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=papers.test', '-addext', `subjectAltName=${names}`]
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...ec, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(cert), path: cert }
}

const site = (port: number, more: Partial<SiteConfig> = {}): SiteConfig => ({
  url: `https://papers.test:${port}/thesis/`,
  base: '/thesis',
  hostname: 'papers.test',
  port,
  connect: '127.0.0.1',
  ca: null,
  ...more,
})

const prober = (config: SiteConfig, timeout = 2_000) =>
  createProber({ gpuDial: dial, edgeDial: dial, hereDial: dial, address: '127.0.0.1', site: config, timeout })

const plainSite = (port: number) => site(port, { url: `http://papers.test:${port}/thesis/` })

describe('from the hosts', () => {
  it('tells health, time and viewers', async () => {
    const port = await listen(http.createServer(marimo))
    const probes = prober(plainSite(port))
    expect(await probes.local(id, port)).toEqual({
      ok: true,
      status: 200,
      ms: expect.any(Number),
      viewers: 3,
      error: null,
    })
    expect(await probes.lan(id, port)).toEqual({ ok: true, ms: expect.any(Number), error: null })
  })

  it('dials from the machine that each probe is about', async () => {
    const port = await listen(http.createServer(marimo))
    const dialled: string[] = []
    const from =
      (who: string): typeof dial =>
      (...to) => {
        dialled.push(who)
        return dial(...to)
      }
    const dials = { gpuDial: from('gpu'), edgeDial: from('edge'), hereDial: from('here') }
    const probes = createProber({ ...dials, address: '127.0.0.1', site: plainSite(port), timeout: 2_000 })
    for (const probe of [probes.lan, probes.here]) expect(await probe(id, port)).toMatchObject({ ok: true })
    expect(dialled).toEqual(['edge', 'here'])
  })

  it('tells nobody, somebody else and another paper', async () => {
    const server = http.createServer(marimo)
    const port = await listen(server)
    const other = await prober(plainSite(port)).lan(parsePaperId('other'), port)
    expect(other).toMatchObject({ ok: false, error: 'a marimo with another base url listens there' })
    server.close()
    expect(await prober(plainSite(port)).local(id, port)).toMatchObject({ ok: false, status: null, viewers: null })
    const page = await listen(http.createServer((_, response) => response.end('<h1>hello</h1>')))
    expect(await prober(plainSite(page)).local(id, page)).toMatchObject({
      error: 'something else than marimo listens there',
    })
  })

  it('gives up on a port that accepts and says nothing', async () => {
    const port = await listen(createServer(() => {}))
    expect(await prober(plainSite(port), 150).local(id, port)).toMatchObject({
      ok: false,
      error: 'no answer within 0.15 s',
    })
  })

  it('throws only the reason of an abort', async () => {
    const port = await listen(createServer(() => {}))
    const abort = new AbortController()
    const probe = prober(plainSite(port)).local(id, port, abort.signal)
    abort.abort(new Error('enough'))
    await expect(probe).rejects.toThrow('enough')
  })
})

describe('the public page', () => {
  it('times every phase, reads the certificate, proves the WebSocket hop', async () => {
    const pair = certificate('DNS:papers.test')
    const port = await listen(refusingUpgrades(https.createServer(pair, marimo)))
    const print = execFileSync('openssl', ['x509', '-in', pair.path, '-noout', '-fingerprint', '-sha256']).toString()
    const probe = await prober(site(port, { ca: pair.path })).public(id, { websocket: true })
    expect(probe).toMatchObject({ ok: true, kind: 'ok', status: 200, websocket: true, error: null })
    expect(probe.phases).toEqual({
      dns: expect.any(Number),
      connect: expect.any(Number),
      tls: expect.any(Number),
      ttfb: expect.any(Number),
    })
    expect(probe.certificate).toMatchObject({ namesMatch: true, trusted: true })
    expect(probe.certificate?.fingerprint).toBe(print.replace(/^.*=/, '').trim().replaceAll(':', '').toLowerCase())
    expect(probe.certificate?.expires).toBeGreaterThan(Date.now())
  })

  it('tells an untrusted certificate and one of another name, and asks nothing through them', async () => {
    let asked = 0
    const count: RequestListener = (request, response) => {
      asked++
      marimo(request, response)
    }
    const pair = certificate('DNS:else.test')
    const port = await listen(https.createServer(pair, count))
    expect(await prober(site(port)).public(id)).toMatchObject({
      ok: false,
      kind: 'tls',
      certificate: { trusted: false, namesMatch: false },
    })
    const named = await prober(site(port, { ca: pair.path })).public(id)
    expect(named).toMatchObject({ kind: 'tls', error: expect.stringContaining('papers.test') })
    expect(asked).toBe(0)
  })

  it.each([
    [502, '', 'bad-gateway'],
    [500, '', 'server-error'],
    [404, '<html>', 'client-error'],
    [404, '{"detail":"Not Found"}', 'wrong-paper'],
    [200, '<h1>nginx</h1>', 'wrong-paper'],
    [200, '{"status":"ok"}', 'wrong-paper'],
    [301, '', 'redirect'],
  ])('takes %d %s for %s', async (status, body, kind) => {
    const port = await listen(http.createServer((_, response) => response.writeHead(status).end(body)))
    expect(await prober(plainSite(port)).public(id)).toMatchObject({
      ok: false,
      kind,
      status,
      error: expect.any(String),
    })
  })

  it('tells refused, silent and unknown names', async () => {
    const server = createServer(() => {})
    const port = await listen(server)
    const slow = await prober(plainSite(port), 1_500).public(id)
    expect(slow).toMatchObject({ kind: 'timeout', error: 'no answer within 1.5 s (waiting for the answer)' })
    expect(await prober(site(port), 1_500).public(id)).toMatchObject({
      kind: 'timeout',
      error: expect.stringMatching(/TLS/),
    })
    server.close()
    const free = await listen(createServer())
    const gone = createServer()
    const refused = await listen(gone)
    await new Promise(resolve => gone.close(resolve))
    expect(refused).not.toBe(free)
    expect(await prober(plainSite(refused)).public(id)).toMatchObject({ kind: 'refused' })
    const nowhere = { ...plainSite(free), connect: null, hostname: 'papers.invalid' }
    expect(await prober(nowhere).public(id)).toMatchObject({ kind: 'dns', status: null })
  })

  it.each([
    ['a proxy that drops Upgrade', http.createServer(marimo), false],
    [
      'a proxy that refuses everything there',
      refusingUpgrades(
        http.createServer((request, response) =>
          request.url?.endsWith('/ws') ? response.writeHead(403).end() : marimo(request, response),
        ),
      ),
      false,
    ],
    ['marimo itself', refusingUpgrades(http.createServer(marimo)), true],
  ])('takes the WebSocket hop through %s for %s', async (_name, server, proved) => {
    // Without a listener node answers an upgrade like any request, as a proxy does that drops the header.
    const port = await listen(server)
    expect((await prober(plainSite(port)).public(id, { websocket: true })).websocket).toBe(proved)
  })

  it('takes an accepted upgrade for a proof too', async () => {
    const server = http.createServer(marimo)
    const sockets = new WebSocketServer({ server })
    onTestFinished(() => sockets.close())
    const port = await listen(server)
    expect((await prober(plainSite(port)).public(id, { websocket: true })).websocket).toBe(true)
  })
})
