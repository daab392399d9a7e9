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

  it('allows the operator one program with one argument', () =>
    expect(script('gpu')).toContain('"$operator ALL=(root) NOPASSWD: $program serve"'))

  it.each([
    ['[gpu]\nproject = "/home/$(id)/x"\n', 'gpu.project'],
    ['[gpu]\nstate = "state.json"\n', 'gpu.state'],
  ])('refuses %j', (config, at) => expect(() => script('gpu', config)).toThrow(new RegExp(at.replace('.', '\\.'))))
})
