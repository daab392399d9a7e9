import { parse, TomlError } from 'smol-toml'
import { z } from 'zod'
import { columnNames } from './columns.ts'
import * as rule from './config-rules.ts'
import { PapergenError } from './errors.ts'
import { nearest } from './nearest.ts'
import { notifyWays } from './notification.ts'
import { themeNames } from './themes.ts'

/** The TOML file as written, with the defaults of docs/configuration.md filled in. */
export type ConfigFile = z.output<typeof schema>

/** @throws PapergenError `bad-config` with every problem and its key path, or the line of a TOML mistake */
export const parseConfigFile = (text: string, path: string): ConfigFile => {
  const result = schema.safeParse(tomlOf(text, path), { reportInput: true })
  if (result.success) return result.data
  throw new PapergenError({ kind: 'bad-config', path, problems: result.error.issues.flatMap(problemsOf) })
}

const host = {
  via: rule.oneOf('local', 'ssh'),
  port: rule.port.default(22),
  user: rule.login.default('son'),
  identity: rule.pathHere.default('~/.ssh/id_ed25519'),
  known_hosts: rule.pathHere.default('~/.ssh/known_hosts'),
}

const gpu = z.strictObject({
  ...host,
  name: rule.name.default('son-pro6000'),
  via: host.via.default('local'),
  address: rule.ipv4.default('192.168.1.116'),
  project: rule.pathThere.default('~/prj/thesis'),
  marimo: rule.inProject.default('.venv/bin/marimo'),
  notebooks: rule.inProject.default('papers'),
  state: rule.inProject.default('state/state.json'),
  ports: rule.portRange.default([27000, 27999]),
  systemd: rule.oneOf('system', 'user').default('system'),
  run_as: rule.login.default('son'),
  release: rule.oneOf('snapshot', 'live').default('snapshot'),
  nvidia_smi: rule.program.default('nvidia-smi'),
})

const edge = z.strictObject({
  ...host,
  name: rule.name.default('son-wtr'),
  via: host.via.default('ssh'),
  address: rule.address.default('192.168.1.121'),
  snippets: rule.absolute.default('/etc/nginx/snippets/learn-papers'),
  index: rule.absolute.default('/var/www/learn.ericfromkorea.com/thesis/index.html'),
  error_log: rule.absolute.default('/var/log/nginx/error.log'),
  access_log: rule.absolute.default('/var/log/nginx/access.log'),
})

const site = z.strictObject({
  url: rule.siteUrl.default('https://learn.ericfromkorea.com/thesis/'),
  connect: rule.addressOrEmpty.default(''),
  ca: rule.pathHereOrEmpty.default(''),
})

const probe = z.strictObject({
  every: rule.duration(500, 3_600_000).default(5000),
  timeout: rule.duration(100, 300_000).default(5000),
})

const console = z.strictObject({
  columns: rule.columns.default([...columnNames]),
  theme: rule.oneOf('auto', ...themeNames).default('auto'),
  bell: rule.yesOrNo.default(true),
  notify: rule.oneOf(...notifyWays).default('off'),
})

const schema = z.strictObject({
  gpu: gpu.prefault({}),
  edge: edge.prefault({}),
  site: site.prefault({}),
  probe: probe.prefault({}),
  console: console.prefault({}),
})

const tomlOf = (text: string, path: string): unknown => {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const message = error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '')
    const at = `line ${error.line}, column ${error.column}`
    throw new PapergenError({ kind: 'bad-config', path, problems: [{ at, message }] })
  }
}

const problemsOf = (issue: z.core.$ZodIssue): { at: string; message: string }[] => {
  const at = issue.path.map(String)
  if (issue.code !== 'unrecognized_keys') return [{ at: at.join('.'), message: messageOf(issue) }]
  return issue.keys.map(key => ({ at: [...at, key].join('.'), message: unknownKey(key, at) }))
}

const messageOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && issue.expected === 'object' ? 'must be a table, like [gpu]' : issue.message

const unknownKey = (key: string, at: readonly string[]): string => {
  const section = at[0] === undefined ? schema : schema.shape[at[0] as keyof typeof schema.shape].unwrap()
  const keys = Object.keys(section.shape)
  const guess = nearest(key, keys)
  if (guess !== null) return `unknown key; did you mean ${guess}?`
  return `unknown key; known are ${keys.join(', ')}`
}
