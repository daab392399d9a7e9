import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attempt } from '../../lab/run.ts'
import { inVisitorArgv } from '../../lab/visitor.ts'
import { asRoot, labHosts, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { expectPapergen, unpublishAll } from './operator.ts'
import { takeStock } from './unchanged.ts'

/** `papergen doctor` on what is open wider than needed: each finding with a cure that cures. */

type Finding = { name: string; host: string; ok: boolean; level: string; detail: string; cure: string | null }

const doctor = async (code = 0): Promise<Finding[]> =>
  JSON.parse((await expectPapergen(code, 'doctor', '--json')).stdout)
const of = (all: readonly Finding[], host: 'gpu' | 'edge', name: string): Finding => {
  const found = all.find(each => each.name === name && each.host === (host === 'gpu' ? 'son-pro6000' : 'son-wtr'))
  if (found === undefined) throw new Error(`no ${name} of ${host} in ${JSON.stringify(all)}`)
  return found
}

beforeAll(async () => {
  writeNotebook('open.py', notebook('open', 'Open'))
  await expectPapergen(0, 'publish', 'open.py', '--yes')
})
afterAll(unpublishAll)

test('hosts as setup leaves them: two advices, no failure, exit 0', async () => {
  const all = await doctor()
  expect(all.filter(({ level }) => level === 'fail')).toEqual([])
  expect(all.filter(({ level }) => level === 'advice').map(({ name }) => name)).toEqual(['ports on the LAN', 'login'])
  expect(of(all, 'edge', 'login').detail).toContain('son has a shell (/bin/bash)')
  expect(of(all, 'gpu', 'wall around papers').detail).toContain('their units hide his keys')
})

describe('files', () => {
  const routes = '/etc/nginx/snippets/learn-papers'
  test.each([
    ['edge', 'the entry program', 'chmod o+w /usr/local/libexec/papergen-edge', 4],
    ['gpu', 'what it sources', 'chown son /usr/local/libexec/papergen-common.bash', 4],
    ['edge', 'a template', 'chmod g+w /usr/local/share/papergen/snippet.template', 4],
    ['gpu', 'the folder of the policy', 'chown son /etc/papergen', 4],
    ['edge', 'the routes', `chown son ${routes}`, 0],
    ['edge', 'a route', `chown son ${routes}/open.conf`, 0],
    ['edge', 'a folder above the page', 'chmod g+w /var/www', 0],
    ['gpu', 'a unit', 'chown son /etc/systemd/system/papergen-open.service', 0],
    ['gpu', 'a folder above the programs', 'chmod g+w /usr/local', 0],
  ] as const)('%s: %s, open by %j, is found with exit %i; its cure cures', async (host, _, spoil, code) => {
    const changes = takeStock()
    await asRoot(host, ['sh', '-euc', spoil])
    const finding = of(await doctor(code), host, 'files of papergen')
    expect(finding).toMatchObject({ level: code === 0 ? 'advice' : 'fail', ok: code === 0 })
    expect(finding.detail).toContain(spoil.split(' ').at(-1))
    await asRoot(host, ['sh', '-euc', finding.cure!.replace(/^on \S+: /, '')])
    expect(of(await doctor(), host, 'files of papergen').level).toBe('ok')
    expect(changes()).toEqual([])
  })
})

test.each([
  ['a group', 'usermod -aG sudo son', 'gpasswd -d son sudo', 'by the group sudo'],
  ['sudo', "echo 'son ALL=(ALL) NOPASSWD: /bin/ls, /bin/sh' >/etc/sudoers.d/more", 'rm /etc/sudoers.d/more', 'by sudo'],
])('a login of the edge that becomes root by %s is found', async (_, spoil, mend, words) => {
  await asRoot('edge', ['sh', '-euc', spoil])
  const login = of(await doctor(), 'edge', 'login')
  await asRoot('edge', ['sh', '-euc', mend])
  expect(login).toMatchObject({ level: 'advice', detail: expect.stringContaining(words) })
  expect(login.cure).toContain('papergen setup edge --account papergen')
})

test('a unit of older code, without a wall, is found', async () => {
  const unit = '/etc/systemd/system/papergen-old.service'
  const marimo = '/home/son/prj/thesis/.venv/bin/marimo run --port 27500 /home/son/prj/thesis/papers/open.py'
  await asRoot('gpu', ['sh', '-c', `printf '[Service]\\nUser=son\\nExecStart=${marimo}\\n' >${unit}`])
  const wall = of(await doctor(), 'gpu', 'wall around papers')
  await asRoot('gpu', ['rm', unit])
  expect(wall).toMatchObject({
    level: 'advice',
    detail: expect.stringContaining('the unit of old runs as son with no wall'),
  })
})

test('a third machine that reaches the papers around nginx says so', async () => {
  const { layout } = labHosts()
  const home = join(layout.visitor, 'operator')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const ssh = '/home/son/.ssh'
  for (const name of ['id_ed25519', 'known_hosts'])
    writeFileSync(join(home, name), await asRoot('gpu', ['cat', `${ssh}/${name}`]), { mode: 0o600 })
  const reach = `via = "ssh"\nuser = "son"\nidentity = "${home}/id_ed25519"\nknown_hosts = "${home}/known_hosts"\n`
  const site = `[site]\nconnect = "192.168.1.121"\nca = "${layout.ca}/ca.pem"\n`
  writeFileSync(join(home, 'config.toml'), `[gpu]\n${reach}[edge]\n${reach}${site}`)
  const argv = [process.execPath, join(layout.checkout, 'dist/papergen.mjs'), '--config', join(home, 'config.toml')]
  const ran = attempt(inVisitorArgv(layout, ['env', '-u', 'SSH_AUTH_SOCK', ...argv, 'doctor', '--json']), {
    timeout: 60_000,
  })
  expect(ran).toMatchObject({ code: 0 })
  expect(of(JSON.parse(ran.stdout), 'gpu', 'ports on the LAN')).toMatchObject({
    level: 'advice',
    detail: expect.stringContaining('this machine reaches the one on 27000'),
    cure: expect.stringContaining('ip saddr != 192.168.1.121'),
  })
})
