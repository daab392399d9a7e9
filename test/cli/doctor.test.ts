import { describe, expect, it } from 'vitest'
import { doctor } from '../../src/cli/doctor.ts'
import type { Config } from '../../src/core/config.ts'
import { type FakeUnit, FakeWorld } from '../core/fake-world.ts'
import { sessionOn } from './session.ts'

const reach = { via: 'ssh', address: '', port: 22, user: 'son', identity: '/home/son/.ssh/x', knownHosts: '' } as const

/** From the GPU host itself, the edge itself or, with `ssh` to both, a third machine. */
const findings = async (fake: FakeWorld, ssh: readonly ('gpu' | 'edge')[] = []) => {
  const world = fake.world()
  const of = <Role extends 'gpu' | 'edge'>(role: Role): Config[Role] =>
    ssh.includes(role) ? { ...world.config[role], reach } : world.config[role]
  const config = { ...world.config, gpu: of('gpu'), edge: of('edge') }
  const { session, said } = sessionOn(fake, { ...world, config })
  const code = await doctor(session, [], { json: true })
  const all: { name: string; host: string; ok: boolean; level: string; detail: string; cure: string | null }[] =
    JSON.parse(said.stdout.join(''))
  return { code, all, of: (name: string, host: string) => all.find(one => one.name === name && one.host === host) }
}

describe('doctor', () => {
  it.each([
    ['failed', 'systemctl start nginx'],
    ['broken-config', 'nginx -t'],
  ] as const)('names the cure of an nginx that is %s, and ends with 4', async (nginx, cure) => {
    const fake = new FakeWorld()
    fake.nginx = nginx
    const { code, of } = await findings(fake)
    expect(of('nginx', 'son-wtr')).toMatchObject({ ok: false, cure: expect.stringContaining(cure) })
    expect(code).toBe(4)
  })

  it('finds a host that was set up for another address than the config says', async () => {
    const fake = new FakeWorld()
    fake.policy = { address: '10.0.0.9' }
    const { of } = await findings(fake)
    expect(of('entry point', 'son-pro6000')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('10.0.0.9'),
      cure: expect.stringContaining('papergen setup gpu --apply'),
    })
  })

  it('says what to do about a program that fails', async () => {
    const fake = new FakeWorld()
    const why = 'nvidia-smi is not installed'
    fake.broken.set('gpu.sample', { kind: 'gpu-unseen', host: 'gpu', command: 'nvidia-smi', code: 127, why })
    const { of } = await findings(fake)
    expect(of('GPU', 'son-pro6000')).toMatchObject({ ok: false, cure: expect.stringContaining('nvidia_smi') })
  })

  it.each([
    [null, 'ok', null],
    ['utilization.gpu: N/A', 'ok', null],
    ['pstate: GPU requires reset: sudo nvidia-smi --gpu-reset', 'advice', /^GPU 3: pstate: GPU requires reset: sudo /],
  ] as const)('judges a GPU with the note %j as %s', async (note, level, cure) => {
    const fake = new FakeWorld()
    const numbers = { usedMib: 1, totalMib: 2, utilization: null, temperatureC: 40 }
    fake.gpu = { ...fake.gpu, devices: [{ index: 3, uuid: 'GPU-3', name: 'A GPU', ...numbers, note }] }
    const gpu = (await findings(fake)).of('GPU', 'son-pro6000')
    expect(gpu).toMatchObject({ ok: true, level, detail: expect.stringContaining('A GPU') })
    expect(gpu?.cure ?? null).toEqual(cure === null ? null : expect.stringMatching(cure))
  })

  it('advises about an nvidia-smi that lists no GPU', async () => {
    expect((await findings(new FakeWorld())).of('GPU', 'son-pro6000')).toMatchObject({
      ...{ ok: true, level: 'advice', detail: expect.stringContaining('nvidia-smi lists none') },
      cure: expect.stringContaining('lspci'),
    })
  })

  it('says how to come by a certificate when there is none', async () => {
    const { of } = await findings(new FakeWorld())
    expect(of('certificate', 'son-wtr')).toMatchObject({ ok: false, cure: expect.stringContaining('certbot') })
  })

  it('names the cure of a folder of routes that keeps the entry point from asking nginx', async () => {
    const fake = new FakeWorld()
    const world = fake.world()
    const why = '/etc/nginx/x must belong to root and be writable for nobody else: chown root:root /etc/nginx/x'
    const said = { ...(await world.edgeEntry.state()), configError: why }
    Object.assign(world.edgeEntry, { state: async () => said })
    fake.world = () => world
    const { of } = await findings(fake)
    for (const name of ['nginx', 'certificate'])
      expect(of(name, 'son-wtr')).toMatchObject({
        ...{ level: 'advice', cure: 'on son-wtr: chown root:root /etc/nginx/x' },
        detail: expect.stringContaining('/etc/nginx/x must belong to root'),
      })
  })

  it('advises where a host is open wider than needed, and changes no exit code by it', async () => {
    const fake = new FakeWorld()
    const before = await findings(fake, ['edge'])
    const login = { name: 'son', shell: '/bin/bash', groups: ['sudo'], sudo: true }
    fake.exposure = { lookedAt: 40, loose: [{ path: '/usr/local', owner: 0, mode: '2775' }], login, filter: 'none' }
    const { code, of } = await findings(fake, ['edge'])
    for (const [name, host] of [
      ['files of papergen', 'son-pro6000'],
      ['files of papergen', 'son-wtr'],
      ['ports on the LAN', 'son-pro6000'],
      ['login', 'son-wtr'],
    ] as const) {
      expect(before.of(name, host)).toMatchObject({ ok: true, level: 'ok', cure: null })
      expect(of(name, host)).toMatchObject({ ok: true, level: 'advice', cure: expect.any(String) })
    }
    expect(code).toBe(before.code)
  })

  it('tries what the account opens when it is its login, and reads its files when it is another', async () => {
    const fake = new FakeWorld()
    const own = "login of papergen's own"
    const login = { name: 'son', shell: '/usr/local/libexec/papergen-edge-login', groups: [], sudo: false }
    fake.exposure = { ...fake.exposure, login }
    fake.edgeOpens = ['any command']
    const files = { name: 'papergen', shell: '/bin/sh', groups: [], keys: '', rules: '', sshdConfig: '', before: [] }
    fake.edgeAccount = files
    const tried = await findings(fake, ['edge'])
    expect(tried.of(own, 'son-wtr')).toMatchObject({
      level: 'fail',
      detail: expect.stringMatching(/opens any command$/),
    })
    expect(tried.code).toBe(4)
    for (const ssh of [[], ['edge']] as const) {
      fake.exposure = { ...fake.exposure, login: ssh.length === 0 ? login : { ...login, shell: '/bin/bash' } }
      const read = (await findings(fake, ssh)).of(own, 'son-wtr')
      expect(read).toMatchObject({ level: 'fail', detail: expect.stringContaining('its shell is /bin/sh') })
    }
    fake.broken.set('edge.exposure', { kind: 'connection-lost', host: 'son-wtr', during: 'exposure' })
    expect((await findings(fake, ['edge'])).of(own, 'son-wtr')?.level).toBe('fail')
  })

  it('asks who else papers run as, and what it reads', async () => {
    const fake = new FakeWorld()
    const wall = { noNewPrivileges: true, inaccessible: [], readOnly: [], bound: [], groups: [], dropIns: [] }
    const never = { hasCapabilities: false, hasRootCommand: false, isStale: false }
    fake.walls = [{ unit: 'a', user: 'papers', ...wall, ...never }]
    fake.papersUsers.set('papers', { name: 'papers', uid: 9, gids: [9], groups: ['disk'], sudo: false, paths: [] })
    const found = (await findings(fake)).of('wall around papers', 'son-pro6000')
    expect(found).toMatchObject({ level: 'advice', detail: 'papers run as papers, who becomes root by the group disk' })
    fake.papersUsers.set('papers', { name: 'papers', uid: 9, gids: [9], groups: [], sudo: false, paths: [] })
    expect((await findings(fake)).of('wall around papers', 'son-pro6000')?.detail).toMatch(/^papers run as son: /)
  })

  it('fails when a file that setup wrote is no longer root’s: exit 4', async () => {
    const fake = new FakeWorld()
    fake.exposure = { ...fake.exposure, loose: [{ path: '/etc/papergen/edge.conf', owner: 1000, mode: '644' }] }
    const { code, of } = await findings(fake)
    expect(of('files of papergen', 'son-wtr')).toMatchObject({ ok: false, level: 'fail' })
    expect(code).toBe(4)
  })

  it('advises to set up again when an entry point is too old to tell, and fails nobody twice for a host that is silent', async () => {
    const fake = new FakeWorld()
    const old = {
      kind: 'request-failed',
      host: 'son-wtr',
      request: 'exposure',
      output: 'unknown, or wrong words',
    } as const
    fake.broken.set('edge.exposure', old)
    fake.broken.set('gpu.exposure', { kind: 'connection-lost', host: 'son-pro6000', during: 'exposure' })
    const { of } = await findings(fake)
    expect(of('login', 'son-wtr')).toMatchObject({
      level: 'advice',
      cure: expect.stringContaining('setup edge --apply'),
    })
    expect(of('ports on the LAN', 'son-pro6000')).toMatchObject({ level: 'advice', cure: null })
  })

  it('tries the papers’ ports from a third machine, and from none of the two hosts', async () => {
    const fake = new FakeWorld()
    fake.state = '{"version": 2, "papers": {"down": {"port": 27000}, "attention": {"port": 27001}}}'
    const unit = {
      port: 27001,
      release: 'live',
      enabled: true,
      active: true,
      serving: { port: 27001, release: 'live' },
    }
    fake.units.set('attention', unit as unknown as FakeUnit)
    const ports = async (ssh: readonly ('gpu' | 'edge')[]) =>
      (await findings(fake, ssh)).of('ports on the LAN', 'son-pro6000')
    expect(await ports(['gpu', 'edge'])).toMatchObject({ level: 'advice', detail: expect.stringContaining('27001') })
    fake.isReachedHere = false
    expect(await ports(['gpu', 'edge'])).toMatchObject({ level: 'ok', detail: expect.stringContaining('27001') })
    expect(fake.calls.filter(call => call.startsWith('prober.here'))).toHaveLength(2)
    for (const ssh of [[], ['gpu'], ['edge']] as const) await ports(ssh)
    expect(fake.calls.filter(call => call.startsWith('prober.here'))).toHaveLength(2)
  })

  it('has a sign and a word for an advice', async () => {
    const fake = new FakeWorld()
    fake.exposure = { ...fake.exposure, filter: 'none' }
    for (const [ascii, sign] of [
      [true, 'note'],
      [false, '!'],
    ] as const) {
      const { session, said } = sessionOn(fake)
      await doctor({ ...session, terminal: { ...session.terminal, ascii } }, [], { json: false })
      const at = said.stdout.findIndex(line => line.includes('ports on the LAN'))
      expect(said.stdout[at]).toMatch(new RegExp(`^${sign} son-pro6000`))
      expect(said.stdout[at + 1]).toMatch(/^ +Next: a firewall rule that admits only 192\.168\.1\.121/)
    }
  })
})
