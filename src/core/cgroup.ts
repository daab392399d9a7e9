import { type Command, command } from './command.ts'

/**
 * Asks for the control groups and users of processes, all at once and at once: pids find new owners. `parseCgroups`,
 * `parseUsers` and `askerOf` read the answer. A thousand processes must not be a thousand more: all but `stat` is the shell's own.
 */
export const cgroupsOf = (pids: readonly number[]): Command => command('sh', '-c', script, 'sh', ...pids.map(String))

const script = `for p in "$@"; do
  echo "pid $p"
  { while IFS= read -r line; do printf '%s\\n' "$line"; done <"/proc/$p/cgroup"; } 2>/dev/null
done
cd /proc && stat -c 'user %n %U %u' -- self/ "$@" 2>/dev/null
:`

/** The pids that a command of `cgroupsOf` asks for; null for any other command. */
export const pidsAsked = (argv: readonly string[]): readonly number[] | null =>
  argv[0] === 'sh' && argv[2] === script ? argv.slice(4).map(Number) : null

/** Unit of each process: null where its control group names none. `manager` as for `unitOfCgroup`. */
export const parseCgroups = (stdout: string, manager: number | null = null): ReadonlyMap<number, string | null> => {
  const parts = stdout.split(/^pid (\d+)\n/m).slice(1)
  return new Map(
    parts.flatMap((part, at) =>
      at % 2 === 0 ? [[Number(part), unitOfCgroup(parts[at + 1] ?? '', manager)] as const] : [],
    ),
  )
}

/** The user id of whoever asked; null when it was not told. */
export const askerOf = (stdout: string): number | null => {
  const uid = /^user self\/ \S+ (\d+)$/m.exec(stdout)?.[1]
  return uid === undefined ? null : Number(uid)
}

/** Who each process runs as; one that is gone, or that nobody may look at, is left out. */
export const parseUsers = (stdout: string): ReadonlyMap<number, string> =>
  new Map(
    [...stdout.matchAll(/^user (\d+) (\S+) (\d+)$/gm)].map(([, pid, name, uid]) => [
      Number(pid),
      name === 'UNKNOWN' ? `uid ${uid}` : name!,
    ]),
  )

/**
 * The unit a process belongs to, from `/proc/<pid>/cgroup`: the first `*.service` or `*.scope` of its path, because what is below
 * is named by whoever runs in there; of a user's manager the first below it. `manager` is the uid of the user whose manager starts
 * papers, null where the system's does: any other user's unit that is called like a paper's is that user's manager. Null for a
 * kernel thread, an empty file, or a path without one.
 */
export const unitOfCgroup = (text: string, manager: number | null = null): string | null => {
  const paths = text.split('\n').flatMap(parseLine)
  for (const path of ranked(paths)) {
    const [first, second] = path.split('/').filter(segment => /\.(?:service|scope)$/.test(segment))
    if (first === undefined) continue
    const user = /^user@(\d+)\.service$/.exec(first)?.[1]
    const isLikePapers = user !== undefined && /^_?papergen-/.test(second ?? '') && Number(user) !== manager
    return (user === undefined || isLikePapers ? first : (second ?? first)).replace(/^_/, '')
  }
  return null
}

type Line = { readonly controllers: string; readonly path: string }

/** `0::/system.slice/x.service` (v2), `1:name=systemd:/x` (v1); a removed cgroup ends with ` (deleted)`. */
const parseLine = (line: string): Line[] => {
  const match = /^\d+:([^:]*):(\/.*)$/.exec(line)
  return match === null ? [] : [{ controllers: match[1]!, path: match[2]!.replace(/ \(deleted\)$/, '') }]
}

/** systemd keeps its tree in the unified hierarchy, or in `name=systemd` where that is all there is. */
const ranked = (lines: readonly Line[]): string[] => {
  const rank = ({ controllers }: Line): number => (controllers === '' ? 0 : controllers === 'name=systemd' ? 1 : 2)
  return [...lines].sort((a, b) => rank(a) - rank(b)).map(({ path }) => path)
}
