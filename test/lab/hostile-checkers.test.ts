import { connect } from 'node:net'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/core/config.ts'
import { refuseNames } from '../../src/core/notebook-name.ts'
import { parsePaperId } from '../../src/core/paper.ts'
import { gpuPolicy } from '../../src/core/policy.ts'
import { unitObjectPath } from '../../src/core/systemd.ts'
import { notebookPath as pathOf, renderUnit } from '../../src/core/unit.ts'
import { connectBus } from '../../src/services/systemd-bus.ts'
import { accepted } from '../hostile/cases.ts'
import { routesTaken } from '../hostile/configs.ts'
import { config, notebookPath, sampled, templates } from '../hostile/files.ts'
import { asRoot, inHost, labHosts, labPossible } from './harness.ts'
import { place } from './hostile-place.ts'
import { tryRoutes } from './hostile-routes.ts'

/** What the core takes of hostile values, two thousand each, through the programs that read it. */
const count = 2000

const isTaken = (path: string): boolean =>
  accepted(() => refuseNames(path, null) ?? true) !== null && path.isWellFormed()

describe.skipIf(!labPossible().possible)('units of hostile notebooks', { timeout: 400_000 }, () => {
  const policy = gpuPolicy(config, '/home/son')
  const id = (at: number) => parsePaperId(`h${at}`)
  const releases = sampled(fc.record({ hash: fc.constantFrom('0123456789abcdef', 'live'), notebook: notebookPath }), count, ({ notebook }) => notebook, ({ notebook }) => isTaken(notebook)) // biome-ignore format: one call
  /** Of root's systemd and of the operator's own, who must be able to read them. */
  const folders = { 'root/hostile': templates.system, 'srv/hostile': templates.user }
  const unit = (at: number) => `papergen-h${at}.service`

  beforeAll(() => {
    for (const [folder, template] of Object.entries(folders))
      place('gpu', folder, Object.fromEntries(releases.map((release, at) => [unit(at), renderUnit(template, policy, id(at), 27000 + (at % 1000), release)]))) // biome-ignore format: one call
  })

  const scopes = [
    ['of root', 'root', 'root', ''],
    ["of the operator's own systemd", 'srv', 'son', '--user'],
  ] as const

  test.each(scopes)('systemd-analyze verify has nothing to say of those %s', async (_, top, user, scope) => {
    const script = `cd /${top}/hostile && systemd-analyze ${scope} verify ./papergen-h*.service`
    expect(await inHost('gpu', ['sh', '-c', script], { user, timeout: 390_000 })).toEqual({ code: 0, stdout: '', stderr: '' }) // biome-ignore format: one assertion
  })

  test.each(scopes)('and would have, were one of those %s broken', async (_, top, user, scope) => {
    const template = folders[`${top}/hostile`]
    place('gpu', `${top}/broken`, { 'papergen-h0.service': renderUnit(template, policy, id(0), 27000, { hash: 'live', notebook: 'a".py' }) }) // biome-ignore format: one call
    const { stderr } = await inHost('gpu', ['sh', '-c', `systemd-analyze ${scope} verify /${top}/broken/papergen-h0.service`], { user }) // biome-ignore format: one call
    expect(stderr).not.toBe('')
  })

  test('systemd runs exactly the words that were meant', async () => {
    await asRoot('gpu', ['sh', '-c', 'cp /root/hostile/*.service /run/systemd/system/ && systemctl daemon-reload'])
    // Asked over one connection of our own: a program for each would take most of the time.
    const path = `/proc/${labHosts().booted.gpu.leader.pid}/root/run/dbus/system_bus_socket`
    const bus = await connectBus(connect({ path }), 0, 60_000)
    const argvs: (readonly (readonly string[])[])[] = []
    for (const at of releases.keys()) {
      const found = await bus.call(unitObjectPath(unit(at)), 'org.freedesktop.DBus.Properties', 'Get', 'ss', ['org.freedesktop.systemd1.Service', 'ExecStart']) // biome-ignore format: one call
      argvs.push((found as readonly (readonly [string, readonly string[]])[]).map(([, argv]) => argv))
    }
    bus.close()
    const meant = releases.map((release, at) => [[policy.marimo, 'run', '--headless', '--no-token', '--no-sandbox', '--host', policy.address, '--port', String(27000 + (at % 1000)), '--base-url', `/thesis/h${at}`, pathOf(policy, id(at), release)]]) // biome-ignore format: one list
    expect(argvs).toEqual(meant)
  })
})

describe.skipIf(!labPossible().possible)('routes of hostile ids and configs', { timeout: 200_000 }, () => {
  const { routes, refused } = routesTaken(count)
  const { policy, id, port } = routes[0]!
  const taken = tryRoutes('routes', routes)
  beforeAll(() => taken.place())

  test('the core refuses most of what is asked for', () => {
    expect(refused).toBeGreaterThan(count)
    expect(new Set(routes.map(({ policy }) => policy.base)).size).toBeGreaterThan(count / 4)
    expect(new Set(routes.map(({ policy }) => policy.address)).size).toBeGreaterThan(count / 4)
  })

  test('nginx -t takes the rest, and nginx -T shows their directives and no other', async () => {
    expect(await taken.test()).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await taken.astray()).toEqual([])
  })

  test('each is one location that nginx really serves, and nothing beside it', async () => {
    const asked = routes.slice(0, 400).flatMap(({ policy: { base }, id }, at) => {
      const host = `http://r${at}.test:4`
      return [
        [`${host}${base}/${id}`, `308 ${host}${base}/${id}/`],
        [`${host}${base}/_generation`, '200'],
        ...[`${base}/${id}x`, '/hostname', '/../hostname', `${base}/`].map(path => [`${host}${path}`, '404']),
      ] as const
    })
    // A path above the root is no request at all.
    const meant = asked.map(([url, answer]) => (url!.endsWith('/../hostname') ? '400' : answer!))
    expect(await taken.answers(asked.map(([url]) => url!))).toEqual(meant)
  })

  /** As if the core let through what it refuses. */
  const smuggled = (name: string, address: string) => {
    const route = { policy: { ...policy, address }, id, port }
    expect(
      accepted(() => readConfig(`[gpu]\naddress = ${JSON.stringify(address)}\n`, '/c.toml', '/home/son')),
    ).toBeNull()
    return tryRoutes(name, [routes[1]!, route])
  }

  test('and would show it, had a directive come in with an address', async () => {
    const broken = smuggled('broken-routes', '10.0.0.1; }')
    broken.place()
    expect((await broken.test()).code).not.toBe(0)
    const well = smuggled(
      'well-routes',
      '10.0.0.1; } location /hostname { root /etc; } location /x { proxy_pass http://10.0.0.1',
    )
    well.place()
    expect(await well.test()).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await well.astray()).toEqual([1])
    expect(await well.answers(['http://r0.test:4/hostname', 'http://r1.test:4/hostname'])).toEqual(['404', '200'])
  })
})
