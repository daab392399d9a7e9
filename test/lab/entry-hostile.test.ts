import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { renderFragment } from '../../src/core/index-page.ts'
import { parsePaperId } from '../../src/core/paper.ts'
import { beginOf, edgeEntry, gpuEntry, problemOf, runSetup, serveArgv } from './entry-hosts.ts'
import { asRoot, inHost, labPossible, startInHost } from './harness.ts'

const folder = '/etc/nginx/snippets/learn-papers'
const web = '/var/www/learn.ericfromkorea.com/thesis'
const releases = '/home/son/prj/thesis/state/releases'
const beta = parsePaperId('beta')
const open: { close(): Promise<void> }[] = []
const opened = <T extends { close(): Promise<void> }>(entry: T): T => {
  open.push(entry)
  return entry
}
const edge = () => opened(edgeEntry())
const gpu = () => opened(gpuEntry())
const root = (host: 'gpu' | 'edge', script: string) => asRoot(host, ['sh', '-euc', script])
const isThere = async (host: 'gpu' | 'edge', path: string) =>
  (await inHost(host, ['test', '-e', path], { user: 'root' })).code === 0

/** What somebody with the operator's key and files, or any other user of the host, might try. */
describe.skipIf(!labPossible().possible)('hostile hosts', () => {
  beforeAll(async () => {
    expect(await runSetup('edge')).toMatchObject({ code: 0 })
    expect(await runSetup('gpu')).toMatchObject({ code: 0 })
  })
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close()
  })

  test.each(['edge', 'gpu'] as const)("no other user of the %s host can take or hold papergen's lock", async host => {
    await (host === 'edge' ? edge() : gpu()).holder()
    const taken = await inHost(host, ['flock', '-n', '/run/papergen/lock', 'true'])
    expect(taken).toMatchObject({ code: 66, stderr: expect.stringContaining('Permission denied') })
  })

  test("nothing of the caller's environment reaches a tool of root's, even where sudo keeps it", async () => {
    await root('edge', `echo 'Defaults env_keep += "HOME"' >/etc/sudoers.d/keep; chmod 440 /etc/sudoers.d/keep`)
    const curlrc = 'url = "file:///etc/hostname"\noutput = "/run/by-curl"\n'
    await inHost('edge', ['sh', '-c', 'cat >/home/son/.curlrc'], { stdin: curlrc })
    await inHost('edge', serveArgv('edge'), { stdin: '1 state\n', env: { HOME: '/home/son' } })
    const lured = await isThere('edge', '/run/by-curl')
    await root('edge', 'rm -f /etc/sudoers.d/keep /home/son/.curlrc /run/by-curl')
    expect(lured).toBe(false)
  })

  test("a release whose note is a pipe is refused; it holds nobody's lock", async () => {
    const hash = '0123456789abcdef'
    const release = `${releases}/pipe/${hash}`
    await inHost('gpu', ['sh', '-euc', `mkdir -p ${release}; mkfifo ${release}/.papergen`])
    const entry = gpu()
    await entry.begin(beginOf('publish', 'pipe'))
    const refused = await problemOf(entry.writeUnit(parsePaperId('pipe'), 27000, hash))
    expect(refused).toMatchObject({ kind: 'request-failed', output: `no release note at ${release}/.papergen` })
    await entry.end()
    await asRoot('gpu', ['rm', '-r', `${releases}/pipe`])
  })

  test.each([
    ['the routes', folder],
    ['the index page', web],
  ])('a folder of %s that somebody but root can change is refused, by setup too', async (_, path) => {
    const entry = edge()
    await entry.begin(beginOf('publish', 'beta'))
    await asRoot('edge', ['chown', 'son', path])
    const write = path === web ? entry.setIndex(renderFragment([], '/thesis')) : entry.setRoute(beta, 27001)
    const [refused, setup] = [await problemOf(write), await runSetup('edge')]
    await entry.end()
    await asRoot('edge', ['chown', 'root', path])
    expect(refused).toMatchObject({ output: expect.stringContaining(`chown root:root ${path}`) })
    expect(setup).toMatchObject({ code: 4, stderr: expect.stringContaining(`chown root:root ${path}`) })
  })

  test.each([
    ['a link', `ln -s /etc/shadow ${folder}/x.conf`],
    ['a file that nginx reads', `echo 'include /etc/shadow;' >${folder}/x.conf`],
  ])("of a folder of routes that is not root's nothing is shown, %s among it", async (_, lure) => {
    await root('edge', `${lure}; chown -h son ${folder} ${folder}/x.conf`)
    const begin = `begin ${Object.values(beginOf('publish', 'beta')).join(' ')}`
    const { stdout } = await inHost('edge', serveArgv('edge'), {
      stdin: `1 snippets\n2 state\n3 ${begin}\n4 exposure\n`,
    })
    await root('edge', `rm ${folder}/x.conf; chown root ${folder}`)
    expect(stdout).not.toMatch(/root:[*!$]|\/etc\/shadow/)
    expect(stdout.match(/chown root:root \S+learn-papers;/g)).toHaveLength(3)
    expect(stdout).toMatch(/^1 no failed .*2 ok .*^config-error .*3 no failed /ms)
    expect(stdout).not.toMatch(/^config (ok|broken)$/m)
  })

  test.each([
    ['edge', folder],
    ['edge', web],
    ['gpu', '/etc/systemd/system'],
  ] as const)("on the %s host, sudo lets nobody start a program before %s is root's", async (host, path) => {
    const rules = `/etc/sudoers.d/papergen-${host}`
    await root(host, `rm ${rules}; chown son ${path}`)
    const refused = await runSetup(host)
    const open = await isThere(host, rules)
    await asRoot(host, ['chown', 'root', path])
    expect([refused.code, open]).toEqual([4, false])
    expect((await runSetup(host)).code).toBe(0)
  })

  test("an adopted route becomes root's own, and is its former owner's again when it is put back", async () => {
    const path = `${folder}/beta.conf`
    const old = 'location /thesis/beta/ { proxy_pass http://192.168.1.116:27001; }\n'
    await root('edge', `printf '%s' '${old}' >${path}; chown son ${path}`)
    const entry = edge()
    await entry.begin(beginOf('publish', 'beta'))
    await entry.setRoute(beta, 27001)
    const ours = await asRoot('edge', ['stat', '-c', '%U %a', path])
    await entry.undo()
    await entry.end()
    const [back, text] = [await asRoot('edge', ['stat', '-c', '%U %a', path]), await asRoot('edge', ['cat', path])]
    await asRoot('edge', ['rm', path])
    expect([ours, back, text]).toEqual(['root 644\n', 'son 644\n', old])
  })

  test("somebody else's proxy in the folder of the routes is not a paper's route", async () => {
    const path = `${folder}/beta.conf`
    await root('edge', `echo 'location /api/ { proxy_pass http://127.0.0.1:9000; }' >${path}`)
    const entry = edge()
    await entry.begin(beginOf('unpublish', 'beta'))
    const refused = await problemOf(entry.dropRoute(beta))
    await entry.end()
    await asRoot('edge', ['rm', path])
    expect(refused).toMatchObject({ kind: 'foreign', path })
  })

  test('an end without confirm puts everything back', async () => {
    const entry = edge()
    await entry.begin(beginOf('publish', 'beta'))
    await entry.setRoute(beta, 27001)
    await entry.end()
    expect(await isThere('edge', `${folder}/beta.conf`)).toBe(false)
    expect(await asRoot('edge', ['ls', '-A', '/var/lib/papergen/edge'])).toBe('')
  })

  test('wrong words end no program, and leave nothing unconfirmed behind', async () => {
    const begin = `begin ${Object.values(beginOf('publish', 'beta')).join(' ')}`
    const stdin = `1 ${begin}\n2 route-set beta 27001\n3 begin a;b\n4 begin a\n5 ping\n`
    const { code, stdout } = await inHost('edge', serveArgv('edge'), { stdin })
    expect(await isThere('edge', `${folder}/beta.conf`)).toBe(false)
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/\n0 no bad-request.*\n.*4 no bad-request.*\n.*5 ok 0\n$/),
    ])
  })

  test('an end that cannot put back keeps what a repair needs', async () => {
    const entry = edge()
    await entry.begin(beginOf('publish', 'beta'))
    await entry.setRoute(beta, 27001)
    await root('edge', `echo 'nonsense on;' >${folder}/zz.conf`)
    const refused = await problemOf(entry.end())
    await root('edge', `rm ${folder}/zz.conf`)
    expect(refused).toMatchObject({ kind: 'request-failed', output: expect.stringContaining('nonsense') })
    await entry.end()
    expect(await asRoot('edge', ['ls', '-A', '/var/lib/papergen/edge'])).toBe('')
  })

  test('a removal that cannot be remembered as final is not begun', async () => {
    const entry = edge()
    await entry.begin(beginOf('publish', 'beta'))
    await entry.setRoute(beta, 27001)
    await entry.confirm()
    await entry.end()
    await entry.begin(beginOf('unpublish', 'beta'))
    // A file where the folder of confirmed operations would be.
    await asRoot('edge', ['touch', '/var/lib/papergen/edge/confirmed'])
    const refused = await problemOf(entry.dropRoute(beta))
    const kept = await isThere('edge', `${folder}/beta.conf`)
    await asRoot('edge', ['rm', '/var/lib/papergen/edge/confirmed'])
    await entry.dropRoute(beta)
    await entry.end()
    expect([refused.kind, kept]).toEqual(['request-failed', true])
    expect(await isThere('edge', `${folder}/beta.conf`)).toBe(false)
  })

  test('what a lost end left of a confirmed operation goes with the next operation', async () => {
    const entry = edge()
    await entry.begin(beginOf('publish', 'beta'))
    await entry.setIndex(renderFragment([], '/thesis'))
    await entry.confirm()
    await entry.close()
    const next = edge()
    expect(await next.outcome(beginOf('publish', 'beta').op)).toBe('confirmed')
    await next.begin(beginOf('restart', 'alpha'))
    expect(await next.outcome(beginOf('publish', 'beta').op)).toBe('none')
    await next.end()
    expect(await asRoot('edge', ['ls', '-A', '/var/lib/papergen/edge'])).toBe('')
  })

  test("a killed program's temporary files go when its operation is put back", async () => {
    const entry = edge()
    await entry.begin(beginOf('publish', 'beta'))
    await entry.setRoute(beta, 27001)
    await root('edge', 'kill -KILL "$(pgrep -xo papergen-edge)"')
    await asRoot('edge', ['touch', `${folder}/.papergen.tmp`, `${web}/.papergen.tmp`])
    expect(await edge().pending()).toBeNull()
    const left = [await isThere('edge', `${folder}/.papergen.tmp`), await isThere('edge', `${web}/.papergen.tmp`)]
    expect(left).toEqual([false, false])
  })

  test('a reader that stopped reading loses the lock, and its unconfirmed route', async () => {
    const log = '/var/log/nginx/access.log'
    await root('edge', `cp ${log} /run/access.log; seq -f "GET /thesis/beta/%0150.0f" 20000 >>${log}`)
    const stuck = startInHost('edge', serveArgv('edge'))
    stuck.child.stdout!.pause()
    const begin = Object.values(beginOf('publish', 'beta')).join(' ')
    stuck.child.stdin!.write(`1 begin ${begin}\n2 route-set beta 27001\n3 log access 20000 -\n`)
    await root('edge', `timeout 50 sh -c 'until [ -e ${folder}/beta.conf ]; do sleep 0.1; done'`)
    // Before the 45 s of silence would end it anyway.
    await root('edge', `timeout 40 sh -c 'while [ -e ${folder}/beta.conf ]; do sleep 0.1; done'`)
    const next = edge()
    await next.begin(beginOf('restart', 'alpha'))
    await next.end()
    stuck.child.stdin!.end()
    stuck.child.stdout!.resume()
    await stuck.ended
    await root('edge', `cp /run/access.log ${log}; rm /run/access.log`)
  })

  test('setup makes no folder as root behind a link of the operator', async () => {
    const state = '/home/son/prj/thesis/state'
    await root('gpu', `mv ${state} ${state}.away; mkdir /etc/lured; ln -s /etc/lured ${state}; chown -h son ${state}`)
    const { code } = await runSetup('gpu')
    const lured = await asRoot('gpu', ['ls', '-A', '/etc/lured'])
    await root('gpu', `rm ${state}; mv ${state}.away ${state}; rm -r /etc/lured`)
    expect([code, lured]).toEqual([4, ''])
  })

  test("a unit of a paper's name from another folder is neither stopped nor shadowed", async () => {
    const path = '/run/systemd/system/papergen-vendor.service'
    await root('gpu', `printf '[Service]\nExecStart=sleep 1000\n' >${path}; systemctl start papergen-vendor`)
    const entry = gpu()
    const vendor = parsePaperId('vendor')
    await entry.begin(beginOf('unpublish', 'vendor'))
    const refused = await problemOf(entry.removeUnit(vendor))
    await entry.end()
    const { stdout } = await inHost('gpu', ['systemctl', 'is-active', 'papergen-vendor'])
    await root('gpu', `systemctl stop papergen-vendor; rm ${path}; systemctl daemon-reload`)
    expect([refused, stdout]).toMatchObject([{ kind: 'foreign', path }, 'active\n'])
  })

  test("the logs show the papers' lines and no other site's", async () => {
    const log = '/var/log/nginx/access.log'
    await root('edge', `echo 'GET /thesis/beta/ 200' >>${log}; echo 'GET /private?token=1 200' >>${log}`)
    const lines = await edge().log('access', 50, null)
    await root('edge', `sed -i '/private?token/d; /beta. 200/d' ${log}`)
    expect(lines).toContain('GET /thesis/beta/ 200')
    expect(lines.join('\n')).not.toContain('token')
  })

  test('asking who holds the lock refuses nobody', async () => {
    const asked = [edge(), edge(), edge()]
    const taker = edge()
    await taker.holder()
    const asking = asked.flatMap(entry => Array.from({ length: 15 }, () => entry.pending()))
    for (let n = 0; n < 5; n++) {
      await taker.begin(beginOf('restart', 'alpha'))
      await taker.end()
    }
    expect(await Promise.all(asking)).toEqual(asking.map(() => null))
  })
})
