import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/core/errors.ts'
import { explain, problemLine, renderProblem } from '../../src/core/explain.ts'

/** Every kind once: the type refuses a list that forgets one. */
const one: { [K in Problem['kind']]: Extract<Problem, { kind: K }> } = {
  'bad-argument': { kind: 'bad-argument', what: 'port 80', why: 'outside 27000-27999', hint: null },
  'bad-config': { kind: 'bad-config', path: '/c.toml', problems: [{ at: 'gpu.ports', message: 'two numbers' }] },
  'bad-state': { kind: 'bad-state', path: '/s/state.json', line: 7, reason: 'two papers on port 27000' },
  'bad-notebook': { kind: 'bad-notebook', path: 'papers/x.py', why: 'broken', detail: 'line 3', hint: 'mend it' },
  'port-unavailable': { kind: 'port-unavailable', port: null, why: '27000-27999 are all taken' },
  foreign: { kind: 'foreign', what: 'A unit', path: '/etc/systemd/system/papergen-x.service', why: 'no header' },
  'read-only': { kind: 'read-only', action: 'restart attention' },
  'needs-repair': { kind: 'needs-repair', operation: 'publish', id: 'attention', since: '2026-11-23T07:00:00Z' },
  'host-unreachable': { kind: 'host-unreachable', host: 'edge', address: '192.0.2.1:22', why: 'connection refused' },
  'session-refused': { kind: 'session-refused', host: 'edge', why: 'open failed' },
  'bus-down': { kind: 'bus-down', host: 'gpu', socket: '/run/dbus/system_bus_socket', why: 'connection refused' },
  'not-written': { kind: 'not-written', host: 'gpu', path: '/s/state.json', reason: 'full' },
  'host-key-unknown': {
    kind: 'host-key-unknown',
    host: 'edge',
    address: '192.0.2.1',
    port: 22,
    fingerprint: 'SHA256:abc',
    file: '/home/son/.ssh/known_hosts',
  },
  'host-key-changed': {
    kind: 'host-key-changed',
    host: 'edge',
    address: '192.0.2.1',
    port: 2222,
    fingerprint: 'SHA256:abc',
    expected: 'SHA256:def',
    file: '/home/s on/.ssh/known_hosts',
  },
  'key-refused': { kind: 'key-refused', host: 'edge', user: 'son', tried: ['/home/son/.ssh/id_ed25519', 'agent'] },
  'not-set-up': { kind: 'not-set-up', host: 'edge', role: 'edge', why: 'there is no papergen-edge' },
  'nginx-broken': {
    kind: 'nginx-broken',
    host: 'edge',
    file: '/etc/nginx/sites-enabled/blog',
    line: 12,
    output: 'nginx: [emerg] unknown directive "lisen"\nnginx: configuration file test failed',
  },
  'certificate-unfit': { kind: 'certificate-unfit', host: 'edge', why: 'it expired 2 days ago' },
  'nginx-down': { kind: 'nginx-down', host: 'edge', state: 'failed' },
  locked: {
    kind: 'locked',
    host: 'gpu',
    holder: 'ann@desk',
    operation: 'publish',
    id: 'attention',
    since: '2026-11-23T07:00:00Z',
  },
  'request-failed': { kind: 'request-failed', host: 'edge', request: 'route-set x 27000', output: 'disk full' },
  'reload-failed': { kind: 'reload-failed', host: 'edge', output: 'bind() to 0.0.0.0:8444 failed' },
  'gpu-unseen': { kind: 'gpu-unseen', host: 'gpu', command: 'nvidia-smi', code: 18, why: 'no' },
  'command-failed': { kind: 'command-failed', host: 'gpu', command: 'systemctl restart x', code: 1, output: 'no' },
  'step-failed': { kind: 'step-failed', step: 'health', why: 'no answer in 90 s', evidence: ['ModuleNotFoundError'] },
  'no-answer': { kind: 'no-answer', host: 'gpu', what: 'nvidia-smi', seconds: 15 },
  'connection-lost': { kind: 'connection-lost', host: 'edge', during: 'route-set' },
  'changed-underneath': { kind: 'changed-underneath', path: '/s/state.json' },
  'file-locked': { kind: 'file-locked', host: 'gpu', path: '/s/state.json', holder: 'python3 (pid 7)', seconds: 10 },
  'no-permission': { kind: 'no-permission', host: 'gpu', what: 'the journal', cure: 'usermod -aG systemd-journal son' },
  interrupted: { kind: 'interrupted', during: 'health' },
  unexpected: { kind: 'unexpected', what: 'status', why: 'x is not a function' },
}

const kinds = Object.keys(one) as Problem['kind'][]

describe('explain', () => {
  it.each([
    [2, 'bad-argument bad-config bad-state bad-notebook port-unavailable foreign read-only needs-repair'],
    [4, 'host-unreachable host-key-unknown host-key-changed key-refused not-set-up nginx-broken nginx-down'],
    [4, 'connection-lost no-permission session-refused bus-down not-written'],
    [
      1,
      'locked request-failed reload-failed command-failed gpu-unseen step-failed no-answer changed-underneath file-locked unexpected',
    ],
    [130, 'interrupted'],
  ] as const)('exits %i for %s', (code, names) => {
    const codes = names.split(' ').map(kind => explain(one[kind as Problem['kind']]).exitCode)
    expect(codes).toEqual(codes.map(() => code))
  })

  it.each(kinds)('says what, why and what next for %s', kind => {
    const { title, cause, hint } = explain(one[kind])
    expect(title).not.toBe('')
    expect(cause).not.toBe('')
    expect(kind === 'interrupted' || (hint ?? '') !== '').toBe(true)
  })

  it.each([
    ['host-key-unknown', 'ssh-keyscan 192.0.2.1 >> /home/son/.ssh/known_hosts'],
    [
      'host-key-changed',
      "ssh-keygen -R '[192.0.2.1]:2222' -f '/home/s on/.ssh/known_hosts' && ssh-keyscan -p 2222 192.0.2.1 >> '/home/s on/.ssh/known_hosts'",
    ],
    ['not-set-up', 'papergen setup edge --apply'],
    ['needs-repair', 'papergen repair'],
    ['bad-config', 'papergen config check'],
    ['no-permission', 'usermod -aG systemd-journal son'],
    ['nginx-broken', '/etc/nginx/sites-enabled/blog at line 12'],
  ] as const)('names the very command for %s', (kind, words) => {
    expect(explain(one[kind]).hint).toContain(words)
  })

  it('shows both fingerprints of a changed key, and the name with its port', () => {
    const { title, cause } = explain(one['host-key-changed'])
    expect(title).toContain('[192.0.2.1]:2222')
    expect(cause).toContain('SHA256:abc')
    expect(cause).toContain('SHA256:def')
  })

  it('lets nothing from outside reach the terminal as it came', () => {
    const hostile = '\u001b]0;owned\u0007\u001b[31mred\u202e\r\nsecond\u0000'
    const shown = [
      renderProblem({ kind: 'command-failed', host: hostile, command: hostile, code: 1, output: hostile }),
      renderProblem({ kind: 'bad-config', path: hostile, problems: [{ at: hostile, message: hostile }] }),
      problemLine({ kind: 'no-permission', host: hostile, what: hostile, cure: hostile }),
    ].join('\n')
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(shown).toContain('second')
  })
})

describe('renderProblem', () => {
  it('puts title, cause, evidence and the next thing to do below each other', () => {
    expect(renderProblem(one['nginx-broken'])).toBe(
      [
        '✗ nginx on edge was broken before papergen came',
        '  nginx -t refuses /etc/nginx/sites-enabled/blog:12; nothing was touched',
        '  │ nginx: [emerg] unknown directive "lisen"',
        '  │ nginx: configuration file test failed',
        '  Next: mend /etc/nginx/sites-enabled/blog at line 12 on edge, check it with nginx -t, and run this again',
      ].join('\n'),
    )
  })

  it('lists every problem of a config', () => {
    const text = renderProblem({
      kind: 'bad-config',
      path: '/c.toml',
      problems: [
        { at: 'gpu.ports', message: 'two numbers' },
        { at: '', message: 'not TOML' },
      ],
    })
    expect(text).toContain('2 problems')
    expect(text).toContain('  │ gpu.ports: two numbers\n  │ not TOML\n')
  })
})
