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
