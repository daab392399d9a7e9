import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/core/config.ts'
import { judgeWall, otherUsers } from '../../src/core/judge-wall.ts'
import { type PapersUser, parseId, parseOwned, parseSudo, reachOf } from '../../src/core/papers-user.ts'
import { gapsOf, rootGroups, type UnitWall, unitWall } from '../../src/core/unit-wall.ts'

const configOf = (text: string) => readConfig(text, null, '/home/son')

/** What systemd answers for a unit of share/unit.template. */
const service = {
  User: 'son',
  NoNewPrivileges: true,
  InaccessiblePaths: ['-/home/son/.ssh', '-/home/son/.gnupg', '-/home/son/.config/papergen'],
  ReadOnlyPaths: ['-/home/son/prj/thesis/state'],
  BindPaths: [],
  BindReadOnlyPaths: [],
  SupplementaryGroups: [],
  AmbientCapabilities: 0n,
  ExecStartPreEx: [],
  ExecStartEx: [['/x/marimo', ['marimo', 'run'], [], 0n, 0n, 0n, 0n, 0, 0, 0]],
}
const wallOf = (more: object = {}, unit: object = {}, name = 'papergen-a.service'): UnitWall =>
  unitWall(name, { DropInPaths: [], NeedDaemonReload: false, ...unit }, { ...service, ...more })
const whole = wallOf()

describe('what systemd goes by', () => {
  it.each<[string, object, readonly string[]]>([
    ['as the template has it', {}, []],
    ['sudo allowed again', { NoNewPrivileges: false }, ['it may use sudo']],
    [
      'the list of hidden paths emptied',
      { InaccessiblePaths: [] },
      ['~/.ssh lies open', '~/.gnupg lies open', '~/.config/papergen lies open'],
    ],
    ['one of them left out', { InaccessiblePaths: ['/home/son/.ssh', '-/home/son/.config'] }, ['~/.gnupg lies open']],
    ['the whole home hidden', { InaccessiblePaths: ['/home/son/'] }, []],
    [
      'the folder of somebody else hidden',
      { InaccessiblePaths: ['/home/sonja'] },
      expect.arrayContaining(['~/.ssh lies open']),
    ],
    ['records writable', { ReadOnlyPaths: [] }, ["it can write papergen's records"]],
    [
      'a key bound elsewhere',
      { BindReadOnlyPaths: [['/home/son/.ssh/id_ed25519', '/k', false, 0n]] },
      ['~/.ssh is bound into it'],
    ],
    ['the home bound elsewhere', { BindPaths: [['/home/son/.ssh', '/k', true, 0n]] }, ['~/.ssh is bound into it']],
    ['data bound', { BindPaths: [['/srv/data', '/srv/data', true, 0n]] }, []],
    ['in a group of root’s', { SupplementaryGroups: ['docker', 'video'] }, ['it is in the group docker']],
    ['capabilities', { AmbientCapabilities: 2n }, ['it has capabilities']],
    [
      'a command as root',
      { ExecStartPreEx: [['/bin/sh', ['sh'], ['privileged'], 0n]] },
      ['a command of it runs as root'],
    ],
    ['a command that may fail', { ExecStartPreEx: [['/bin/sh', ['sh'], ['ignore-failure'], 0n]] }, []],
  ])('%s', (_, more, gaps) => expect(gapsOf(wallOf(more), '/home/son')).toEqual(gaps))

  it('a unit without a user runs as root', () => expect(wallOf({ User: '' }).user).toBe('root'))
  it('nothing that it says is taken for a wall unless it is one', () =>
    expect(gapsOf(unitWall('papergen-a.service', {}, { User: 'son', InaccessiblePaths: 'all', AmbientCapabilities: 'x' }), '/home/son')).toHaveLength(5)) // biome-ignore format: one value
})

it('the groups that are root by a detour are those that the entry points know', () => {
  const bash = readFileSync(new URL('../../libexec/papergen-common.bash', import.meta.url), 'utf8')
  expect(/^ +(root(?: \| [a-z-]+)+)\) printf 'login-group/m.exec(bash)?.[1]?.split(' | ')).toEqual(rootGroups)
})

const papers: PapersUser = {
  ...{ name: 'papers', uid: 998, gids: [998, 44], groups: ['papers', 'video'], sudo: false },
  paths: parseOwned(`0 0 755 d /
0 0 755 d /home
1000 1000 711 d /home/son
1000 1000 700 d /home/son/.ssh
1000 1000 644 f /home/son/.ssh/id_ed25519
1000 1000 644 f /home/son/.ssh/id_ed25519.pub
1000 1000 755 d /home/son/.config
1000 1000 700 d /home/son/.config/papergen
1000 1000 644 f /home/son/.config/papergen/config.toml
`),
}
const opened = (path: string, mode: number, more: Partial<PapersUser> = {}): PapersUser => ({
  ...papers,
  ...more,
  paths: papers.paths.map(each => (each.path === path ? { ...each, mode } : each)),
})

describe('who papers run as', () => {
  it.each<[string, PapersUser, readonly string[]]>([
    ['an ordinary login', papers, []],
    ['root', { ...papers, uid: 0, sudo: true, groups: ['root'], paths: [] }, ['is root']],
    [
      'in groups',
      { ...papers, groups: ['papers', 'docker', 'adm', 'lxd'] },
      ['becomes root by the group docker', 'becomes root by the group lxd'],
    ],
    ['with sudo', { ...papers, sudo: true }, ['may use sudo']],
    ['whose sudo nobody tells', { ...papers, sudo: null }, []],
    ['the folder of keys open', opened('/home/son/.ssh', 0o755), ['reads /home/son/.ssh/id_ed25519']],
    ['the folder of keys open to pass', opened('/home/son/.ssh', 0o711), ['reads /home/son/.ssh/id_ed25519']],
    ['the folder of keys open to list', opened('/home/son/.ssh', 0o744), []],
    ['the config open', opened('/home/son/.config/papergen', 0o755), ['reads /home/son/.config/papergen/config.toml']],
    [
      'open to a group of his',
      opened('/home/son/.ssh', 0o750, { gids: [998, 1000] }),
      ['reads /home/son/.ssh/id_ed25519'],
    ],
    ['open to a group of others', opened('/home/son/.ssh', 0o750), []],
    ['closed to his group, open to others', opened('/home/son/.ssh', 0o705, { gids: [998, 1000] }), []],
    ['behind a home that is closed', { ...opened('/home/son/.ssh', 0o755), paths: opened('/home/son/.ssh', 0o755).paths.map(each => (each.path === '/home/son' ? { ...each, mode: 0o700 } : each)) }, []], // biome-ignore format: a row
  ])('%s', (_, user, reach) => expect(reachOf(user)).toEqual(reach))

  it.each([
    [
      'uid=998(papers) gid=998(papers) groups=998(papers),44(video)\n',
      { uid: 998, gids: [998, 44], groups: ['papers', 'video'] },
    ],
    ['uid=5(x) gid=5 groups=5,6(y)\n', { uid: 5, gids: [5, 6], groups: ['y'] }],
    ["id: 'papers': no such user\n", null],
  ])('id: %j', (said, read) => expect(parseId(said)).toEqual(read))

  it.each([
    [0, 'User papers may run the following commands on x:\n    (ALL : ALL) ALL\n', true],
    [0, 'User papers is not allowed to run sudo on x.\n', false],
    [1, 'User papers is not allowed to run sudo on x.\n', false],
    [1, '', null],
    [127, '', null],
  ])('sudo: %i %j', (code, stdout, read) => expect(parseSudo(code, stdout)).toBe(read))
})

describe('the wall around papers', () => {
  const own = '[gpu]\nrun_as = "papers"\n'
  const bare = wallOf({ NoNewPrivileges: false, InaccessiblePaths: [], ReadOnlyPaths: [] })
  const dropped = wallOf(
    { InaccessiblePaths: [] },
    { DropInPaths: ['/etc/systemd/system/papergen-a.service.d/open.conf'] },
  )
  const b = { ...bare, unit: 'b' }

  it.each<[string, string, readonly UnitWall[], PapersUser | null, string, RegExp]>([
    ['walled, as the operator', '', [whole], null, 'advice', /hide his keys and refuse sudo, yet/],
    ['no paper at all', '', [], null, 'advice', /run as son/],
    ['no wall', '', [bare], null, 'advice', /the unit of a runs as son with no wall/],
    [
      'one of three',
      '',
      [whole, b, { ...b, unit: 'c' }],
      null,
      'advice',
      /of b \(and of 1 more\) runs as son with no wall/,
    ],
    [
      'a wall that a drop-in opens',
      '',
      [dropped],
      null,
      'advice',
      /as son with a wall that has gaps \(~\/\.ssh lies open, /,
    ],
    [
      'a unit of root’s',
      own,
      [wallOf({ User: '' })],
      papers,
      'advice',
      /the unit of a runs as root: a notebook can do anything/,
    ],
    [
      'a file that systemd has not read',
      '',
      [wallOf({}, { NeedDaemonReload: true })],
      null,
      'advice',
      /changed on disk since/,
    ],
    ['user scope', '[gpu]\nsystemd = "user"\n', [], null, 'advice', /no wall before his keys/],
    [
      'a key elsewhere',
      '[edge]\nidentity = "~/keys/edge"\n',
      [whole],
      null,
      'advice',
      /read the key \/home\/son\/keys\/edge/,
    ],
    [
      'a key on another machine',
      '[gpu]\nvia = "ssh"\n[edge]\nidentity = "~/keys/edge"\n',
      [whole],
      null,
      'advice',
      /run as son/,
    ],
    ['a user of their own', own, [], papers, 'ok', /run as papers, who is not the operator, is in no group of root's/],
    ['the same without a wall', own, [{ ...bare, user: 'papers' }], papers, 'ok', /not the operator/],
    ['one of whom nobody knows', own, [], null, 'advice', /are to run as papers, of whom this host tells nothing/],
    ['one whose sudo nobody tells', own, [], { ...papers, sudo: null }, 'ok', /only root sees: sudo -l -U papers$/],
    ['one with sudo', own, [], { ...papers, sudo: true }, 'advice', /^papers run as papers, who may use sudo$/],
    [
      'root',
      '[gpu]\nrun_as = "root"\n',
      [],
      { ...papers, name: 'root', uid: 0 },
      'advice',
      /^papers run as root, who is root, reads /,
    ],
    ['one in a group', own, [], { ...papers, groups: ['docker'] }, 'advice', /becomes root by the group docker$/],
    [
      'one that reads the key',
      own,
      [],
      opened('/home/son/.ssh', 0o755),
      'advice',
      /who reads \/home\/son\/\.ssh\/id_ed25519$/,
    ],
  ])('%s', (_, config, walls, found, level, detail) => {
    const read = configOf(config)
    const users = otherUsers(read.gpu.runAs, 'son', walls).map(name => ({ name, found }))
    const judged = judgeWall(read, { operator: 'son', home: '/home/son', walls, users })
    expect(judged).toMatchObject({ level, detail: expect.stringMatching(detail) })
    expect(judged.cure === null).toBe(level === 'ok')
  })

  it('says which drop-in is to go: publishing again would leave it', () => {
    const judged = judgeWall(configOf(''), { operator: 'son', home: '/home/son', walls: [dropped], users: [] })
    expect(judged.cure).toMatch(
      /^take away .*sudo rm \/etc\/systemd\/system\/papergen-a\.service\.d\/open\.conf; .*publish it again/,
    )
  })

  it('asks of everybody but the operator that a unit runs as', () =>
    expect(otherUsers('son', 'son', [whole, { ...whole, user: 'mina' }, { ...whole, user: 'mina' }])).toEqual(['mina']))
})
