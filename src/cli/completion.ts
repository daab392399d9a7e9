import type { Command } from 'commander'

/** A completion script made from the commands themselves, so that it cannot name one that is not there. */
export const completion = (shell: 'bash' | 'zsh' | 'fish', program: Command): string => {
  const verbs = program.commands.map(verb => ({
    name: verb.name(),
    description: verb.description(),
    flags: verb.options.map(option => option.long ?? option.short ?? ''),
  }))
  const flags = program.options.map(option => option.long ?? '')
  return shell === 'bash' ? bash(verbs, flags) : shell === 'zsh' ? zsh(verbs) : fish(verbs)
}

type Verb = { readonly name: string; readonly description: string; readonly flags: readonly string[] }

const bash = (verbs: readonly Verb[], flags: readonly string[]): string => `# papergen completion for bash
_papergen() {
  local word=\${COMP_WORDS[COMP_CWORD]} verb=
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in -*) ;; *) verb=\${COMP_WORDS[i]}; break ;; esac
  done
  case $verb in
${verbs.map(({ name, flags: own }) => `    ${name}) mapfile -t COMPREPLY < <(compgen -W '${words(name, own)}' -- "$word") ;;`).join('\n')}
    *) mapfile -t COMPREPLY < <(compgen -W '${[...verbs.map(verb => verb.name), ...flags].join(' ')}' -- "$word") ;;
  esac
}
complete -o default -F _papergen papergen`

const zsh = (verbs: readonly Verb[]): string => `#compdef papergen
_papergen() {
  local -a verbs=(
${verbs.map(({ name, description }) => `    '${name}:${description.replaceAll("'", '').replaceAll(':', ' ')}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command verbs; return; fi
  case $words[2] in
${verbs.map(({ name, flags }) => `    ${name}) compadd -- ${words(name, flags)}; _files ;;`).join('\n')}
  esac
}
_papergen "$@"`

const fish = (verbs: readonly Verb[]): string =>
  [
    '# papergen completion for fish',
    ...verbs.map(
      ({ name, description }) =>
        `complete -c papergen -n __fish_use_subcommand -a ${name} -d '${description.replaceAll("'", '')}'`,
    ),
    ...verbs.flatMap(({ name, flags }) =>
      flags
        .filter(flag => flag.startsWith('--'))
        .map(flag => `complete -c papergen -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}`),
    ),
  ].join('\n')

const places: Readonly<Record<string, readonly string[]>> = {
  setup: ['gpu', 'edge'],
  config: ['show', 'check', 'path'],
  completion: ['bash', 'zsh', 'fish'],
}

const words = (name: string, flags: readonly string[]): string => [...(places[name] ?? []), ...flags].join(' ')
