import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/core/config.ts'
import { judgeFiles, judgeLogin, judgePorts } from '../../src/core/hardening.ts'

const configOf = (text: string) => readConfig(text, null, '/home/son')
const said = { loose: [], lookedAt: 40, login: null, filter: null } as const
const login = { name: 'son', shell: '/usr/local/libexec/papergen-edge-login', groups: [], sudo: false }

describe('files that decide what root runs', () => {
  it.each([
    ['nothing loose', [], 'ok'],
    ['an entry program', ['/usr/local/libexec/papergen-edge'], 'fail'],
    ['what it sources', ['/usr/local/libexec/papergen-common.bash'], 'fail'],
    ['a template', ['/usr/local/share/papergen/unit.template'], 'fail'],
    ['the policy', ['/etc/papergen/gpu.conf'], 'fail'],
    ['the folder of the policy', ['/etc/papergen'], 'fail'],
    ['sudoers', ['/etc/sudoers.d/papergen-gpu'], 'fail'],
    ["the account's keys", ['/var/lib/papergen/login/.ssh/authorized_keys'], 'fail'],
    ["the account's rules", ['/etc/ssh/sshd_config.d/00-papergen.conf'], 'fail'],
    ['a folder above, as older Debian had it', ['/usr/local'], 'advice'],
    ['the folder of the programs, which others use too', ['/usr/local/libexec'], 'advice'],
    ['a route of older code', ['/etc/nginx/snippets/learn-papers/a.conf'], 'advice'],
    ['the routes', ['/etc/nginx/snippets/learn-papers'], 'advice'],
    ['a unit of older code', ['/etc/systemd/system/papergen-a.service'], 'advice'],
    ['both kinds', ['/usr/local', '/etc/papergen/gpu.conf'], 'fail'],
  ])('%s: %j is %s', (_, paths, level) => {
    const loose = paths.map(path => ({ path, owner: 1000, mode: '664' }))
    const judged = judgeFiles('edge', 'system', { ...said, loose })
    expect(judged.level).toBe(level)
    for (const path of paths) expect(judged.cure).toContain(`sudo chown root:root ${path} && sudo chmod go-w ${path}`)
  })

  it('says how many it looked at, and makes nothing of nothing', () => {
    expect(judgeFiles('edge', 'system', said).detail).toMatch(/^40 files and folders: nobody but root/)
    expect(judgeFiles('edge', 'system', { ...said, lookedAt: 0 }).detail).toBe('nothing here runs as root')
  })

  it('tells the first of many, and cures without root where nothing is root’s', () => {
    const loose = Array.from({ length: 20 }, (_, at) => ({ path: `/home/son/${at}`, owner: 1000, mode: '775' }))
    const judged = judgeFiles('gpu', 'user', { ...said, loose })
    expect(judged.detail).toMatch(
      /^\/home\/son\/0 has the mode 775 and belongs to uid 1000, and 19 more: .* the operator runs$/,
    )
    expect(judged.cure).toMatch(/^on gpu: chmod go-w \/home\/son\/0; /)
    expect(judged.cure?.split(';')).toHaveLength(8)
  })
})

describe("the edge's login", () => {
  it.each([
    ['', login, 'ok', /nothing but start the entry point/],
    ['', { ...login, shell: '/bin/bash' }, 'advice', /son has a shell \(\/bin\/bash\)/],
    ['', { ...login, groups: ['sudo', 'docker'] }, 'advice', /by the group sudo and the group docker$/],
    ['', { ...login, shell: '/bin/bash', sudo: true }, 'advice', /becomes root as son: by sudo$/],
    ['', { ...login, name: 'papergen' }, 'advice', /set up for papergen, and papergen logs in as son/],
    ['', null, 'ok', /nothing here runs as root/],
    ['[edge]\nvia = "local"\n', { ...login, shell: '/bin/bash', groups: ['sudo'] }, 'ok', /no key to lose/],
  ] as const)('%j %j: %s', (config, reach, level, detail) => {
    const judged = judgeLogin(configOf(config), { ...said, login: reach })
    expect(judged).toMatchObject({ level, detail: expect.stringMatching(detail) })
    expect(judged.cure === null).toBe(level === 'ok')
    if (level !== 'ok') expect(judged.cure).toMatch(/papergen setup edge --account papergen|user = "papergen" under/)
  })
})

describe('the ports on the LAN', () => {
  it.each([
    ['', 'none', null, 'advice', /no packet filter is at work$/],
    ['', null, null, 'advice', /nothing tells of a packet filter$/],
    ['', 'some', null, 'ok', /whether it lets only 192\.168\.1\.121 to 27000-27999 it does not tell/],
    ['', 'some', true, 'advice', /this machine reaches the one on 27003$/],
    ['', 'none', true, 'advice', /this machine reaches the one on 27003$/],
    ['', null, false, 'ok', /does not reach the paper on port 27003/],
    ['[gpu]\naddress = "127.0.0.1"\n', null, true, 'ok', /on this host alone/],
  ] as const)('%j %j %j: %s, never a failure', (config, filter, reached, level, detail) => {
    const judged = judgePorts(
      configOf(config),
      { ...said, filter },
      reached === null ? null : { port: 27003, ok: reached },
    )
    expect(judged).toMatchObject({ level, detail: expect.stringMatching(detail) })
    if (level === 'advice')
      expect(judged.cure).toContain('ip saddr != 192.168.1.121 ip daddr 192.168.1.116 tcp dport 27000-27999 drop')
  })
})
