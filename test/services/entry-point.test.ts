import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { PapergenError } from '../../src/core/errors.ts'
import { parsePaperId } from '../../src/core/paper.ts'
import { createEdgeEntry, createGpuEntry, entryArgv } from '../../src/services/entry-point.ts'
import type { HostChannel } from '../../src/services/host.ts'

const id = parsePaperId('attention')
const begin = { op: '20261123070000123-publish-attention', operation: 'publish', id, by: 'son@my host' } as const

describe('the client of an entry point', () => {
  it('frames requests and bodies, and reads answers that come in pieces', async () => {
    const far = farEnd({
      'index-set': body => `ok ${body}`,
      snippets: () => 'ok file é.conf 3\né\n\nfile b.conf 1\nb\n',
    })
    const edge = createEdgeEntry({ open: far.open, host: 'edge' })
    await edge.setIndex('<p>한글</p>\n')
    expect(await edge.snippets()).toEqual([
      { name: 'é', text: 'é\n' },
      { name: 'b', text: 'b' },
    ])
    expect(far.heard).toEqual(['hello', 'index-set 14|<p>한글</p>\n', 'snippets'])
  })

  it('asks one thing at a time, over one channel', async () => {
    const far = farEnd({ holder: () => 'ok ' })
    const gpu = createGpuEntry({ open: far.open, host: 'gpu' })
    const all = await Promise.all([gpu.holder(), gpu.pending(), gpu.holder(), gpu.begin(begin)])
    expect(all).toEqual([null, null, null, undefined])
    expect(far.opened()).toBe(1)
    expect(far.heard.at(-1)).toBe('begin 20261123070000123-publish-attention publish attention son@my-host')
  })

  it.each([
    [
      'no busy kim@desk update moby 2026-11-23T07:00:00Z',
      { kind: 'locked', holder: 'kim@desk', operation: 'update', since: '2026-11-23T07:00:00Z' },
    ],
    [
      'no pending 20261123070000123-update-moby update moby 2026-11-23T07:00:00Z',
      { kind: 'needs-repair', operation: 'update', id: 'moby' },
    ],
    [
      'no broken [emerg] unknown directive "x" in /etc/nginx/a.conf:12\n',
      { kind: 'nginx-broken', file: '/etc/nginx/a.conf', line: 12 },
    ],
    ['no down nginx is not running', { kind: 'nginx-down' }],
    ['no foreign /etc/nginx/x.conf', { kind: 'foreign', path: '/etc/nginx/x.conf' }],
    ['no failed Job failed.', { kind: 'command-failed', output: 'Job failed.' }],
  ])('%s', async (answer, problem) => {
    const far = farEnd({ begin: () => answer })
    expect(await problemOf(createGpuEntry({ open: far.open, host: 'gpu' }).begin(begin))).toMatchObject(problem)
  })

  it('loses no answer in silence, and opens anew afterwards', async () => {
    const far = farEnd({ 'route-set': () => null })
    const edge = createEdgeEntry({ open: far.open, host: 'edge' })
    expect(await problemOf(edge.setRoute(id, 27000))).toEqual({
      kind: 'connection-lost',
      host: 'edge',
      during: 'route-set',
    })
    expect(await edge.holder()).toBeNull()
    expect(far.opened()).toBe(2)
  })

  it.each([
    ['sudo: a password is required\n', 1, 'sudo does not allow the entry point'],
    ['sh: 1: papergen-gpu: command not found\n', 127, 'the entry point is not installed'],
    ['papergen: no policy at /etc/papergen/gpu.conf: run papergen setup gpu --apply\n', 78, 'papergen: no policy'],
  ])('is not set up: %j', async (stderr, code, why) => {
    const far = farEnd({ hello: () => null }, stderr, code)
    const problem = await problemOf(createGpuEntry({ open: far.open, host: 'gpu' }).holder())
    expect(problem).toMatchObject({ kind: 'not-set-up', role: 'gpu', why: expect.stringContaining(why) })
  })

  it('refuses another protocol', async () => {
    const far = farEnd({ hello: () => 'ok program papergen-gpu\nprotocol 2\n' })
    expect(await problemOf(createGpuEntry({ open: far.open, host: 'gpu' }).holder())).toMatchObject({
      kind: 'not-set-up',
    })
  })

  it('goes through sudo unless it need not', () => {
    expect(entryArgv('/p', false)).toEqual(['sudo', '-n', '/p', 'serve'])
    expect(entryArgv('/p', true)).toEqual(['/p', 'serve'])
  })
})

const problemOf = async (promise: Promise<unknown>) => {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(PapergenError)
  return (thrown as PapergenError).problem
}

/** An entry point in memory: verbs answer `ok BODY` or `no KIND BODY`; null ends the program instead. Answers come byte by byte. */
const farEnd = (verbs: Record<string, (body: string) => string | null>, stderr = '', code = 0) => {
  const heard: string[] = []
  let opened = 0
  const all: typeof verbs = {
    hello: () => `ok program papergen-${role()}\nprotocol 1\n`,
    ...verbs,
  }
  const role = () => (['index-set', 'route-set'].some(verb => verb in verbs) ? 'edge' : 'gpu')
  const open = async (): Promise<HostChannel> => {
    opened++
    const { promise: ended, resolve } = Promise.withResolvers<number | null>()
    const stream = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _, done) => {
        const [line, ...rest] = chunk.toString('utf8').split('\n')
        const [, number, request] = /^(\d+) (.*)$/.exec(line!)!
        const body = rest.join('\n')
        heard.push(body === '' ? request! : `${request}|${body}`)
        const said = (all[request!.split(' ')[0]!] ?? (() => 'ok '))(body)
        if (said === null) resolve(code)
        else for (const byte of frame(number!, said)) stream.push(Buffer.of(byte))
        done()
      },
      final: done => {
        resolve(0)
        done()
      },
    })
    return { stream, stderr: () => stderr, ended }
  }
  return { open, heard, opened: () => opened }
}

const frame = (number: string, said: string): Buffer => {
  const [, kind, body] = /^(ok|no [a-z-]+) ?([\s\S]*)$/.exec(said)!
  return Buffer.from(`${number} ${kind} ${Buffer.byteLength(body!)}\n${body}`)
}
