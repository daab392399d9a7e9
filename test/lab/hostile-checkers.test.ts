import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { HostName } from '../../lab/layout.ts'
import { refuseNames } from '../../src/core/notebook-name.ts'
import { isPaperId, parsePaperId } from '../../src/core/paper.ts'
import { edgePolicy, gpuPolicy } from '../../src/core/policy.ts'
import { renderSnippet } from '../../src/core/snippet.ts'
import { unitObjectPath } from '../../src/core/systemd.ts'
import { notebookPath as pathOf, renderUnit } from '../../src/core/unit.ts'
import { parseNginx } from '../../src/demo/nginx-config.ts'
import { accepted } from '../hostile/cases.ts'
import { config, notebookPath, paperId, paperPort, sampled, templates } from '../hostile/files.ts'
import { asRoot, inHost, labHosts, labPossible } from './harness.ts'

/** What the core takes of hostile values, two thousand each, through the programs that read it. */
const count = 2000

/** Written from outside: one command a file would take minutes. */
const place = (host: HostName, folder: string, files: Readonly<Record<string, string>>): void => {
  const path = join(labHosts().layout.host(host).root, folder)
  mkdirSync(path, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
}

const isTaken = (path: string): boolean =>
  accepted(() => refuseNames(path, null) ?? true) !== null && path.isWellFormed()

describe.skipIf(!labPossible().possible)('units of hostile notebooks', { timeout: 400_000 }, () => {
  const policy = gpuPolicy(config, '/home/son')
  const id = (at: number) => parsePaperId(`h${at}`)
  const releases = sampled(fc.record({ hash: fc.constantFrom('0123456789abcdef', 'live'), notebook: notebookPath }), count, ({ notebook }) => notebook, ({ notebook }) => isTaken(notebook)) // biome-ignore format: one call
  const unit = (at: number) => `papergen-h${at}.service`

  beforeAll(() => {
    place('gpu', 'root/hostile', Object.fromEntries(releases.map((release, at) => [unit(at), renderUnit(templates.system, policy, id(at), 27000 + (at % 1000), release)]))) // biome-ignore format: one call
  })

  test('systemd-analyze verify has nothing to say', async () => {
    const script = 'cd /root/hostile && systemd-analyze verify ./papergen-h*.service'
    expect(await inHost('gpu', ['sh', '-c', script], { user: 'root', timeout: 390_000 })).toEqual({ code: 0, stdout: '', stderr: '' }) // biome-ignore format: one assertion
  })

  test('and would have, were one of them broken', async () => {
    place('gpu', 'root/broken', { 'papergen-h0.service': renderUnit(templates.system, policy, id(0), 27000, { hash: 'live', notebook: 'a".py' }) }) // biome-ignore format: one call
    const { stderr } = await inHost('gpu', ['systemd-analyze', 'verify', '/root/broken/papergen-h0.service'], { user: 'root' }) // biome-ignore format: one call
    expect(stderr).not.toBe('')
  })

  test('systemd runs exactly the words that were meant', async () => {
    const script = 'cp /root/hostile/*.service /run/systemd/system/ && systemctl daemon-reload && while read -r path; do busctl --json=short get-property org.freedesktop.systemd1 "$path" org.freedesktop.systemd1.Service ExecStart || exit; done' // biome-ignore format: one line
    const paths = releases.map((_, at) => unitObjectPath(unit(at)))
    const said = await asRoot('gpu', ['sh', '-c', script], { stdin: `${paths.join('\n')}\n`, timeout: 390_000 })
    const argvs = said.trimEnd().split('\n').map(line => (JSON.parse(line) as { data: readonly (readonly [string, readonly string[]])[] }).data.map(([, argv]) => argv)) // biome-ignore format: one chain
    const meant = releases.map((release, at) => [[policy.marimo, 'run', '--headless', '--no-token', '--no-sandbox', '--host', policy.address, '--port', String(27000 + (at % 1000)), '--base-url', `/thesis/h${at}`, pathOf(policy, id(at), release)]]) // biome-ignore format: one list
    expect(argvs).toEqual(meant)
  })
})

describe.skipIf(!labPossible().possible)('routes of hostile ids and sites', () => {
  const base = fc.stringMatching(/^(?:\/[\w.-]{1,12}){0,3}$/).filter(text => !/\/\.\.?(\/|$)/.test(text))
  const routes = sampled(
    fc.record({ base, id: paperId, port: paperPort }),
    count,
    ({ base, id }) => `${base}/${id}`,
    ({ id }) => isPaperId(id),
  )
  const shown = new Map(routes.map(({ base, id, port }, at) => [`${at}.conf`, renderSnippet(templates.snippet, { ...edgePolicy(config), base }, id, port)] as const)) // biome-ignore format: one map

  const nginxConf = `events {}
http {
  map $http_upgrade $papergen_connection { default upgrade; '' close; }
  server { listen 127.0.0.1:4; location @papergen_down { return 502; } include /root/routes/*.conf; }
}
pid /root/routes.pid;
`

  test('nginx -t takes all of them, and nginx -T shows these locations and no other', async () => {
    place('edge', 'root/routes', Object.fromEntries(shown))
    place('edge', 'root', { 'routes.nginx': nginxConf })
    expect(await inHost('edge', ['nginx', '-t', '-q', '-c', '/root/routes.nginx'], { user: 'root' })).toEqual({ code: 0, stdout: '', stderr: '' }) // biome-ignore format: one assertion
    const dump = await asRoot('edge', ['nginx', '-T', '-q', '-c', '/root/routes.nginx'])
    const files = dump.split(/^# configuration file (.*):\n/m).slice(1)
    const dumped = new Map(files.flatMap((name, at) => (at % 2 === 0 && name.startsWith('/root/routes/') ? [[name.replace('/root/routes/', ''), files[at + 1]!.replace(/\n$/, '')] as const] : []))) // biome-ignore format: one map
    expect(dumped).toEqual(shown)
    const locations = [...dumped.values()].flatMap(text => parseNginx(text, 'x').map(({ name, args }) => [name, ...args].join(' '))) // biome-ignore format: one chain
    const meant = routes.flatMap(({ base, id }) => [`location = ${base}/${id}`, `location ^~ ${base}/${id}/`])
    expect(locations.toSorted()).toEqual(meant.toSorted())
  })

  test('each is one location that nginx really serves', async () => {
    const script = 'nginx -c /root/routes.nginx && while read -r path; do curl -gs --path-as-is -o /dev/null -w "%{http_code} %{redirect_url}\\n" "http://127.0.0.1:4$path"; done; nginx -c /root/routes.nginx -s stop' // biome-ignore format: one line
    const some = routes.slice(0, 200)
    const said = await asRoot('edge', ['sh', '-c', script], { stdin: some.map(({ base, id }) => `${base}/${id}\n`).join(''), timeout: 120_000 }) // biome-ignore format: one call
    expect(said.trimEnd().split('\n')).toEqual(some.map(({ base, id }) => `308 http://127.0.0.1:4${base}/${id}/`))
  })
})
