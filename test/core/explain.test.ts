import { describe, expect, it, test } from 'vitest'
import type { Problem } from '../../src/core/errors.ts'
import { explain, problemLine, renderProblem } from '../../src/core/explain.ts'
import { explainInConsole } from '../../src/core/explain-console.ts'
import { problems as one } from './problems.ts'

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

describe('a failed step, in the console', () => {
  const problem: Problem = {
    ...{ kind: 'step-failed', step: 'health', why: 'it ended', evidence: [] },
    ...{ next: 'mend x.py', journalOf: 'x' },
  }
  test('has the name of its row, and the key of its journal', () => {
    const { title, hint } = explainInConsole({ ...problem, title: 'Wait until x is healthy' })
    expect([title, hint]).toEqual(['Wait until x is healthy, failed', 'mend x.py; l shows its journal'])
    expect(explainInConsole(problem).title).toBe('Step health failed')
  })

  test('elsewhere has the command that shows it', () =>
    expect(explain(problem).hint).toBe('mend x.py; its journal: papergen logs x'))
})
