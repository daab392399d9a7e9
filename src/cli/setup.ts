import { command } from '../core/command.ts'
import { PapergenError, type Problem } from '../core/errors.ts'
import type { Shell } from '../core/ports.ts'
import { confirm, type Terminal } from './terminal.ts'

/** Where setup acts, and as whom. */
export type SetupTarget = {
  readonly name: string
  readonly via: 'local' | 'ssh'
  /** In the user scope everything belongs to the operator, and root has no part in it. */
  readonly scope: 'system' | 'user'
  readonly isRoot: boolean
  /** `user@address` over ssh. */
  readonly login: string
  readonly shell: Shell
}

export type SetupOptions = {
  readonly apply: boolean
  readonly yes: boolean
  /** A login of papergen's own to make on the edge. */
  readonly account: string | null
}

/**
 * `papergen setup gpu|edge`: prints the script a host needs, or runs it there with `--apply`.
 * Printing is the default, because a person should read what root is asked to do.
 */
export const setup = async (
  terminal: Terminal,
  role: 'gpu' | 'edge',
  script: string,
  host: () => Promise<SetupTarget>,
  options: SetupOptions & { readonly readOnly: boolean },
): Promise<number> => {
  if (!options.apply) {
    terminal.print(script)
    return 0
  }
  if (options.readOnly) throw new PapergenError({ kind: 'read-only', action: `setup ${role} --apply` })
  const words = `setup ${role}${options.account === null ? '' : ` --account ${options.account}`}`
  const target = await host()
  const isUser = target.scope === 'user'
  if (isUser && target.isRoot) throw new PapergenError(notAsRoot(target, words))
  await confirm(terminal, options.yes, `Run the setup script as ${isUser ? target.login : 'root'} on ${target.name}?`)
  const runs = isUser || target.isRoot ? command('bash', '-s') : command('sudo', '-n', 'bash', '-s')
  const ran = await target.shell.run(runs, { stdin: script, timeout: 120_000 })
  if (ran.stdout.trim() !== '') terminal.print(ran.stdout.trimEnd())
  if (ran.code === 0) return 0
  if (ran.stderr.includes(onlyTheEntryPoint)) throw new PapergenError(loginIsShut(target, words))
  throw new PapergenError({ kind: 'not-set-up', host: target.name, role, why: reason(ran.stderr, target, words) })
}

const reason = (stderr: string, target: SetupTarget, words: string): string =>
  target.scope === 'system' && /password is required|not allowed|not in the sudoers/.test(stderr)
    ? `${target.login} may not become root there without a password; run it by hand: ${byHand(target, words)}`
    : stderr.trim().split('\n').slice(-5).join(' ') || 'the setup script failed without a word'

const notAsRoot = ({ via }: SetupTarget, words: string): Problem => ({
  kind: 'bad-argument',
  what: `${words} --apply`,
  why: 'with systemd = "user" the papers are the operator\'s own, and this would run as root',
  hint:
    via === 'local'
      ? `run papergen ${words} --apply as the operator, without sudo`
      : 'name the operator, not root, as user under [gpu] in the config',
})

/** The words of libexec/papergen-edge-login. */
const onlyTheEntryPoint = 'starts the entry point and does nothing else'

const loginIsShut = (target: SetupTarget, words: string): Problem => ({
  kind: 'no-permission',
  host: target.name,
  what: `${target.login} ${onlyTheEntryPoint}, so it cannot set the host up`,
  cure: `run it by hand as a login that may become root: ${byHand(target, words, 'ADMIN')}`,
})

const byHand = ({ via, login }: SetupTarget, words: string, user?: string): string => {
  const there = user === undefined ? login : login.replace(/^[^@]*/, user)
  return via === 'local'
    ? `papergen ${words} | sudo bash`
    : `papergen ${words} > setup.sh; scp setup.sh ${there}:; ssh -t ${there} sudo bash setup.sh`
}
