import type { Config } from './config.ts'
import { edgePolicy, gpuPolicy, policyLines } from './policy.ts'
import type { Account } from './setup-account.ts'
import { accountSteps } from './setup-account-steps.ts'
import { edgeSteps, gpuSteps, userSteps } from './setup-steps.ts'
import { withHeader } from './template.ts'

/** Texts by their path in the checkout; setup needs those of `setupFiles`. */
export type SetupFiles = Readonly<Record<string, string>>

/** What a host gets, by role: paths in the checkout. */
export const setupFiles = {
  gpu: ['libexec/papergen-common.bash', 'libexec/papergen-gpu', 'share/unit.template', 'share/unit-user.template'],
  edge: [
    'libexec/papergen-common.bash',
    'libexec/papergen-edge',
    'share/snippet.template',
    'share/generation.template',
    'share/index.html.template',
    'share/http.conf',
  ],
} as const

/** What the edge gets besides, with an account of papergen's own: its shell. */
export const gate = 'libexec/papergen-edge-login'

/** Whom a host is set up for. */
export type SetupFor = {
  /** A login of papergen's own, on the edge. */
  readonly account?: Account | null
  /** Who sits at this machine: the operator of a host that is reached locally. Null: the papers' user. */
  readonly here?: string | null
}

/** Whether a host is set up for root's systemd or for the operator's own; the edge has only the first. */
export const scopeOf = (role: 'gpu' | 'edge', config: Config): 'system' | 'user' =>
  role === 'gpu' ? config.gpu.systemd : 'system'

/** Where the entry point lies after setup: `~/` is the operator's home in the user scope. */
export const entryProgram = (role: 'gpu' | 'edge', config: Config): string =>
  `${scopeOf(role, config) === 'user' ? '~/.local' : '/usr/local'}/libexec/papergen-${role}`

/**
 * The script a host needs once: bash, for root (in the user scope of the GPU host for the operator). It says what it
 * changes, line by line; run again it changes nothing.
 * @throws PapergenError `bad-config` when a value of the config cannot stand in a root-owned file
 */
export const setupScript = (
  role: 'gpu' | 'edge',
  config: Config,
  files: SetupFiles,
  version: string,
  { account = null, here = null }: SetupFor = {},
): string => {
  const user = scopeOf(role, config) === 'user'
  const policy = role === 'gpu' ? gpuPolicy(config, '$home') : edgePolicy(config)
  const operator = account?.name ?? (config[role].reach.via === 'local' ? here : null) ?? policy.operator
  const lines = [`version ${version}`, ...policyLines({ ...policy, operator })].map(line =>
    user ? line.replace(/^(operator|user) .*/, '$1 $operator') : line,
  )
  const paths = setupFiles[role].filter(path => path !== 'share/http.conf')
  return [
    head(role, user, user ? '$(id -un)' : operator, account !== null),
    // Before anything else: the operator named in the rest is the account.
    ...(account === null ? [] : [accountSteps(account, edgePolicy(config), placed(gate, files[gate]!))]),
    ...paths.map(path => placed(path, files[path]!)),
    `put "$conf/${role}.conf" 644 <<EOF\n${lines.join('\n')}\nEOF`,
    user ? userSteps : role === 'gpu' ? gpuSteps : edgeSteps(withHeader('http', files['share/http.conf'] ?? '')),
    account === null
      ? 'say "done"\n}'
      : `say "done: now let the console log in as ${account.name} (user under [edge] in its config)"\n}`,
    '',
  ].join('\n\n')
}

const placed = (path: string, text: string): string => {
  const [folder, name] = path.split('/') as [string, string]
  const target = folder === 'libexec' ? `$prefix/libexec/${name}` : `$prefix/share/papergen/${name}`
  const mode = folder === 'libexec' && !name.includes('.') ? '755' : '644'
  return `put "${target}" ${mode} <<'END_OF_FILE'\n${text.replace(/\n$/, '')}\nEND_OF_FILE`
}

const head = (role: 'gpu' | 'edge', user: boolean, operator: string, makesOperator: boolean): string =>
  `#!/bin/bash
# papergen setup ${role}: what this host needs once. Read it, then run it ${user ? 'as yourself' : 'as root'}. Run again it changes nothing.
# One group, so that bash reads all of it before any of it runs: what a lost connection cut short does nothing.
{
set -euo pipefail
export LC_ALL=C
umask 022
operator=${operator}
home=$(getent passwd "$operator" | cut -d: -f6 || :)
prefix=${user ? '$home/.local' : '/usr/local'} conf=${user ? '$home/.config/papergen' : '/etc/papergen'}

say() { echo "papergen setup: $*"; }
stop() { echo "papergen setup: $*" >&2; exit 4; }
${makesOperator ? '' : '[[ -n $home ]] || stop "there is no user $operator on this host"\n'}[[ $EUID -${user ? 'ne' : 'eq'} 0 ]] || stop "run this as ${user ? 'the operator, not as root' : 'root'}"

# put PATH MODE: standard input as the file, by temp file and rename; an equal file of ours stays as it is.
put() {
  local temp
  mkdir -p -- "\${1%/*}"
  temp=$(mktemp -- "\${1%/*}/.papergen-setup.XXXXXX")
  cat >"$temp"
  chmod "$2" "$temp"
  if [[ ! -L $1 && -f $1 && $(stat -c '%u %a' -- "$1") == "$EUID $2" ]] && cmp -s -- "$temp" "$1"; then
    rm -f -- "$temp"
  else
    sync -- "$temp"
    mv -T -- "$temp" "$1"
    say "wrote $1"
  fi
}

# folder PATH OWNER MODE: made when it is missing; an existing one keeps what it has.
folder() {
  [[ -d $1 ]] && return
  install -d -o "$2" -g "$(id -gn "$2")" -m "$3" -- "$1"
  say "made $1"
}`
