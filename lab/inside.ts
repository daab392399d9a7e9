import { quote } from '../src/core/command.ts'

/** Who runs a command in a host, and where; `son` is the operator. */
export type Inside = { user?: 'son' | 'root'; cwd?: string; env?: Record<string, string> }

/**
 * The command line that runs `argv` inside a booted host, with the environment of a login and nothing of this machine's.
 * `leader` is the host's PID 1 as the machine sees it.
 */
export const insideArgv = (
  leader: number,
  argv: readonly string[],
  { user = 'son', cwd, env = {} }: Inside = {},
): string[] => {
  const home = user === 'root' ? '/root' : `/home/${user}`
  const become = user === 'root' ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups', '--']
  const login = {
    ...{ HOME: home, USER: user, LOGNAME: user, SHELL: '/bin/bash', LANG: 'C.UTF-8' },
    PATH: user === 'root' ? `/usr/local/sbin:/usr/sbin:/sbin:${path}` : path,
    ...(user === 'root' ? {} : { XDG_RUNTIME_DIR: '/run/user/1000' }),
    ...env,
  }
  const words = Object.entries(login).map(([key, value]) => `${key}=${value}`)
  return [
    'nsenter',
    `--target=${leader}`,
    '--all',
    '--',
    'env',
    '-i',
    `--chdir=${cwd ?? home}`,
    ...words,
    ...become,
    ...argv,
  ]
}

const path = '/usr/local/bin:/usr/bin:/bin'

/**
 * The same at a terminal of the host's own, which script(1) joins to ours: Ctrl-C then reaches the program and not
 * nsenter, which would take the terminal away from under it. Ours must be a terminal; its size and changes of size pass.
 */
export const insideTerminalArgv = (
  leader: number,
  argv: readonly [string, ...string[]],
  inside: Inside = {},
): string[] =>
  insideArgv(
    leader,
    ['script', '--quiet', '--return', '--flush', '--command', `exec ${quote({ argv })}`, '/dev/null'],
    inside,
  )
