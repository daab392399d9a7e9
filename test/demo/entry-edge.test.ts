import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { renderFragment } from '../../src/core/index-page.ts'
import { parsePaperId } from '../../src/core/paper.ts'
import { createEdgeEntry } from '../../src/demo/entry-edge.ts'
import { createEdgeEntry as createClient } from '../../src/services/entry-point.ts'
import { until } from '../until.ts'
import { edgeHost } from './edge.ts'
import { channelsTo, rawTo } from './entries.ts'
import { beginOf, template } from './policies.ts'

const a = parsePaperId('a')

afterEach(() => void vi.useRealTimers())

const edge = async () => {
  const host = await edgeHost()
  host.nginx.reload()
  const program = createEdgeEntry({
    ...{ nginx: host.nginx, policy: host.policy, version: '0.1.0', certificate: host.certificate.lines('/ca.pem') },
    templates: {
      snippet: template('snippet.template'),
      generation: template('generation.template'),
      index: template('index.html.template'),
    },
  })
  const console = () => {
    const channels = channelsTo(program)
    const entry = createClient({ open: channels.open, host: 'demo-edge' })
    onTestFinished(() => entry.close())
    return { entry, cut: channels.cut }
  }
  const path = join(host.folder.snippets, 'a.conf')
  return { ...host, ...console(), console, program, path, served: () => host.nginx.marker() }
}

const fragment = renderFragment([{ id: 'a', title: '확산 <1>', publishedAt: '2026-11-23T07:00:00Z' }], '/thesis')

describe('papergen-edge of the demo', () => {
  it('tells its state, its files and what is a stand-in', async () => {
    const { entry, served } = await edge()
    const state = await entry.state()
    expect(state).toMatchObject({ nginx: 'active', simulated: true, markerOnDisk: served(), markerServed: served() })
    expect(state.certificate).toMatchObject({ path: '/ca.pem', names: ['localhost'] })
    expect((await entry.snippets()).map(({ name }) => name)).toEqual(['_generation'])
    expect((await entry.hello()).policy).toMatchObject({ 'stand-ins': 'nginx', site: 'localhost' })
    expect(await entry.index()).toBeNull()
  })

  it('routes, lists, confirms, and remembers it until its end', async () => {
    const { entry, path, served, console, folder } = await edge()
    const before = served()
    const { op } = beginOf('publish')
    await entry.begin(beginOf('publish'))
    await entry.setRoute(a, 27_001)
    await entry.setIndex(fragment)
    expect(served()).not.toBe(before)
    expect(await entry.outcome(op)).toBe('pending')
    await entry.confirm()
    expect(await console().entry.outcome(op)).toBe('confirmed')
    await entry.undo()
    await entry.end()
    expect(await entry.outcome(op)).toBe('none')
    expect(readFileSync(path, 'utf8')).toContain('proxy_pass http://127.0.0.1:27001;')
    expect(readFileSync(folder.index, 'utf8')).toContain(fragment)
    expect(await entry.index()).toBe(readFileSync(folder.index, 'utf8'))
  })

  it('puts routes and page back, to the former marker', async () => {
    const { entry, path, served, folder } = await edge()
    const before = served()
    await entry.begin(beginOf('publish'))
    await entry.setRoute(a, 27_001)
    await entry.setIndex(fragment)
    await entry.undo()
    await entry.undo()
    await entry.end()
    expect([existsSync(path), existsSync(folder.index), served()]).toEqual([false, false, before])
  })

  it.each(['a lost channel', 'an end without confirm'])('puts back what is not confirmed at %s', async how => {
    const { entry, cut, path, served, console } = await edge()
    const before = served()
    await entry.begin(beginOf('publish'))
    await entry.setRoute(a, 27_001)
    await (how === 'a lost channel' ? cut() : entry.end())
    expect([existsSync(path), served()]).toEqual([false, before])
    expect(await console().entry.holder()).toBeNull()
  })

  it('keeps what was confirmed when the channel is lost', async () => {
    const { entry, cut, path, console } = await edge()
    await entry.begin(beginOf('publish'))
    await entry.setRoute(a, 27_001)
    await entry.confirm()
    await cut()
    expect(existsSync(path)).toBe(true)
    expect(await console().entry.outcome(beginOf('publish').op)).toBe('confirmed')
  })

  it('lets a resumed operation be undone, whatever another one confirmed', async () => {
    const { entry, cut, path, console } = await edge()
    await entry.begin(beginOf('publish'))
    await entry.setRoute(a, 27_001)
    await entry.confirm()
    await cut()
    const other = console()
    await other.entry.resume(beginOf('repair', 2))
    await other.entry.setRoute(a, 27_002)
    await other.cut()
    expect(readFileSync(path, 'utf8')).toContain(':27001;')
  })

  it('never puts an unpublished paper back before the public', async () => {
    const { entry, cut, path, route, nginx } = await edge()
    route('a', 27_001)
    nginx.reload()
    await entry.begin(beginOf('unpublish'))
    await entry.dropRoute(a)
    await entry.undo()
    expect(existsSync(path)).toBe(false)
    await cut()
    expect(existsSync(path)).toBe(false)
  })

  it('publishes anew what was unpublished', async () => {
    const { entry, path, route, nginx } = await edge()
    route('a', 27_001)
    nginx.reload()
    await entry.begin(beginOf('unpublish'))
    await entry.dropRoute(a)
    await entry.end()
    await entry.begin(beginOf('publish', 2))
    await entry.setRoute(a, 27_001)
    await entry.undo()
    await entry.end()
    expect(existsSync(path)).toBe(false)
  })

  it('puts back after a minute what is neither confirmed nor held', async () => {
    const { entry, path } = await edge()
    await entry.begin(beginOf('publish'))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await entry.setRoute(a, 27_001)
    vi.advanceTimersByTime(50_000)
    await entry.hold()
    vi.advanceTimersByTime(50_000)
    expect(existsSync(path)).toBe(true)
    vi.advanceTimersByTime(10_000)
    expect(existsSync(path)).toBe(false)
    const tooLate = { problem: { kind: 'request-failed', output: expect.stringContaining('60 s') } }
    await expect(entry.confirm()).rejects.toMatchObject(tooLate)
    await expect(entry.setRoute(a, 27_001)).rejects.toMatchObject(tooLate)
    await entry.end()
    await entry.begin(beginOf('publish', 2))
    await entry.setRoute(a, 27_001)
  })

  it('begins nothing on a broken nginx, and tells the place', async () => {
    const { entry, folder } = await edge()
    const hand = join(folder.snippets, 'hand.conf')
    writeFileSync(hand, 'location = /x {\n  retrun 200;\n}\n')
    await expect(entry.begin(beginOf('publish'))).rejects.toMatchObject({
      problem: { kind: 'nginx-broken', output: `nginx: [emerg] unknown directive "retrun" in ${hand}:2` },
    })
    expect(await entry.state()).toMatchObject({
      nginx: 'broken-config',
      configError: expect.stringContaining('retrun'),
    })
    rmSync(hand)
    await entry.begin(beginOf('publish'))
  })

  it('leaves everything as it was when the new route cannot stand', async () => {
    const { entry, folder, served } = await edge()
    writeFileSync(join(folder.snippets, 'hand.conf'), 'location = /thesis/a {\n  return 200 x;\n}\n')
    await entry.begin(beginOf('publish'))
    const before = readdirSync(folder.snippets)
    await expect(entry.setRoute(a, 27_001)).rejects.toMatchObject({
      problem: { kind: 'request-failed', output: expect.stringContaining('duplicate location "/thesis/a"') },
    })
    expect(readdirSync(folder.snippets)).toEqual(before)
    expect(served()).not.toBeNull()
  })

  it("touches no file that is not papergen's", async () => {
    const { entry, path, folder } = await edge()
    writeFileSync(path, '# by hand\n')
    writeFileSync(folder.index, 'by hand')
    await entry.begin(beginOf('publish'))
    await expect(entry.setRoute(a, 27_001)).rejects.toMatchObject({ problem: { kind: 'foreign', path } })
    await expect(entry.setIndex(fragment)).rejects.toMatchObject({ problem: { kind: 'foreign', path: folder.index } })
    expect(readFileSync(path, 'utf8') + readFileSync(folder.index, 'utf8')).toBe('# by hand\nby hand')
  })

  it('takes an index page that comes in pieces', async () => {
    const { program, folder } = await edge()
    const { stream, heard } = rawTo(program)
    stream.write(`1 begin ${beginOf('publish').op} publish a me\n2 index-set ${Buffer.byteLength(fragment)}\n`)
    for (const byte of Buffer.from(fragment)) stream.write(Buffer.from([byte]))
    stream.write('3 ping\n')
    await until(() => expect(heard()).toBe('1 ok 0\n2 ok 0\n3 ok 0\n'))
    expect(readFileSync(folder.index, 'utf8')).toContain(fragment)
  })

  it.each(['route-set a', 'route-set a 80', 'route-set a x', 'route-drop a 27001', 'route-set ../a 27001', 'reload'])(
    'refuses %j and changes nothing',
    async words => {
      const { program, served } = await edge()
      const before = served()
      const { stream, heard } = rawTo(program)
      stream.write(`1 begin ${beginOf('publish').op} publish a me\n2 ${words}\n`)
      await until(() => expect(heard()).toMatch(/^1 ok 0\n2 no bad-request /))
      expect(served()).toBe(before)
    },
  )

  it('tells the log lines of a paper, of all papers and of nginx itself, and follows them', async () => {
    const { entry, folder, program } = await edge()
    const lines = ['GET /thesis/a/ x', 'GET /thesis/ab/ x', 'GET / x', '2026/11/23 07:00:00 [emerg] 1#1: broken']
    appendFileSync(folder.errorLog, `${lines.join('\n')}\n`)
    expect(await entry.log('error', 10, a)).toEqual([lines[0]])
    expect(await entry.log('error', 10, null)).toEqual([lines[0], lines[1], lines[3]])
    expect(await entry.log('error', 1, null)).toEqual([lines[3]])
    const { stream, heard } = rawTo(program)
    stream.write('1 follow error 1 a\n')
    await until(() => expect(heard()).toBe(`1 ok stream\n${lines[0]}\n`))
    // What is written before the file is watched is told with the next change.
    const knock = 'GET /thesis/a/ knock'
    let knocks = 0
    await until(() => {
      appendFileSync(folder.errorLog, `${knock}\n`)
      knocks++
      expect(heard()).toContain(knock)
    })
    const more = Array.from({ length: 6000 }, (_, at) => `GET /thesis/a/ 확산 ${at}`)
    appendFileSync(folder.errorLog, `${more.join('\n')}\nhalf /thesis/a/`)
    appendFileSync(folder.errorLog, ' a line\n')
    const told = [lines[0], ...Array.from({ length: knocks }, () => knock), ...more, 'half /thesis/a/ a line']
    const expected = `1 ok stream\n${told.join('\n')}\n`
    await until(() => expect(heard() === expected).toBe(true))
  })
})
