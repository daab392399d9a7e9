import { expect, test } from 'vitest'
import { askerOf, cgroupsOf, parseCgroups, parseUsers, pidsAsked, unitOfCgroup } from '../../src/core/cgroup.ts'

const user = (uid: number) => `/user.slice/user-${uid}.slice/user@${uid}.service`

test.each([
  ['v2', '0::/system.slice/papergen-a.service\n', 'papergen-a.service'],
  ['below the unit', '0::/system.slice/papergen-a.service/worker/1', 'papergen-a.service'],
  ['user manager', `0::${user(1000)}/app.slice/papergen-a.service`, 'papergen-a.service'],
  ["another user's manager", `0::${user(1001)}/app.slice/other.service`, 'other.service'],
  ["a paper's name there", `0::${user(1001)}/app.slice/papergen-a.service`, 'user@1001.service'],
  ['escaped there', `0::${user(1001)}/app.slice/_papergen-a.service`, 'user@1001.service'],
  ["a paper's name in a group of some service's own", '0::/system.slice/x.service/papergen-a.service', 'x.service'],
  ["a paper's name in a scope", `0::${user(1001)}/app.slice/x.scope/papergen-a.service`, 'x.scope'],
  ['a manager itself', `0::${user(1001)}/init.scope`, 'init.scope'],
  ['nested payload', '0::/payload/system.slice/papergen-a.service', 'papergen-a.service'],
  ['a login', '0::/user.slice/user-1000.slice/session-3.scope', 'session-3.scope'],
  ['v1', '12:pids:/system.slice/other.service\n1:name=systemd:/system.slice/papergen-a.service', 'papergen-a.service'],
  ['hybrid', '9:name=systemd:/\n4:memory:/\n0::/system.slice/papergen-a.service', 'papergen-a.service'],
  ['hybrid, unified empty', '9:name=systemd:/system.slice/papergen-a.service\n0::/', 'papergen-a.service'],
  ['an update', '0::/system.slice/papergen-a--next.service', 'papergen-a--next.service'],
  ['gone', '0::/system.slice/papergen-a.service (deleted)', 'papergen-a.service'],
  ['a colon in the path', '0::/system.slice/x:y.service', 'x:y.service'],
  ['escaped by systemd', '0::/system.slice/_cgroup.service', 'cgroup.service'],
  ['no unit', '0::/', null],
  ['nothing', '', null],
  ['noise', 'hello\n', null],
])('%s', (_, text, unit) => expect(unitOfCgroup(text, 1000)).toBe(unit))

test("where the system's systemd starts papers, no user's unit is one", () =>
  expect(unitOfCgroup(`0::${user(1000)}/app.slice/papergen-a.service`)).toBe('user@1000.service'))

test('many processes: each with its unit and its user, as far as they are told', () => {
  const told = [
    'pid 12\n0::/system.slice/papergen-a.service\npid 13\n0::/user.slice/user-1000.slice/session-3.scope',
    '\npid 14\nuser 12 papers 1001\nuser self/ son 1000\nuser 13 UNKNOWN 4711\n',
  ].join('')
  expect([...parseCgroups(told)]).toEqual([
    [12, 'papergen-a.service'],
    [13, 'session-3.scope'],
    [14, null],
  ])
  expect([...parseUsers(told)]).toEqual([
    [12, 'papers'],
    [13, 'uid 4711'],
  ])
  expect([askerOf(told), askerOf('')]).toEqual([1000, null])
  expect(pidsAsked(cgroupsOf([12, 13]).argv)).toEqual([12, 13])
})
