import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Run } from '../../lab/run.ts'
import { asRoot, fetchThroughEdge, inHost, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { emptyRegistry, readState, writeState } from './operator.ts'

/** The operator sits on the edge: the edge is local, the GPU host is reached over ssh, and everything is as from the GPU host. */

const config = `[gpu]
via = "ssh"
user = "son"

[edge]
via = "local"

[site]
ca = "/usr/local/share/papergen-lab/ca.pem"
`

const onEdge = (words: readonly string[]): Promise<Run> =>
  inHost('edge', ['/opt/papergen/bin/papergen', ...words], { timeout: 120_000 })

const expectOnEdge = async (code: number, ...words: string[]): Promise<Run> => {
  const ran = await onEdge(words)
  if (ran.code !== code)
    throw new Error(`papergen ${words.join(' ')} ended with ${ran.code}, not ${code}\n${ran.stdout}\n${ran.stderr}`)
  return ran
}

const place = async (path: string, content: string, mode: string): Promise<void> => {
  const script = `umask 077 && mkdir -p "$(dirname ${path})" && cat > ${path} && chmod ${mode} ${path}`
  const ran = await inHost('edge', ['sh', '-c', script], { stdin: content })
  if (ran.code !== 0) throw new Error(ran.stderr)
}

beforeAll(async () => {
  await writeState(emptyRegistry)
  const hostKey = (await asRoot('gpu', ['cat', '/etc/ssh/ssh_host_ed25519_key.pub'])).split(' ').slice(0, 2).join(' ')
  await place('/home/son/.ssh/id_ed25519', await asRoot('gpu', ['cat', '/home/son/.ssh/id_ed25519']), '600')
  await place('/home/son/.ssh/known_hosts', `192.168.1.116 ${hostKey}\n`, '600')
  await place('/home/son/.config/papergen/config.toml', config, '600')
  const ca = await asRoot('gpu', ['cat', '/usr/local/share/papergen-lab/ca.pem'])
  await asRoot(
    'edge',
    ['sh', '-c', 'mkdir -p /usr/local/share/papergen-lab && cat > /usr/local/share/papergen-lab/ca.pem'],
    { stdin: ca },
  )
})
afterAll(async () => {
  await asRoot('edge', ['rm', '-f', '/home/son/.ssh/id_ed25519', '/home/son/.config/papergen/config.toml'])
})

test('publish, update, status, logs, restart and unpublish from the edge', { timeout: 300_000 }, async () => {
  writeNotebook('far.py', notebook('far', '멀리서 "published"'))
  await expectOnEdge(0, 'publish', 'far.py', '--yes')
  expect((await fetchThroughEdge('/thesis/far/health')).status).toBe(200)

  const status = JSON.parse((await expectOnEdge(0, 'status', '--json')).stdout)
  expect(status.hosts.map((host: { role: string; via: string }) => [host.role, host.via])).toEqual([
    ['gpu', 'ssh'],
    ['edge', 'local'],
  ])
  expect(status.papers).toMatchObject([
    {
      id: 'far',
      unit: { state: 'active', origin: 'ours' },
      lan: { ok: true },
      edge: { ok: true },
      verdict: { level: 'ok' },
    },
  ])
  expect(status.papers[0].gpu.mib).toBeGreaterThan(0)

  writeNotebook('far.py', notebook('far again', 'Far'))
  await expectOnEdge(0, 'publish', 'far.py', '--yes')
  expect((await expectOnEdge(0, 'logs', 'far', '-n', '20')).stdout).toContain('marimo')
  await expectOnEdge(0, 'restart', 'far', '--yes')
  await expectOnEdge(0, 'doctor')
  await expectOnEdge(0, 'unpublish', 'far', '--yes')
  expect(await readState()).toBe(emptyRegistry)
  expect((await fetchThroughEdge('/thesis/far/health')).status).toBe(404)
})
