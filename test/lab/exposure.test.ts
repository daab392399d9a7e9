import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attempt, type Run } from '../../lab/run.ts'
import { inVisitorArgv } from '../../lab/visitor.ts'
import { asRoot, labHosts, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { expectPapergen, paperIn, statusOf, unpublishAll } from './operator.ts'
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

/** Papers of the lab run as the operator: no wall is whole then, and nothing else is wrong with it. */
const asEver = { level: 'advice', detail: expect.stringContaining('a notebook that is out for his account gets it') }

beforeAll(async () => {
  writeNotebook('open.py', notebook('open', 'Open'))
  await expectPapergen(0, 'publish', 'open.py', '--yes')
})
afterAll(unpublishAll)

test('hosts as setup leaves them: three advices, no failure, exit 0', async () => {
  const all = await doctor()
  expect(all.filter(({ level }) => level === 'fail')).toEqual([])
  expect(all.filter(({ level }) => level === 'advice').map(({ name }) => name)).toEqual([
    ...['wall around papers', 'ports on the LAN', 'login'],
  ])
  expect(of(all, 'edge', 'login').detail).toContain('son has a shell (/bin/bash)')
  expect(of(all, 'gpu', 'wall around papers')).toMatchObject(asEver)
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

describe('the wall, as systemd goes by it', () => {
  const folder = '/etc/systemd/system/papergen-open.service.d'
  const dropIn = (lines: string, reload: string) =>
    asRoot('gpu', [
      'sh',
      '-euc',
      `mkdir -p ${folder}; printf '[Service]\\n${lines}\\n' >${folder}/more.conf; ${reload}`,
    ])
  const reload = 'systemctl daemon-reload'
  const wall = async () => of(await doctor(), 'gpu', 'wall around papers')

  test.each([
    ['hides nothing any more', 'InaccessiblePaths=', /a wall that has gaps \(~\/\.ssh lies open, ~\/\.gnupg lies open/],
    ['lets it use sudo', 'NoNewPrivileges=no', /gaps \(it may use sudo\)/],
    ['lets it write the records', 'ReadOnlyPaths=', /gaps \(it can write papergen's records\)/],
    ['binds the keys elsewhere', 'BindReadOnlyPaths=/home/son/.ssh:/mnt', /gaps \(~\/\.ssh is bound into it\)/],
    ["adds a group of root's", 'SupplementaryGroups=disk', /gaps \(it is in the group disk\)/],
    ['gives it capabilities', 'AmbientCapabilities=CAP_DAC_OVERRIDE', /gaps \(it has capabilities\)/],
    ['runs a command as root', 'ExecStartPre=+/bin/true', /gaps \(a command of it runs as root\)/],
    ['makes it root', 'User=', /the unit of open runs as root/],
  ])('a drop-in that %s is found; its cure cures', async (_, lines, words) => {
    await dropIn(lines, reload)
    const found = await wall()
    await asRoot('gpu', ['sh', '-euc', /\(((?:sudo [^;)]+(?:; )?)+)\)/.exec(found.cure ?? '(sudo false)')![1]!])
    expect(found).toMatchObject({ level: 'advice', detail: expect.stringMatching(words) })
    expect(await wall()).toMatchObject(asEver)
  })

  test('one that systemd has not read yet is found, and changes nothing that is well', async () => {
    await dropIn('InaccessiblePaths=', ':')
    const found = await wall()
    await asRoot('gpu', ['sh', '-euc', `rm -r ${folder}; ${reload}`])
    expect(found).toMatchObject({ level: 'advice', detail: expect.stringContaining('was changed on disk since') })
    await dropIn('Nice=5', reload)
    const well = await wall()
    await asRoot('gpu', ['sh', '-euc', `rm -r ${folder}; ${reload}`])
    expect(well).toMatchObject(asEver)
  })
})

describe('a user of its own for papers', () => {
  const unit = '/etc/systemd/system/papergen-old.service'
  const marimo = '/home/son/prj/thesis/.venv/bin/marimo run --port 27500 /home/son/prj/thesis/papers/open.py'
  beforeAll(() =>
    asRoot('gpu', [
      'sh',
      '-euc',
      `chmod 700 /home/son/.config/papergen; useradd -r papers; printf '[Service]\\nUser=papers\\nExecStart=${marimo}\\n' >${unit}; systemctl daemon-reload`,
    ]),
  )
  afterAll(() =>
    asRoot('gpu', [
      'sh',
      '-euc',
      `rm ${unit}; userdel papers; chmod 755 /home/son/.config/papergen; systemctl daemon-reload`,
    ]),
  )
  const wall = async () => of(await doctor(), 'gpu', 'wall around papers')

  test('an ordinary one is well', async () => expect(await wall()).toMatchObject(asEver))

  const admin = "echo 'son ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin"
  test.each([
    ['is in a group of root', 'usermod -aG disk papers', 'gpasswd -d papers disk', 'becomes root by the group disk'],
    [
      'may use sudo, which an administrator sees',
      `${admin}; echo 'papers ALL=(ALL) NOPASSWD: /bin/ls' >/etc/sudoers.d/papers`,
      'rm /etc/sudoers.d/admin /etc/sudoers.d/papers',
      'may use sudo',
    ],
    [
      'reads the config',
      'cd /home/son; stat -c "%a %n" . .config .config/papergen >/root/modes; chmod 755 . .config .config/papergen',
      'cd /home/son; while read -r mode path; do chmod "$mode" "$path"; done </root/modes',
      'reads /home/son/.config/papergen/config.toml',
    ],
    [
      'reads the key',
      'cd /home/son; stat -c "%a %n" . .ssh .ssh/id_ed25519 >/root/modes; chmod 755 . .ssh; chmod 644 .ssh/id_ed25519',
      'cd /home/son; while read -r mode path; do chmod "$mode" "$path"; done </root/modes',
      'reads /home/son/.ssh/id_ed25519',
    ],
  ])('one that %s is found', async (_, spoil, mend, words) => {
    await asRoot('gpu', ['sh', '-euc', spoil])
    const found = await wall()
    await asRoot('gpu', ['sh', '-euc', mend])
    expect(found).toMatchObject({ level: 'advice', detail: expect.stringContaining(`run as papers, who ${words}`) })
    expect(await wall()).toMatchObject(asEver)
  })
})

/** A machine of the LAN that is neither host, with the operator's key. */
const onThirdMachine = async (...words: string[]): Promise<Run> => {
  const { layout } = labHosts()
  const home = join(layout.visitor, 'operator')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  for (const name of ['id_ed25519', 'known_hosts'])
    writeFileSync(join(home, name), await asRoot('gpu', ['cat', `/home/son/.ssh/${name}`]), { mode: 0o600 })
  const reach = `via = "ssh"\nuser = "son"\nidentity = "${home}/id_ed25519"\nknown_hosts = "${home}/known_hosts"\n`
  const site = `[site]\nconnect = "192.168.1.121"\nca = "${layout.ca}/ca.pem"\n`
  writeFileSync(join(home, 'config.toml'), `[gpu]\n${reach}[edge]\n${reach}${site}`)
  const argv = [process.execPath, join(layout.checkout, 'dist/papergen.mjs'), '--config', join(home, 'config.toml')]
  const env = ['env', '-u', 'SSH_AUTH_SOCK', `XDG_STATE_HOME=${home}`]
  return attempt(inVisitorArgv(layout, [...env, ...argv, ...words]), { timeout: 60_000 })
}

test('a third machine that reaches the papers around nginx says so, and the rule it names closes them, to it alone', async () => {
  const ports = async (): Promise<Finding> => {
    const ran = await onThirdMachine('doctor', '--json')
    expect(ran).toMatchObject({ code: 0 })
    return of(JSON.parse(ran.stdout), 'gpu', 'ports on the LAN')
  }
  const open = await ports()
  expect(open).toMatchObject({
    level: 'advice',
    detail: expect.stringContaining('this machine reaches the one on 27000'),
  })
  expect(of(await doctor(), 'gpu', 'ports on the LAN').detail).toContain('no packet filter is at work')

  const chain = 'type filter hook input priority filter; policy accept;'
  const rule = open.cure!.replace(/^.*in nftables: /, '')
  await asRoot('gpu', ['nft', '-f', '-'], { stdin: `table inet closing {\n chain one {\n ${chain}\n ${rule}\n }\n}\n` })
  const [far, near] = [await ports(), of(await doctor(), 'gpu', 'ports on the LAN')]
  const paper = paperIn(await statusOf(), 'open')
  await asRoot('gpu', ['nft', 'delete', 'table', 'inet', 'closing'])
  expect(far).toMatchObject({ level: 'ok', detail: expect.stringContaining('does not reach the paper on port 27000') })
  expect(near).toMatchObject({ level: 'ok', detail: expect.stringContaining('a packet filter is at work') })
  expect(paper).toMatchObject({ lan: { ok: true }, edge: { ok: true }, verdict: { level: 'ok' } })
})
