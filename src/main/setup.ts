import { userInfo } from 'node:os'
import type { SetupTarget } from '../cli/setup.ts'
import { command } from '../core/command.ts'
import type { Config } from '../core/config.ts'
import { PapergenError } from '../core/errors.ts'
import { gate, scopeOf, setupFiles, setupScript } from '../core/setup.ts'
import { type Account, accountOf, publicKeyPath } from '../core/setup-account.ts'
import type { Host } from '../services/host.ts'
import { textOf } from './files.ts'

type Role = 'gpu' | 'edge'

/** The papergen that is installed here, which setup brings to a host. */
export type Installation = {
  readonly version: string
  /** The text of a file of it. */
  readonly fileOf: (path: string) => string
}

/** What setup runs as root. @param account the name of a login of papergen's own to make on the edge */
export const scriptFor = (
  role: Role,
  config: Config,
  account: string | null,
  { version, fileOf }: Installation,
): string => {
  const made = accountFor(config, role, account)
  const files = Object.fromEntries([...setupFiles[role], gate].map(path => [path, fileOf(path)]))
  return setupScript(role, config, files, version, { account: made, here: whoSitsHere() })
}

/** Where setup acts: with the user it logs in as, and whether that is root already. */
export const setupTarget = async ({ name, via, shell }: Host, role: Role, config: Config): Promise<SetupTarget> => {
  const { reach } = config[role]
  const login = reach.via === 'ssh' ? `${reach.user}@${reach.address}` : userInfo().username
  const uid = (await shell.run(command('id', '-u'))).stdout.trim()
  return { name, via, scope: scopeOf(role, config), isRoot: uid === '0', login, shell }
}

/** The key that the account lets in is the one this machine's config names. */
const accountFor = (config: Config, role: Role, name: string | null): Account | null => {
  if (name === null) return null
  const hint = 'leave it out: on the GPU host the operator works in the project as himself'
  if (role === 'gpu')
    throw new PapergenError({ kind: 'bad-argument', what: '--account', why: 'only the edge has one', hint })
  const path = publicKeyPath(config)
  return accountOf(name, path, textOf(path))
}

/** Root acts for whoever became root; for nobody when he logged in as root. */
const whoSitsHere = (): string | null => {
  const { uid, username } = userInfo()
  const name = uid === 0 ? (process.env.SUDO_USER ?? null) : username
  return name !== null && /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(name) ? name : null
}
