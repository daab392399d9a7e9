import type { Config } from './config.ts'
import type { Judgement } from './hardening.ts'
import { loginProgram } from './setup-account.ts'
import { accountHome, accountRules } from './setup-account-steps.ts'
import { oneLine } from './text.ts'
import { isRootGroup } from './unit-wall.ts'

/** What lies on the edge of the login that `setup edge --account` made. Null: not there. */
export type AccountFiles = {
  readonly name: string
  readonly shell: string
  readonly groups: readonly string[]
  readonly keys: string | null
  readonly rules: string | null
  readonly sshdConfig: string | null
  /** Files of sshd's that it reads before papergen's rules. */
  readonly before: readonly { readonly path: string; readonly text: string }[]
}

/** `name`, `shell` and `groups` of it in the texts of /etc/passwd and /etc/group; null when there is none. */
export const accountIn = (passwd: string, group: string): Pick<AccountFiles, 'name' | 'shell' | 'groups'> | null => {
  const [name, , , , , , shell = ''] =
    passwd
      .split('\n')
      .map(line => line.split(':'))
      .find(fields => fields[5] === accountHome) ?? []
  if (name === undefined) return null
  const groups = group.split('\n').flatMap(line => {
    const [of = '', , , members = ''] = line.split(':')
    return members.split(',').includes(name) ? [oneLine(of)] : []
  })
  return { name: oneLine(name), shell: oneLine(shell), groups }
}

/** Whether the account is still what setup made: its shell, its one key, sshd's rules for it. */
export const judgeAccount = (config: Config, files: AccountFiles | null): Judgement => {
  if (files === null) return { level: 'ok', detail: 'there is none', cure: null }
  const found = [...shellProblems(files), ...keyProblems(config, files.keys), ...ruleProblems(files)]
  if (found.length === 0)
    return {
      level: 'ok',
      detail: `${files.name} has one key, held to the entry point and the papers' ports`,
      cure: null,
    }
  const more = found.length > 3 ? ` and ${found.length - 3} more` : ''
  return {
    level: 'fail',
    detail: `${files.name} can do more than setup gave it: ${found.slice(0, 3).join('; ')}${more}`,
    cure: accountCure(files.name),
  }
}

/** The same, tried by the account itself, which can read no file there. */
export const judgeOpens = (name: string, opens: readonly string[]): Judgement =>
  opens.length === 0
    ? {
        level: 'ok',
        detail: `${name} was refused a command, files, a port, a listening one and a socket; whether it has a second key an ordinary login of the edge sees, or root`,
        cure: null,
      }
    : {
        level: 'fail',
        detail: `${name} can do more than setup gave it: it opens ${opens.join(', ')}`,
        cure: accountCure(name),
      }

const accountCure = (name: string): string =>
  `papergen setup edge --account ${name} writes key and rules anew (as root of the edge); what was added beside them, take away`

const shellProblems = ({ shell, groups }: AccountFiles): readonly string[] => [
  ...(shell === loginProgram ? [] : [`its shell is ${shell}`]),
  ...groups.filter(isRootGroup).map(group => `it is in the group ${group}`),
]

const keyProblems = (config: Config, text: string | null): readonly string[] => {
  const lines = (text ?? '').split('\n').filter(line => line.trim() !== '' && !line.startsWith('#'))
  return [
    ...(lines.length === 0 ? ['it has no key, so nobody can log in with it'] : []),
    ...(lines.length > 1 ? [`it has ${lines.length} keys where setup wrote one`] : []),
    ...new Set(lines.flatMap(line => lineProblems(config, line))),
  ]
}

const lineProblems = ({ gpu }: Config, line: string): readonly string[] => {
  const options = optionsOf(line)
  const of = (name: string) => options.filter(each => each.name === name)
  const [first, last] = gpu.ports
  const isPaper = (place: string): boolean => {
    const [, address, port] = /^(.*):(\d+|\*)$/.exec(place) ?? []
    if (address !== gpu.address) return false
    return port === '*' ? last - first >= 4096 : Number(port) >= first && Number(port) <= last
  }
  const wide = of('permitopen').find(({ value }) => !isPaper(value))
  const other = options.find(({ name }) => !['restrict', 'port-forwarding', 'command', 'permitopen'].includes(name))
  return [
    ...(of('restrict').length > 0 ? [] : ['a key without restrict']),
    ...(of('command').some(({ value }) => value === loginProgram) ? [] : ['a key that is not held to the entry point']),
    ...(of('permitopen').length > 0 ? [] : ['a key that may open any port']),
    ...(wide === undefined ? [] : [`a key that may open ${oneLine(wide.value)}`]),
    ...(other === undefined ? [] : [`a key with ${oneLine(other.name)}`]),
  ]
}

/** What stands before the key's type; a value may hold spaces and commas in quotes. */
const optionsOf = (line: string): readonly { readonly name: string; readonly value: string }[] => {
  const before = /^((?:[^\s"]|"(?:[^"\\]|\\.)*")+)\s+(?=(?:ssh-|ecdsa-|sk-))/.exec(line.trim())?.[1] ?? ''
  return [...before.matchAll(/([^,="]+)(?:="((?:[^"\\]|\\.)*)")?(?:,|$)/g)].map(([, name = '', value = '']) => ({
    name: name.toLowerCase(),
    value,
  }))
}

const ruleProblems = ({ name, rules, sshdConfig, before }: AccountFiles): readonly string[] => {
  const expected = settings(accountRules(name))
  const there = settings(rules ?? '')
  const lost = expected.find(line => !there.includes(line))
  const added = there.find(line => !expected.includes(line))
  const earlier = before.find(({ text }) => /^\s*match\s/im.test(text))
  return [
    ...(rules === null ? ["sshd's rules for it are gone"] : []),
    ...(rules !== null && lost !== undefined ? [`sshd's rules for it lack "${lost}"`] : []),
    ...(added === undefined ? [] : [`sshd's rules for it have "${added}"`]),
    ...(sshdConfig === null || isIncluded(sshdConfig)
      ? []
      : ["sshd's configuration does not begin with papergen's rules"]),
    ...(earlier === undefined ? [] : [`${earlier.path} has a Match before papergen's`]),
  ]
}

const settings = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(line => oneLine(line).replace(/\s+/g, ' ').trim())
    .filter(line => line !== '' && !line.startsWith('#'))

/** The first of sshd's values counts: what stands in a Match above the Include wins. */
const isIncluded = (text: string): boolean => {
  const lines = settings(text)
  const include = lines.findIndex(line => /^include .*\/etc\/ssh\/sshd_config\.d\/\*\.conf/i.test(line))
  const match = lines.findIndex(line => /^match /i.test(line))
  return include >= 0 && (match < 0 || include < match)
}
