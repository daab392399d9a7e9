import { command } from '../core/command.ts'
import { PapergenError } from '../core/errors.ts'
import type { Shell } from '../core/ports.ts'
import { confirm, type Terminal } from './terminal.ts'

/** How setup reaches a host as root. */
export type RootShell = {
  readonly name: string
  readonly via: 'local' | 'ssh'
  readonly isRoot: boolean
  readonly login: string
  readonly shell: Shell
}

/**
 * `papergen setup gpu|edge`: prints the script a host needs, or runs it there with `--apply`.
 * Printing is the default, because a person should read what root is asked to do.
 */
export const setup = async (
  terminal: Terminal,
  role: 'gpu' | 'edge',
  script: string,
  host: () => Promise<RootShell>,
  options: { readonly apply: boolean; readonly yes: boolean; readonly readOnly: boolean },
): Promise<number> => {
  if (!options.apply) {
    terminal.print(script)
    return 0
  }
  if (options.readOnly) throw new PapergenError({ kind: 'read-only', action: `setup ${role} --apply` })
  const target = await host()
  await confirm(terminal, options.yes, `Run the setup script as root on ${target.name}?`)
  const runs = target.isRoot ? command('bash', '-s') : command('sudo', '-n', 'bash', '-s')
  const ran = await target.shell.run(runs, { stdin: script, timeout: 120_000 })
  if (ran.stdout.trim() !== '') terminal.print(ran.stdout.trimEnd())
  if (ran.code === 0) return 0
  throw new PapergenError({ kind: 'not-set-up', host: target.name, role, why: reason(ran.stderr, target, role) })
}

const reason = (stderr: string, target: RootShell, role: string): string =>
  /password is required|not allowed|not in the sudoers/.test(stderr)
    ? `${target.login} may not become root there without a password; run it by hand: ${byHand(target, role)}`
    : stderr.trim().split('\n').slice(-5).join(' ') || 'the setup script failed without a word'

const byHand = (target: RootShell, role: string): string =>
  target.via === 'local'
    ? `papergen setup ${role} | sudo bash`
    : `papergen setup ${role} > setup.sh; scp setup.sh ${target.login}:; ssh -t ${target.login} sudo bash setup.sh`
