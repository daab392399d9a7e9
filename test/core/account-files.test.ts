import { describe, expect, it } from 'vitest'
import { type AccountFiles, accountIn, judgeAccount, judgeOpens } from '../../src/core/account-files.ts'
import { readConfig } from '../../src/core/config.ts'
import { loginProgram } from '../../src/core/setup-account.ts'
import { accountRules } from '../../src/core/setup-account-steps.ts'

const config = readConfig('[gpu]\nports = [27000, 27002]\n', null, '/home/son')
const base64 = 'A'.repeat(68)
const opens = [27000, 27001, 27002].map(port => `,permitopen="192.168.1.116:${port}"`).join('')
const key = `restrict,port-forwarding,command="${loginProgram}"${opens} ssh-ed25519 ${base64}`
const rules = accountRules('papergen')
const include = 'Include /etc/ssh/sshd_config.d/*.conf\n'

const made: AccountFiles = {
  ...{ name: 'papergen', shell: loginProgram, groups: [] },
  ...{ keys: `# Written by papergen\n${key}\n`, rules, sshdConfig: `# x\n${include}PermitRootLogin no\n`, before: [] },
}
const rule = (from: string | RegExp, to: string): Partial<AccountFiles> => ({ rules: rules.replace(from, to) })
const keys = (...lines: string[]): Partial<AccountFiles> => ({ keys: lines.join('\n') })

describe('the account, read as an ordinary login', () => {
  it('is as setup made it', () => {
    expect(judgeAccount(config, made)).toMatchObject({
      level: 'ok',
      cure: null,
      detail: expect.stringMatching(/one key/),
    })
    expect(judgeAccount(config, null)).toMatchObject({ level: 'ok', detail: 'there is none' })
  })

  it.each<[string, Partial<AccountFiles>, RegExp]>([
    ['a second key, held alike', keys(key, key), /: it has 2 keys where setup wrote one$/],
    [
      'a second key, plain',
      keys(key, `ssh-rsa ${base64} me@laptop`),
      /2 keys .*; a key without restrict; a key that is not held to the entry point and 1 more$/,
    ],
    ['no key at all', keys('# nothing'), /it has no key/],
    ['no file of keys', { keys: null }, /it has no key/],
    ['no restrict', keys(key.replace('restrict,', '')), /: a key without restrict$/],
    ['no command', keys(key.replace(/command="[^"]*",/, '')), /: a key that is not held to the entry point$/],
    ['another command', keys(key.replace(loginProgram, '/bin/sh')), /: a key that is not held to the entry point$/],
    ['a wider permitopen', keys(key.replace(':27002', ':22')), /: a key that may open 192\.168\.1\.116:22$/],
    [
      'a permitopen of another host',
      keys(key.replace('116:27001', '1:27001')),
      /: a key that may open 192\.168\.1\.1:27001$/,
    ],
    ['a permitopen for any port', keys(key.replace(':27002', ':*')), /: a key that may open 192\.168\.1\.116:\*$/],
    ['no permitopen', keys(key.replaceAll(/,permitopen="[^"]*"/g, '')), /: a key that may open any port$/],
    ['a terminal', keys(key.replace('restrict,', 'restrict,pty,')), /: a key with pty$/],
    [
      'an option that allows listening',
      keys(key.replace('restrict,', 'restrict,permitlisten="8080",')),
      /: a key with permitlisten$/,
    ],
    [
      'the rules dropped',
      { rules: null },
      /: sshd's rules for it are gone; sshd's rules for it lack|: sshd's rules for it are gone$/,
    ],
    ['the block dropped', { rules: '# empty\n' }, /sshd's rules for it lack "Match User papergen"$/],
    [
      'the block of another login',
      rule('User papergen', 'User son'),
      /lack "Match User papergen"; .* have "Match User son"$/,
    ],
    [
      'a line dropped',
      rule(/^ *ForceCommand.*\n/m, ''),
      /: sshd's rules for it lack "ForceCommand \/usr\/local\/libexec\/papergen-edge-login"$/,
    ],
    [
      'a line changed',
      rule('AllowStreamLocalForwarding no', 'AllowStreamLocalForwarding yes'),
      /lack "AllowStreamLocalForwarding no"; .* have "AllowStreamLocalForwarding yes"$/,
    ],
    ['a line added', rule('Match all', '  PermitOpen any\nMatch all'), /: sshd's rules for it have "PermitOpen any"$/],
    ['another shell', { shell: '/bin/bash' }, /: its shell is \/bin\/bash$/],
    ['a group of root’s', { groups: ['video', 'docker'] }, /: it is in the group docker$/],
    ['no Include', { sshdConfig: 'PermitRootLogin no\n' }, /does not begin with papergen's rules$/],
    [
      'a Match above the Include',
      { sshdConfig: `Match User papergen\n${include}` },
      /does not begin with papergen's rules$/,
    ],
    [
      'a Match in a file before',
      { before: [{ path: '/etc/ssh/sshd_config.d/00-a.conf', text: 'match user papergen\n' }] },
      /00-a\.conf has a Match before papergen's$/,
    ],
  ])('%s', (_, more, detail) => {
    const judged = judgeAccount(config, { ...made, ...more })
    expect(judged).toMatchObject({ level: 'fail', detail: expect.stringMatching(detail) })
    expect(judged.detail).toMatch(/^papergen can do more than setup gave it: /)
    expect(judged.cure).toMatch(/^papergen setup edge --account papergen writes key and rules anew/)
  })

  it('a range too wide for a list is one entry, as setup writes it', () => {
    const wide = readConfig('[gpu]\nports = [20000, 24096]\n', null, '/home/son')
    const any = key.replace(opens, ',permitopen="192.168.1.116:*"')
    expect(judgeAccount(wide, { ...made, ...keys(any) }).level).toBe('ok')
    expect(judgeAccount(wide, { ...made, ...keys(any.replace('.116', '.117')) }).level).toBe('fail')
  })

  it('files of sshd’s that are read before and match nobody, spaces and comments change nothing', () => {
    const before = [{ path: '/etc/ssh/sshd_config.d/00-a.conf', text: '# Match\nUsePAM yes\n' }]
    expect(judgeAccount(config, { ...made, before, rules: `\n${rules.replaceAll('  ', '\t')}# end\n` }).level).toBe(
      'ok',
    )
  })

  it('is found by its home', () => {
    const passwd = 'root:x:0:0:root:/root:/bin/bash\ngate:x:990:990:c:/var/lib/papergen/login:/bin/sh\n'
    expect(accountIn(passwd, 'docker:x:99:son,gate\nsudo:x:27:gatekeeper\n')).toEqual({
      name: 'gate',
      shell: '/bin/sh',
      groups: ['docker'],
    })
    expect(accountIn('root:x:0:0:root:/root:/bin/bash\n', '')).toBeNull()
  })
})

describe('the account, tried by itself', () => {
  it('is refused all', () => expect(judgeOpens('papergen', [])).toMatchObject({ level: 'ok', cure: null }))
  it('opens something', () =>
    expect(judgeOpens('papergen', ['any command', 'files by SFTP'])).toMatchObject({
      ...{ level: 'fail', detail: 'papergen can do more than setup gave it: it opens any command, files by SFTP' },
      cure: expect.stringContaining('papergen setup edge --account papergen'),
    }))
})
