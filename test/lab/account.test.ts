import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Run } from '../../lab/run.ts'
import { asRoot, fetchThroughEdge, inHost, startInHost, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { eventually, expectPapergen, openConsole, papergen, paperIn, statusOf, unpublishAll } from './operator.ts'
import { listenTo } from './started.ts'
import { differences, type Trees, takeStock, trees } from './unchanged.ts'

/** `papergen setup edge --account papergen`: what that login can do is all the console needs, and nothing else. */

const edge = '192.168.1.121'
const configFile = '/home/son/.config/papergen/config.toml'
const publicKey = '/home/son/.ssh/id_ed25519.pub'
const serve = 'sudo -n /usr/local/libexec/papergen-edge serve'

const inGpu = (script: string, timeout = 60_000): Promise<Run> => inHost('gpu', ['bash', '-c', script], { timeout })
const ssh = (login: string, ...words: string[]): Promise<Run> =>
  inHost('gpu', [
    'ssh',
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=5',
    ...words.slice(0, -1),
    `${login}@${edge}`,
    words.at(-1) ?? '',
  ])

let pristine: Trees | null = null
beforeAll(() => {
  pristine = trees()
})

/** A command on the edge with the rights of the account, got at by root: what it could do if its shell were of any use. */
const asAccount = (script: string): Promise<Run> =>
  inHost('edge', ['setpriv', '--reuid', 'papergen', '--regid', 'papergen', '--init-groups', 'sh', '-c', script], {
    user: 'root',
  })

/** Reloads sshd; that is done when the new process listens. */
const reload =
  'systemctl reload ssh; sleep 0.3; until ssh-keyscan -T 2 127.0.0.1 2>/dev/null | grep -q .; do sleep 0.2; done'

const accountFiles = [
  '/var/lib/papergen/login',
  '/etc/ssh/sshd_config.d/00-papergen.conf',
  '/usr/local/libexec/papergen-edge-login',
] as const

describe('making it', () => {
  test('is refused without the public key, and on the GPU host: exit 2, nothing changed', async () => {
    const changes = takeStock()
    await asRoot('gpu', ['mv', publicKey, `${publicKey}.away`])
    const missing = await papergen(['setup', 'edge', '--account', 'papergen', '--apply', '--yes'])
    await asRoot('gpu', ['mv', `${publicKey}.away`, publicKey])
    expect(missing).toMatchObject({ code: 2, stdout: '' })
    expect(missing.stderr).toContain(`${publicKey}`)
    expect(missing.stderr).toContain('ssh-keygen -y')
    await expectPapergen(2, 'setup', 'gpu', '--account', 'papergen')
    await expectPapergen(2, 'setup', 'edge', '--account', 'root')
    expect(changes()).toEqual([])
  })

  test('goes in whole or not at all: an sshd that would not go by it, or a login of somebody else', async () => {
    const { stdout: script } = await expectPapergen(0, 'setup', 'edge', '--account', 'papergen')
    const before = trees()
    // useradd keeps a copy of what it changed.
    const changed = () =>
      differences(before).filter(({ path }) => !/^\/etc\/(passwd|shadow|group|gshadow)-$/.test(path))
    const apply = () => inHost('edge', ['bash', '-s'], { user: 'root', stdin: script })
    const refusedAfter = async (spoil: string, mend: string): Promise<string> => {
      await asRoot('edge', ['sh', '-euc', spoil])
      const { code, stderr } = await apply()
      await asRoot('edge', ['sh', '-euc', mend])
      expect(code, stderr).toBe(4)
      return stderr
    }
    const off = await refusedAfter(
      'cp -p /etc/ssh/sshd_config /etc/ssh/kept; sed -i s/^Include/#Include/ /etc/ssh/sshd_config',
      'mv /etc/ssh/kept /etc/ssh/sshd_config',
    )
    expect(off).toContain('Include /etc/ssh/sshd_config.d/*.conf')
    expect(changed()).toEqual([])
    // An earlier block counts.
    const early = '/etc/ssh/sshd_config.d/00-a.conf'
    for (const line of [
      'PermitUserRC yes',
      'AuthenticationMethods any',
      'AuthorizedKeysCommand /bin/true',
      'TrustedUserCAKeys /etc/ssh/ca',
    ]) {
      const user = line.startsWith('AuthorizedKeysCommand') ? '\\n  AuthorizedKeysCommandUser nobody' : ''
      const block = `Match User papergen\\n  ${line}${user}\\nMatch all\\n`
      expect(await refusedAfter(`printf '${block}' >${early}`, `rm ${early}`)).toContain('sshd does not go by')
      expect(changed()).toEqual([])
    }
    const taken = await refusedAfter('useradd -r -d /nowhere papergen', 'userdel papergen')
    expect(taken).toContain('papergen already, which papergen did not make')
    expect(changed()).toEqual([])
    expect((await inHost('edge', ['getent', 'passwd', 'papergen'])).code).toBe(2)
  })

  test('--apply makes it; run again, and printed for root, it changes nothing and mends what was loosened', async () => {
    await asRoot('edge', [
      'sh',
      '-c',
      "echo 'son ALL=(root) NOPASSWD: ALL' >/etc/sudoers.d/admin; chmod 440 /etc/sudoers.d/admin",
    ])
    const words = ['setup', 'edge', '--account', 'papergen']
    expect((await expectPapergen(0, ...words, '--apply', '--yes')).stdout).toContain('log in as papergen')
    const changes = takeStock()
    await expectPapergen(0, ...words, '--apply', '--yes')
    const { stdout: script } = await expectPapergen(0, ...words)
    expect((await asRoot('edge', ['bash', '-s'], { stdin: script })).trim().split('\n')).toHaveLength(1)
    expect(changes()).toEqual([])
    await asRoot('edge', ['chown', '-R', 'papergen', ...accountFiles])
    await asRoot('edge', ['usermod', '-aG', 'sudo', '-s', '/bin/bash', 'papergen'])
    expect(changes()).not.toEqual([])
    await asRoot('edge', ['bash', '-s'], { stdin: script })
    expect(changes().filter(({ path }) => !path.endsWith('-'))).toEqual([])
    await asRoot('edge', ['rm', '/etc/sudoers.d/admin'])
  })
})

describe('with it', () => {
  beforeAll(async () => {
    const { stdout: script } = await expectPapergen(0, 'setup', 'edge', '--account', 'papergen')
    await asRoot('edge', ['bash', '-s'], { stdin: script })
    await asRoot('gpu', ['sh', '-c', `printf '\\n[edge]\\nuser = "papergen"\\n' >>${configFile}`])
  })
  afterAll(unpublishAll)

  test('publish, update, status, logs, restart, rollback, repair, doctor and unpublish work', {
    timeout: 400_000,
  }, async () => {
    writeNotebook('shut.py', notebook('one', 'Shut'))
    await expectPapergen(0, 'publish', 'shut.py', '--yes')
    expect((await fetchThroughEdge('/thesis/shut/health')).status).toBe(200)
    writeNotebook('shut.py', notebook('two', 'Shut again'))
    await expectPapergen(0, 'publish', 'shut.py', '--yes')
    const status = await statusOf()
    expect(paperIn(status, 'shut')).toMatchObject({ lan: { ok: true }, edge: { ok: true }, verdict: { level: 'ok' } })
    expect(status.hosts[1]).toMatchObject({ role: 'edge', via: 'ssh', reading: 'fresh' })
    expect((await expectPapergen(0, 'logs', 'shut', '--source', 'edge', '-n', '5')).stdout).toContain('/thesis/shut/')
    for (const words of [['restart', 'shut', '--yes'], ['rollback', 'shut', '--yes'], ['repair', '--yes'], ['doctor']])
      await expectPapergen(0, ...words)
    await expectPapergen(0, 'unpublish', 'shut', '--yes')
    expect((await fetchThroughEdge('/thesis/shut/health')).status).toBe(404)
  })

  test('the console shows the edge with its round trip, and follows its log', { timeout: 200_000 }, async () => {
    writeNotebook('shut.py', notebook('one', 'Shut'))
    await expectPapergen(0, 'publish', 'shut.py', '--yes')
    const console_ = openConsole()
    await console_.sees(/son-wtr ● ssh \d+ ms/)
    await console_.sees(/shut .*ok/)
    console_.press('e')
    await console_.sees('following')
    await asRoot('gpu', ['systemctl', 'stop', 'papergen-shut'])
    expect((await fetchThroughEdge('/thesis/shut/health')).status).toBe(502)
    await console_.sees('connect() failed')
    console_.press('q')
    expect(await console_.exited()).toBe(0)
  })

  describe('doctor', () => {
    type Found = { level: string; detail: string; cure: string | null }
    const finding = async (...words: string[]): Promise<Found> => {
      const { stdout } = await papergen([...words, 'doctor', '--json'])
      return JSON.parse(stdout).find(({ name }: { name: string }) => name === "login of papergen's own")
    }
    const [login, rules] = accountFiles
    const keys = `${login}/.ssh/authorized_keys`
    const spoiled = async <T>(script: string, look: () => Promise<T>): Promise<T> => {
      const keep = `cp -p ${keys} /root/keys; cp -p ${rules} /root/rules`
      await asRoot('edge', ['sh', '-euc', `${keep}; ${script}; ${reload}`])
      try {
        return await look()
      } finally {
        const back = `cp -p /root/keys ${keys}; cp -p /root/rules ${rules}; rm /root/keys /root/rules`
        await asRoot('edge', ['sh', '-euc', `${back}; rm -f ${rules.replace('00-papergen', '00-a')}; ${reload}`])
      }
    }

    test('as the account tries what it must not open: refused all of it', async () =>
      expect(await finding()).toMatchObject({
        level: 'ok',
        detail: expect.stringContaining('refused a command, files'),
      }))

    test.each([
      ['no Match block, and it may listen', `: >${rules}`, 'it opens a listening port of the edge'],
      ['any port', `sed -i 's/,permitopen="[^"]*"//g' ${keys}`, 'it opens 127.0.0.1:22 of the edge'],
      [
        'a shell',
        `: >${rules}; usermod -s /bin/sh papergen; sed -i 's/command="[^"]*",*//; s/restrict,/restrict,pty,/' ${keys}`,
        'its shell is /bin/sh; ',
      ],
    ])('as the account sees %s', async (_, script, words) => {
      const found = await spoiled(script, finding)
      await asRoot('edge', ['usermod', '-s', accountFiles[2]!, 'papergen'])
      expect(found).toMatchObject({ level: 'fail', detail: expect.stringContaining(words) })
      expect(found.cure).toContain('papergen setup edge --account papergen')
    })

    describe('as an ordinary login of the edge', () => {
      const asSon = () => finding('--config', '/tmp/son.toml')
      beforeAll(() => inGpu(`sed 's/^user = "papergen"$/user = "son"/' ${configFile} >/tmp/son.toml`))

      test('reads that all is as setup made it', async () =>
        expect(await asSon()).toMatchObject({ level: 'ok', detail: expect.stringContaining('papergen has one key') }))

      test.each([
        [
          'a second key',
          `ssh-keygen -q -t ed25519 -N '' -f /root/extra; cat /root/extra.pub >>${keys}; rm /root/extra*`,
          '2 keys where',
        ],
        ['a key without restrict', `sed -i 's/^restrict,//' ${keys}`, 'a key without restrict'],
        ['a wider permitopen', `sed -i 's/:27005"/:22"/' ${keys}`, 'a key that may open 192.168.1.116:22'],
        ['another command', `sed -i 's/command="[^"]*"/command="sh"/' ${keys}`, 'not held to the entry point'],
        ['a line of the rules changed', `sed -i 's/PermitTTY no/PermitTTY yes/' ${rules}`, 'lack "PermitTTY no"'],
        ['the rules gone', `rm ${rules}`, "sshd's rules for it are gone"],
        [
          'a Match before them',
          `printf 'Match User papergen\\n' >${rules.replace('00-papergen', '00-a')}`,
          "00-a.conf has a Match before papergen's",
        ],
      ])('sees %s', async (_, script, words) => {
        expect(await spoiled(script, asSon)).toMatchObject({ level: 'fail', detail: expect.stringContaining(words) })
      })
    })
  })

  test('setup says that it needs another login', async () => {
    const far = await expectPapergen(4, 'setup', 'edge', '--account', 'papergen', '--apply', '--yes')
    expect(far.stderr).toContain('ssh -t ADMIN@192.168.1.121 sudo bash setup.sh')
  })
})

/** Each try is made with an ordinary login first: what nobody may do would prove nothing. */
describe('what it cannot do', () => {
  const only = 'starts the entry point and does nothing else'

  test.each([
    ['id -u', /^1000\n/],
    ['bash -c "id -u"', /^1000\n/],
    [`${serve} | id -u`, /^1000\n/],
    [`echo; ${serve} || true`, /^\n/],
    ['', /^(?!.*entry point)/s],
  ])('run %j', async (line, allowed) => {
    expect(await ssh('son', line)).toMatchObject({ code: 0, stdout: expect.stringMatching(allowed) })
    expect(await ssh('papergen', line)).toMatchObject({ code: 126, stdout: '', stderr: expect.stringContaining(only) })
  })

  test('run anything by variables it sends, though its one command runs', async () => {
    const sends = ['-o', 'SetEnv=LC_ALL=$(id) BASH_ENV=/tmp/x SSH_ORIGINAL_COMMAND=id']
    const { code, stdout } = await inHost('gpu', ['ssh', ...sends, `papergen@${edge}`, serve], { stdin: '1 hello\n' })
    expect([code, stdout]).toEqual([0, expect.stringContaining('program papergen-edge')])
  })

  test('have a terminal', async () => {
    expect((await ssh('son', '-tt', 'tty')).stdout).toMatch(/^\/dev\/pts\//)
    expect(await ssh('papergen', '-tt', serve)).toMatchObject({
      stderr: expect.stringMatching(/PTY allocation request failed/),
    })
  })

  test('copy files', async () => {
    const sftp = (login: string) =>
      inHost('gpu', ['sftp', '-b', '-', `${login}@${edge}`], { stdin: 'ls /etc/hostname\n' })
    const scp = (login: string) => inHost('gpu', ['scp', '-O', `${login}@${edge}:/etc/hostname`, '/tmp/got'])
    expect([(await sftp('son')).code, (await scp('son')).code]).toEqual([0, 0])
    expect([(await sftp('papergen')).code, (await scp('papergen')).code]).toEqual([
      255,
      expect.not.stringMatching(/^0$/),
    ])
    expect((await scp('papergen')).code).not.toBe(0)
  })

  test('have the agent of whoever logs in', async () => {
    const socketsOf = async (login: string, line: string): Promise<string> => {
      const held = startInHost('gpu', ['ssh-agent', 'ssh', '-A', `${login}@${edge}`, line])
      held.child.stdin!.write('1 ping\n')
      await listenTo(held).says(/^1 /)
      const found = await asRoot('edge', ['find', '/tmp', '/run/user', '-name', 'agent.*', '-user', login])
      held.child.stdin!.end()
      await held.ended
      return found
    }
    expect(await socketsOf('son', 'cat')).toMatch(/agent\.\d+/)
    expect(await socketsOf('papergen', serve)).toBe('')
  })

  test.each([
    ["the GPU host's sshd", '192.168.1.116:22'],
    ['the edge itself', '127.0.0.1:22'],
    ['another host', '192.168.1.10:80'],
    ['a port beside the range', '192.168.1.116:26999'],
  ])('open %s', async (_, place) => {
    const to = (login: string) => ssh(login, '-W', place, '')
    expect((await to('papergen')).stderr).toMatch(/administratively prohibited/)
    expect((await to('son')).stderr).not.toMatch(/prohibited/)
  })

  test('but the ports of the papers it opens, as the LAN hop does', async () => {
    const server = startInHost('gpu', ['python3', '-m', 'http.server', '-b', '192.168.1.116', '27555'])
    const ask = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | ssh -W 192.168.1.116:27555 papergen@${edge}`
    await eventually('the server answers through the edge', 20, async () => /200 OK/.test((await inGpu(ask)).stdout))
    server.signal('SIGTERM')
    await server.ended
  })

  test.each([
    ['a port', '-R', '127.0.0.1:15002:127.0.0.1:22'],
    ['a socket', '-R', '/tmp/remote.sock:127.0.0.1:22'],
  ])('listen on %s of the edge', async (_, option, forward) => {
    const listens = (login: string) =>
      inGpu(
        `timeout 3 ssh -N -o BatchMode=yes -o ExitOnForwardFailure=yes ${option} ${forward} ${login}@${edge} </dev/null`,
      )
    // Whoever may listen listens until its time is over.
    expect((await listens('son')).code).toBe(124)
    expect(await listens('papergen')).toMatchObject({ code: 255, stderr: expect.stringContaining('forwarding failed') })
  })

  test("open a Unix socket of the edge: the system's bus, or its own systemd's, which would run anything", async () => {
    const bus = (login: string, path: string) =>
      inGpu(`ssh -N -o BatchMode=yes -L 127.0.0.1:15003:${path} ${login}@${edge} </dev/null & ssh=$!
        until exec 3<>/dev/tcp/127.0.0.1/15003; do sleep 0.05; done 2>/dev/null
        printf '\\0AUTH\\r\\n' >&3; timeout 5 head -n 1 <&3; kill "$ssh"`)
    expect((await bus('son', '/run/dbus/system_bus_socket')).stdout).toMatch(/^REJECTED/)
    expect(await bus('papergen', '/run/dbus/system_bus_socket')).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('open failed'),
    })
  })

  test('log in with another key, or with a password', async () => {
    const other = `rm -f /tmp/other; ssh-keygen -q -t ed25519 -N '' -f /tmp/other; ssh -o BatchMode=yes -o IdentitiesOnly=yes -i /tmp/other papergen@${edge} '${serve}' </dev/null`
    expect((await inGpu(other)).stderr).toMatch(/Permission denied \(publickey\)/)
    const password = `ssh -o PubkeyAuthentication=no -o BatchMode=yes papergen@${edge} '${serve}' </dev/null`
    expect((await inGpu(password)).stderr).toMatch(/Permission denied \(publickey\)/)
    expect((await asRoot('edge', ['getent', 'shadow', 'papergen'])).split(':')[1]).toBe('*')
    expect((await asRoot('edge', ['id', '-nG', 'papergen'])).trim()).toBe('papergen')
  })

  test("log in with a certificate, which its key's options would not hold", async () => {
    const trust = '/etc/ssh/sshd_config.d/zz-authority.conf'
    await inGpu(`rm -f /tmp/ca* /tmp/cert*; ssh-keygen -q -t ed25519 -N '' -f /tmp/ca; ssh-keygen -q -t ed25519 -N '' -f /tmp/cert
      ssh-keygen -q -s /tmp/ca -I any -n son,papergen /tmp/cert.pub`)
    const authority = await asRoot('gpu', ['cat', '/tmp/ca.pub'])
    const trusted = `cat >/etc/ssh/authority.pub; echo 'TrustedUserCAKeys /etc/ssh/authority.pub' >${trust}; ${reload}`
    await asRoot('edge', ['sh', '-euc', trusted], { stdin: authority })
    const to = (login: string) => ssh(login, '-o', 'IdentitiesOnly=yes', '-i', '/tmp/cert', '-W', '127.0.0.1:22', '')
    const areRefused = async () =>
      [await to('son'), await to('papergen')].map(({ stderr }) => /Permission denied/.test(stderr))
    const trusting = await areRefused()
    await asRoot('edge', ['sh', '-euc', `rm /etc/ssh/authority.pub ${trust}; ${reload}`])
    expect([trusting, await areRefused()]).toEqual([
      [false, true],
      [true, true],
    ])
  })

  test('change what it may do, even with a shell of somebody else: keys, home, sshd, its own program, sudo', async () => {
    const [login, rules, program] = accountFiles
    const tries = [
      `echo x >>${login}/.ssh/authorized_keys`,
      `rm -f ${login}/.ssh/authorized_keys`,
      `mv ${login}/.ssh ${login}/.old`,
      `touch ${login}/x`,
      `mv ${login} /var/lib/papergen/old`,
      `chmod 777 ${login}`,
      `echo x >>${rules}`,
      `echo x >>${program}`,
      'chsh -s /bin/bash',
      'sudo -n id',
      'sudo -n /usr/local/libexec/papergen-edge',
      'sudo -n /usr/local/libexec/papergen-edge serve more',
      'sudo -n -u son /usr/local/libexec/papergen-edge serve',
      'sudo -n -E BASH_ENV=/tmp/x /usr/local/libexec/papergen-edge serve',
    ]
    const changes = takeStock()
    for (const line of tries) expect((await asAccount(`${line} </dev/null`)).code, line).not.toBe(0)
    expect((await asAccount(`echo '1 ping' | ${serve}`)).stdout).toBe('1 ok 0\n')
    expect(changes()).toEqual([])
  })
})

test('a range as wide as OpenSSH takes port by port', async () => {
  await asRoot('gpu', [
    'sh',
    '-c',
    `sed 's/^\\[gpu\\]$//' ${configFile} >/tmp/wide.toml; printf '\n[gpu]\nports = [20000, 24095]\n' >>/tmp/wide.toml`,
  ])
  const wide = ['--config', '/tmp/wide.toml', 'setup', 'edge', '--account', 'papergen']
  await asRoot('edge', ['bash', '-s'], { stdin: (await expectPapergen(0, ...wide)).stdout })
  const hello = await inHost('gpu', ['ssh', `papergen@${edge}`, serve], { stdin: '1 hello\n' })
  expect(hello.stdout).toContain('ports 20000 24095')
  expect((await ssh('papergen', '-W', '192.168.1.116:24095', '')).stderr).not.toMatch(/prohibited/)
  expect((await ssh('papergen', '-W', '192.168.1.116:24096', '')).stderr).toMatch(/prohibited/)
})

test('it is taken away as docs/entry-points.md says, and nothing of it is left', async () => {
  const text = readFileSync(new URL('../../docs/entry-points.md', import.meta.url), 'utf8')
  const [commands = ''] = /^rm -r \/var\/lib\/papergen\/login [^`]*/m.exec(text) ?? []
  await asRoot('gpu', ['sed', '-i', 's/^user = "papergen"$/user = "son"/', configFile])
  const { stdout: script } = await expectPapergen(0, 'setup', 'edge')
  await asRoot('edge', ['bash', '-s'], { stdin: script })
  await asRoot('edge', ['sh', '-euc', commands])
  // Of what papers leave behind: the page, which stays when the last one goes; of useradd: its copies.
  const usual = /^\/home\/|^\/var\/www\/|^\/etc\/(passwd|shadow|group|gshadow)-$/
  expect(pristine).not.toBeNull()
  expect(differences(pristine!).filter(({ path }) => !usual.test(path))).toEqual([])
  expect((await ssh('papergen', serve)).stderr).toMatch(/Permission denied/)
  await expectPapergen(0, 'doctor')
})
