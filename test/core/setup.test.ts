import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/core/config.ts'
import { gate, setupFiles, setupScript } from '../../src/core/setup.ts'
import { accountOf, publicKeyPath } from '../../src/core/setup-account.ts'

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const files = Object.fromEntries([...setupFiles.gpu, ...setupFiles.edge, gate].map(path => [path, text(path)]))
const configOf = (config: string) => readConfig(config, null, '/home/son')
const script = (role: 'gpu' | 'edge', config = '') => setupScript(role, configOf(config), files, '1.2.3')
const keyFile = '/home/son/.ssh/id_ed25519.pub'
const publicKey = `ssh-ed25519 ${'A'.repeat(68)}`
const withAccount = (config = '', name = 'papergen') =>
  setupScript('edge', configOf(config), files, '1.2.3', {
    account: accountOf(name, keyFile, `${publicKey} son@desk\n`),
  })

describe('the setup script', () => {
  it.each([
    ['gpu', ''],
    ['edge', ''],
    ['gpu', '[gpu]\nsystemd = "user"\n'],
  ] as const)('of %s %j is bash that parses, and asks for the right user', (role, config) => {
    const printed = script(role, config)
    expect(spawnSync('bash', ['-n'], { input: printed, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
    expect(printed.includes('NOPASSWD: $program')).toBe(config === '')
  })

  it.each([
    ['gpu', script('gpu')],
    ['edge', script('edge')],
    ['edge with an account', withAccount()],
  ])('of %s that was cut short does nothing', (_, printed) => {
    const begins = printed.indexOf('\n{\n') + 3
    expect(printed.slice(0, begins)).toMatch(/^(#.*\n)+\{\n$/)
    for (const part of [0.01, 0.3, 0.6, 0.9, 1]) {
      const cut = printed.slice(0, begins + Math.floor((printed.trimEnd().length - 1 - begins) * part))
      // Bash has to read a group whole; only parsed here, because a wrong one would run as whoever tests.
      expect(spawnSync('bash', ['-n'], { input: cut, encoding: 'utf8' }).stderr).toMatch(
        /syntax error|unexpected EOF|binary operator expected/,
      )
    }
  })

  it('is for who sits at a local host, never for the user that its papers run as', () => {
    const as = (config: string) =>
      setupScript('gpu', configOf(config), files, '1.2.3', { here: 'ada' }).match(/^operator[ =].*$/gm)
    expect(as('[gpu]\nrun_as = "papers"\n')).toEqual(['operator=ada', 'operator ada'])
    expect(as('[gpu]\nvia = "ssh"\nuser = "son"\nrun_as = "papers"\n')).toEqual(['operator=son', 'operator son'])
  })

  it('allows the operator one program with one argument', () =>
    expect(script('gpu')).toContain('"$operator ALL=(root) NOPASSWD: $program serve"'))

  it.each([
    ['[gpu]\nproject = "/home/$(id)/x"\n', 'gpu.project'],
    ['[gpu]\nstate = "state.json"\n', 'gpu.state'],
  ])('refuses %j', (config, at) => expect(() => script('gpu', config)).toThrow(new RegExp(at.replace('.', '\\.'))))
})

describe('the setup script with an account', () => {
  it('is bash that parses, names the account alone for the one program, and writes its key without its comment', () => {
    const printed = withAccount()
    expect(spawnSync('bash', ['-n'], { input: printed, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
    expect(printed).toContain('operator=papergen\n')
    expect(printed).toContain('\noperator papergen\n')
    expect(printed).toContain(`$opens ${publicKey}\n`)
    expect(printed).not.toContain('son@desk')
  })

  it('makes the account before sudo and the policy name it', () => {
    const printed = withAccount()
    const places = ['useradd --system', 'put "$conf/edge.conf"', 'allow() {'].map(words => printed.indexOf(words))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
  })

  it.each([
    ['', 1000, 'permitopen="192.168.1.116:27000"', 'permitopen="192.168.1.116:27999"'],
    ['[gpu]\nports = [20000, 24095]\n', 4096, 'permitopen="192.168.1.116:20000"', 'permitopen="192.168.1.116:24095"'],
    ['[gpu]\nports = [20000, 24096]\n', 1, 'permitopen="192.168.1.116:*"', 'permitopen="192.168.1.116:*"'],
  ])('opens the ports of %j one by one, as many as OpenSSH takes', (config, count, first, last) => {
    const [steps] = /^opens=.*$/m.exec(withAccount(config)) ?? []
    const { stdout } = spawnSync('bash', ['-c', `${steps}\nprintf %s "$opens"`], { encoding: 'utf8' })
    const opens = stdout.split(',').slice(1)
    expect([opens.length, opens[0], opens.at(-1)]).toEqual([count, first, last])
  })

  it('leaves the script of the edge without an account as it was', () =>
    expect(script('edge')).not.toMatch(/useradd|Match User|libexec\/papergen-edge-login" 755/))
})

describe('the account', () => {
  it.each(['root', 'Son', '-x', 'a b', '$(id)', 'x'.repeat(33), ''])('is not called %j', name =>
    expect(() => accountOf(name, keyFile, publicKey)).toThrow(/ordinary login/),
  )

  it.each([
    [null, 'there is no such file'],
    ['', 'it holds no public key'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n', 'it holds no public key'],
    [`${publicKey}\n${publicKey}\n`, 'it holds no public key'],
    [`command="sh" ${publicKey}`, 'it holds no public key'],
    [`ssh-ed25519-cert-v01@openssh.com ${'A'.repeat(68)}`, 'it holds no public key'],
    [`ssh-ed25519 ${'A'.repeat(68)}"$(id)`, 'it holds no public key'],
  ])('gets no key out of %j', (text, why) => expect(() => accountOf('papergen', keyFile, text)).toThrow(why))

  it.each([
    publicKey,
    `${publicKey}\r\n`,
    `${publicKey}\tson@desk "x"\n\n`,
    `sk-ssh-ed25519@openssh.com ${'A'.repeat(91)}=`,
  ])('gets the key out of %j', text =>
    expect(accountOf('papergen', keyFile, text).key).toMatch(/^(sk-)?ssh-ed25519(@openssh.com)? A{68,91}=?$/),
  )

  it('has the key beside the identity of the config; without ssh there is none', () => {
    expect(publicKeyPath(configOf(''))).toBe(keyFile)
    expect(() => publicKeyPath(configOf('[edge]\nvia = "local"\n'))).toThrow(/on the edge itself/)
  })
})
