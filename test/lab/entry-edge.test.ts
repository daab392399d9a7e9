import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { renderFragment } from '../../src/core/index-page.ts'
import { parsePaperId } from '../../src/core/paper.ts'
import { parseSnippet } from '../../src/core/snippet.ts'
import { beginOf, edgeEntry, problemOf, runSetup, serveArgv } from './entry-hosts.ts'
import { asRoot, diffTrees, fetchThroughEdge, inHost, labPossible, tree } from './harness.ts'

const folder = '/etc/nginx/snippets/learn-papers'
const [alpha, beta] = [parsePaperId('alpha'), parsePaperId('beta')]
const open: ReturnType<typeof edgeEntry>[] = []
const entry = () => {
  open.push(edgeEntry())
  return open.at(-1)!
}
const names = async () => (await asRoot('edge', ['ls', folder])).trim().split('\n')

describe.skipIf(!labPossible().possible)('the edge entry point, against real nginx', () => {
  beforeAll(async () => expect(await runSetup('edge')).toMatchObject({ code: 0 }))
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close()
  })
  afterAll(() => asRoot('edge', ['rm', '-f', '/var/www/learn.ericfromkorea.com/thesis/index.html']))

  test('setup changes nothing the second time', async () => {
    const before = tree('edge')
    expect(await runSetup('edge')).toMatchObject({ code: 0, stdout: 'papergen setup: done\n' })
    expect(diffTrees(before, tree('edge'))).toEqual([])
  })

  test('a route is proved, the paper that is down says so with its status, and all of it goes away again', async () => {
    const before = tree('edge', { except: [/\/thesis\/index\.html/, /\/var\/log\//] })
    const edge = entry()
    await edge.begin(beginOf('publish', 'alpha'))
    await edge.setRoute(alpha, 27000)
    await edge.setIndex(renderFragment([{ id: 'alpha', title: '<Ä>', publishedAt: '2026-11-23T07:00:00Z' }], '/thesis'))
    expect(await edge.outcome(beginOf('publish', 'alpha').op)).toBe('pending')
    await edge.confirm()
    expect(await edge.outcome(beginOf('publish', 'alpha').op)).toBe('confirmed')
    await edge.end()
    const state = await edge.state()
    expect(state).toMatchObject({ nginx: 'active', configError: null })
    expect(state.markerServed).toBe(state.markerOnDisk)
    expect(parseSnippet('alpha', (await edge.snippets()).find(({ name }) => name === 'alpha')!.text).origin).toBe(
      'ours',
    )
    expect(await fetchThroughEdge('/thesis/alpha/x.js')).toMatchObject({
      status: 502,
      headers: { refresh: '60', 'retry-after': '60' },
      body: expect.stringContaining('not answering'),
    })
    expect(await fetchThroughEdge('/thesis/alpha?a=1')).toMatchObject({ status: 308 })
    expect(await fetchThroughEdge('/thesis/_generation')).toMatchObject({ status: 403 })
    expect(await fetchThroughEdge('/thesis/')).toMatchObject({
      status: 200,
      body: expect.stringContaining('&lt;Ä&gt;'),
    })
    await edge.begin(beginOf('unpublish', 'alpha'))
    await edge.setIndex(renderFragment([], '/thesis'))
    await edge.dropRoute(alpha)
    await edge.confirm()
    await edge.end()
    expect(diffTrees(before, tree('edge', { except: [/\/thesis\/index\.html/, /\/var\/log\//] }))).toEqual([])
  })

  test('what was not confirmed goes back at the end of input', async () => {
    const before = await names()
    const edge = entry()
    await edge.begin(beginOf('publish', 'beta'))
    await edge.setRoute(beta, 27001)
    expect(await names()).toContain('beta.conf')
    await edge.close()
    expect(await names()).toEqual(before)
  })

  test('after a SIGKILL the next program puts it back before it answers', async () => {
    const edge = entry()
    await edge.begin(beginOf('publish', 'beta'))
    await edge.setRoute(beta, 27001)
    await asRoot('edge', ['sh', '-c', 'kill -KILL "$(pgrep -xo papergen-edge)"'])
    expect(await entry().pending()).toBeNull()
    expect(await names()).not.toContain('beta.conf')
    expect(await asRoot('edge', ['ls', '-A', '/var/lib/papergen/edge'])).toBe('')
  })

  test('without confirm everything goes back after 60 s, whatever is asked meanwhile', async () => {
    const edge = entry()
    await edge.begin(beginOf('publish', 'beta'))
    await edge.setRoute(beta, 27001)
    const since = Date.now()
    // Every look is a request, so silence is not what ends it.
    while ((await edge.snippets()).some(({ name }) => name === 'beta')) await asRoot('edge', ['sleep', '1'])
    expect(Date.now() - since).toBeGreaterThan(55_000)
    expect(Date.now() - since).toBeLessThan(75_000)
    expect(await problemOf(edge.confirm())).toMatchObject({ output: expect.stringContaining('put back') })
    await edge.end()
  })

  test('TERM puts back what is not confirmed; HUP and INT are nothing', async () => {
    const edge = entry()
    await edge.begin(beginOf('publish', 'beta'))
    await edge.setRoute(beta, 27001)
    const signal = (name: string) => asRoot('edge', ['sh', '-c', `kill -${name} "$(pgrep -xo papergen-edge)"`])
    await signal('HUP')
    await signal('INT')
    await edge.hold()
    await signal('TERM')
    expect(await problemOf(edge.hold())).toMatchObject({
      kind: expect.stringMatching(/connection-lost|request-failed/),
    })
    expect(await entry().pending()).toBeNull()
    expect(await names()).not.toContain('beta.conf')
  })

  test('a full disk changes nothing', async () => {
    const full =
      'mount -t tmpfs -o size=8k tmpfs /var/lib/papergen/edge; head -c 100000 /dev/zero >/var/lib/papergen/edge/fill || :'
    await asRoot('edge', ['sh', '-c', full])
    const edge = entry()
    await edge.begin(beginOf('publish', 'beta'))
    expect(await problemOf(edge.setRoute(beta, 27001))).toMatchObject({ kind: 'request-failed' })
    await edge.end()
    await edge.close()
    await asRoot('edge', ['umount', '/var/lib/papergen/edge'])
    expect(await names()).not.toContain('beta.conf')
  })

  test('a removal is never put back', async () => {
    const edge = entry()
    await edge.begin(beginOf('publish', 'beta'))
    await edge.setRoute(beta, 27001)
    await edge.confirm()
    await edge.end()
    await edge.begin(beginOf('unpublish', 'beta'))
    await edge.dropRoute(beta)
    await edge.close()
    expect(await names()).not.toContain('beta.conf')
    expect(await entry().outcome(beginOf('unpublish', 'beta').op)).toBe('confirmed')
    await inHost('edge', serveArgv('edge'), { stdin: `1 forget ${beginOf('unpublish', 'beta').op}\n` })
  })

  test('a second console is refused and told who holds the lock', async () => {
    await entry().begin(beginOf('publish', 'beta', 'kim@desk'))
    expect(await problemOf(entry().begin(beginOf('publish', 'alpha')))).toMatchObject({
      ...{ kind: 'locked', holder: 'kim@desk', operation: 'publish', id: 'beta' },
    })
  })

  test('nginx that was broken before us is named with file and line, and not touched', async () => {
    await asRoot('edge', ['sh', '-c', `echo 'nonsense on;' >${folder}/zz.conf`])
    expect(await problemOf(entry().begin(beginOf('publish', 'beta')))).toMatchObject({
      ...{ kind: 'nginx-broken', file: `${folder}/zz.conf`, line: 1 },
    })
    await asRoot('edge', ['rm', `${folder}/zz.conf`])
  })

  describe('workers of nginx that do not come to what they are told, as on a machine at work', () => {
    const takesIn = `pgrep -f '^nginx: worker process *$'`
    const root = (script: string) => asRoot('edge', ['sh', '-euc', script])
    const goOn = () => root("pkill -CONT -f '^nginx: worker process'")

    test('keep a route from being told of until they lead nobody to where it led', async () => {
      const edge = entry()
      await edge.begin(beginOf('publish', 'beta'))
      await edge.setRoute(beta, 27001)
      const stopped = await root(`for each in $(${takesIn}); do kill -STOP $each; echo "$each"; done`)
      let isTold = false
      const told = edge.setRoute(beta, 27002).then(() => {
        isTold = true
      })
      const others = `${takesIn} | grep -vxF "${stopped.trim()}"`
      await root(`timeout 30 sh -c 'until [ "$(${others.replaceAll("'", "'\\''")})" ]; do sleep 0.1; done'; sleep 2`)
      expect(isTold).toBe(false)
      await goOn()
      await told
      await edge.end()
      expect(await names()).not.toContain('beta.conf')
    })

    test('are a failure when they never do', async () => {
      const edge = entry()
      await edge.begin(beginOf('publish', 'beta'))
      await root("pkill -STOP -f '^nginx: worker process'")
      expect(await problemOf(edge.setRoute(beta, 27001))).toMatchObject({
        ...{ kind: 'reload-failed', output: expect.stringContaining('a worker of nginx still takes visitors') },
      })
      await goOn()
      await edge.end()
      expect(await names()).not.toContain('beta.conf')
    })
  })

  test("a reload that silently keeps the old configuration is a failure, in nginx's words", async () => {
    const other = '/etc/nginx/sites-enabled/other'
    // Port 22 is sshd's: nginx -t and the reload both say 0, and nothing changes.
    await asRoot('edge', ['sh', '-c', `echo 'server { listen 22; }' >${other}`])
    const edge = entry()
    await edge.begin(beginOf('publish', 'beta'))
    expect(await problemOf(edge.setRoute(beta, 27001))).toMatchObject({
      ...{ kind: 'reload-failed', output: expect.stringContaining('bind() to 0.0.0.0:22 failed') },
    })
    expect(await names()).not.toContain('beta.conf')
    await edge.end()
    await asRoot('edge', ['rm', other])
  })

  test('a route that nginx would not take beside what is there is refused in its words, before anything is live', async () => {
    const hand = `${folder}/hand.conf`
    await asRoot('edge', ['sh', '-c', `echo 'location = /thesis/beta { return 404; }' >${hand} && nginx -t -q`])
    const before = tree('edge', { except: [/\/var\/log\//] })
    const edge = entry()
    const { markerServed } = await edge.state()
    await edge.begin(beginOf('publish', 'beta'))
    expect(await problemOf(edge.setRoute(beta, 27001))).toMatchObject({
      ...{ kind: 'request-failed', output: expect.stringContaining('duplicate location "/thesis/beta"') },
    })
    expect(await names()).not.toContain('beta.conf')
    expect((await edge.state()).markerServed).toBe(markerServed)
    await edge.end()
    expect(diffTrees(before, tree('edge', { except: [/\/var\/log\//] }))).toEqual([])
    await asRoot('edge', ['rm', hand])
  })

  test('a foreign file in the way is refused and kept', async () => {
    await asRoot('edge', ['sh', '-c', `echo '# mine' >${folder}/beta.conf`])
    const edge = entry()
    await edge.begin(beginOf('publish', 'beta'))
    expect(await problemOf(edge.setRoute(beta, 27001))).toMatchObject({ kind: 'foreign', path: `${folder}/beta.conf` })
    await edge.end()
    expect(await asRoot('edge', ['cat', `${folder}/beta.conf`])).toBe('# mine\n')
    await asRoot('edge', ['rm', `${folder}/beta.conf`])
  })

  test.each([
    'route-set ../x 27001',
    'route-set beta 28000',
    'route-set beta  27001',
    'route-set $(id) 27001',
    'route-set é 27001',
    'route-set beta--next 27001',
    'log /etc/shadow 10 -',
    'index-set 99999999',
    'begin 20261123070000123-publish-a publish a;b son@x',
    'hello x',
    `hello ${'x'.repeat(390)}`,
    'index-set 19\n<p><script></p>\nxxx\n',
    'index-set 28\n<p>Papers are gone now.</p>\n',
  ])('refuses %j', async request => {
    const before = await names()
    const stdin = `1 begin ${Object.values(beginOf('publish', 'beta')).join(' ')}\n2 ${request}\n`
    const { stdout } = await inHost('edge', serveArgv('edge'), { stdin })
    expect(stdout).toMatch(/^1 ok 0\n([02] no bad-request|$)/)
    expect(await names()).toEqual(before)
  })

  test('sudo allows nothing else', async () => {
    const { code } = await inHost('edge', ['sudo', '-n', '/usr/local/libexec/papergen-edge', 'other'])
    expect(code).toBe(1)
  })
})
