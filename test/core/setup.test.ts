import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/core/config.ts'
import { setupFiles, setupScript } from '../../src/core/setup.ts'

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const files = Object.fromEntries([...setupFiles.gpu, ...setupFiles.edge].map(path => [path, text(path)]))
const script = (role: 'gpu' | 'edge', config = '') =>
  setupScript(role, readConfig(config, null, '/home/son'), files, '1.2.3')

describe('the setup script', () => {
  it.each([
    ['gpu', ''],
    ['edge', ''],
    ['gpu', '[gpu]\nsystemd = "user"\n'],
  ] as const)('of %s %j is bash that parses, and asks for the right user', (role, config) => {
    const printed = script(role, config)
    expect(spawnSync('bash', ['-n'], { input: printed, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
    expect(printed.includes('sudoers')).toBe(config === '')
  })

  it.each(['gpu', 'edge'] as const)('of %s that was cut short does nothing', role => {
    const printed = script(role)
    const begins = printed.indexOf('\n{\n') + 3
    expect(printed.slice(0, begins)).toMatch(/^(#.*\n)+\{\n$/)
    for (const part of [0.01, 0.3, 0.6, 0.9, 1]) {
      const cut = printed.slice(0, begins + Math.floor((printed.trimEnd().length - 1 - begins) * part))
      // Bash has to read a group whole; only parsed here, because a wrong one would run as whoever tests.
      expect(spawnSync('bash', ['-n'], { input: cut }).status).not.toBe(0)
    }
  })

  it('allows the operator one program with one argument', () =>
    expect(script('gpu')).toContain('"$operator ALL=(root) NOPASSWD: $program serve"'))

  it.each([
    ['[gpu]\nproject = "/home/$(id)/x"\n', 'gpu.project'],
    ['[gpu]\nstate = "state.json"\n', 'gpu.state'],
  ])('refuses %j', (config, at) => expect(() => script('gpu', config)).toThrow(new RegExp(at.replace('.', '\\.'))))
})
