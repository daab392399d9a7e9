import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/core/errors.ts'
import { explain } from '../../src/core/explain.ts'
import { refusalOf, setupRefusal } from '../../src/services/entry-refusal.ts'

const host = 'son-wtr'
const refused = (kind: string, body: string): Problem => refusalOf(host, 'route-set alpha 27000', kind, body).problem

describe('refusalOf', () => {
  it.each<[string, string, Problem]>([
    [
      'busy',
      'kim@desk publish beta 2026-11-23T07:00:00Z',
      { kind: 'locked', host, holder: 'kim@desk', operation: 'publish', id: 'beta', since: '2026-11-23T07:00:00Z' },
    ],
    [
      'pending',
      '20261123070000000-update-beta update beta 2026-11-23T07:00:00Z',
      { kind: 'needs-repair', operation: 'update', id: 'beta', since: '2026-11-23T07:00:00Z' },
    ],
    [
      'broken',
      '2026/11/23 [emerg] unknown directive "x" in /etc/nginx/conf.d/x.conf:7',
      {
        kind: 'nginx-broken',
        host,
        file: '/etc/nginx/conf.d/x.conf',
        line: 7,
        output: '2026/11/23 [emerg] unknown directive "x" in /etc/nginx/conf.d/x.conf:7',
      },
    ],
    [
      'unproved',
      'nginx still serves g1, not g2\nbind() to 0.0.0.0:8444 failed\n',
      { kind: 'reload-failed', host, output: 'nginx still serves g1, not g2\nbind() to 0.0.0.0:8444 failed' },
    ],
    [
      'failed',
      'cannot write to /var/lib/papergen/edge',
      {
        kind: 'request-failed',
        host,
        request: 'route-set alpha 27000',
        output: 'cannot write to /var/lib/papergen/edge',
      },
    ],
    ['no-lock', '', { kind: 'request-failed', host, request: 'route-set alpha 27000', output: 'no-lock' }],
  ])('reads %s', (kind, body, problem) => expect(refused(kind, body)).toEqual(problem))

  it('says of a reload that nginx did not follow, never that a signal ended something', () => {
    const { title, cause, hint, exitCode } = explain(refused('unproved', 'nginx still serves g1, not g2'))
    expect(`${title} ${cause}`).toMatch(/nginx on son-wtr did not take over.*reload/)
    expect(hint).toContain('systemctl reload nginx')
    expect(exitCode).toBe(1)
  })

  it('says who holds the lock, for which paper and since when', () => {
    const { cause } = explain(refused('busy', 'kim@desk publish beta 2026-11-23T07:00:00Z'))
    expect(cause).toBe('the publish of beta by kim@desk has been running since 2026-11-23T07:00:00Z')
  })
})

describe('setupRefusal', () => {
  const why = (said: string, code: number | null = 1): Problem => setupRefusal(host, 'edge')(`${said}\n`, code).problem
  const notSetUp = (why: string): Problem => ({ kind: 'not-set-up', host, role: 'edge', why })

  it.each<[string, Problem]>([
    ['sudo: a password is required', notSetUp('sudo does not allow the entry point')],
    ['sudo: /usr/local/libexec/papergen-edge: command not found', notSetUp('the entry point is not installed')],
    [
      'Failed to connect to bus: Connection refused',
      { kind: 'bus-down', host, socket: '/run/dbus/system_bus_socket', why: 'connection refused' },
    ],
    ['papergen: no policy at /etc/papergen/edge.conf', notSetUp('papergen: no policy at /etc/papergen/edge.conf')],
  ])('reads %s', (said, problem) => expect(why(said)).toEqual(problem))

  it('a link that was lost is no refusal', () => {
    expect(why('', null)).toEqual({ kind: 'connection-lost', host, during: 'opening' })
  })
})
