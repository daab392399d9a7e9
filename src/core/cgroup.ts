import { type Command, command } from './command.ts'

/**
 * Asks for the control groups and users of processes, all at once and at once: pids find new owners. `parseCgroups` and
 * `parseUsers` read the answer. A thousand processes must not be a thousand more: all but `stat` is the shell's own.
 */
export const cgroupsOf = (pids: readonly number[]): Command => command('sh', '-c', script, 'sh', ...pids.map(String))

const script = `for p in "$@"; do
  echo "pid $p"
  { while IFS= read -r line; do printf '%s\\n' "$line"; done <"/proc/$p/cgroup"; } 2>/dev/null
done
cd /proc && stat -c 'user %n %U %u' -- "$@" 2>/dev/null
:`

/** The pids that a command of `cgroupsOf` asks for; null for any other command. */
export const pidsAsked = (argv: readonly string[]): readonly number[] | null =>
  argv[0] === 'sh' && argv[2] === script ? argv.slice(4).map(Number) : null

/** Unit of each process: null where its control group names none. */
export const parseCgroups = (stdout: string): ReadonlyMap<number, string | null> => {
  const parts = stdout.split(/^pid (\d+)\n/m).slice(1)
  return new Map(
    parts.flatMap((part, at) => (at % 2 === 0 ? [[Number(part), unitOfCgroup(parts[at + 1] ?? '')] as const] : [])),
  )
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
 * The unit a process belongs to, from `/proc/<pid>/cgroup`: the last `*.service` or `*.scope` of its path, so that a nested
 * payload or a user manager does not hide it. Null for a kernel thread, an empty file, or a path without one.
 */
export const unitOfCgroup = (text: string): string | null => {
  const paths = text.split('\n').flatMap(parseLine)
  for (const path of ranked(paths)) {
    const unit = path.split('/').findLast(segment => /\.(?:service|scope)$/.test(segment))
    if (unit !== undefined) return unit.replace(/^_/, '')
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
