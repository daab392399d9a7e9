import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { type HostName, project } from './layout.ts'
import type { Lab } from './record.ts'

/** Everything papergen has any business in, and what lies around it. */
const watched = ['/etc', '/usr/local', '/var/lib/papergen', '/var/www', project]

/** Path -> one line: path, type, mode, owner, and the content's SHA-256 or the link's target. No times. */
export type Tree = ReadonlyMap<string, string>
export type Difference = { path: string; change: 'added' | 'removed' | 'changed'; before?: string; after?: string }

/**
 * Takes stock of a host's files from outside: it reads the host's root as the machine has it mounted and shares no code
 * with papergen. `except` leaves out paths, with all that is below them.
 */
export const treeOf = (lab: Lab, host: HostName, { except = [] }: { except?: readonly RegExp[] } = {}): Tree => {
  return treeBelow(lab.layout.host(host).root, watched, except)
}

/** The same of any folders below any root. */
export const treeBelow = (root: string, tops: readonly string[], except: readonly RegExp[]): Tree => {
  const tree = new Map<string, string>()
  for (const top of tops) walk(root, top, except, tree)
  return tree
}

/** What is different in `after`, by path. */
export const diffTrees = (before: Tree, after: Tree): Difference[] =>
  [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path): Difference[] => {
    const [was, is] = [before.get(path), after.get(path)]
    if (was === is) return []
    if (was === undefined) return [{ path, change: 'added', after: is! }]
    if (is === undefined) return [{ path, change: 'removed', before: was }]
    return [{ path, change: 'changed', before: was, after: is }]
  })

const walk = (root: string, path: string, except: readonly RegExp[], tree: Map<string, string>): void => {
  if (except.some(pattern => pattern.test(path))) return
  const file = lstatSync(join(root, path), { throwIfNoEntry: false })
  if (file === undefined) return
  tree.set(path, line(root, path, file))
  if (file.isDirectory())
    for (const name of readdirSync(join(root, path)).sort()) walk(root, join(path, name), except, tree)
}

const line = (root: string, path: string, file: Stats): string => {
  const mode = (file.mode & 0o7777).toString(8).padStart(4, '0')
  return [path, typeOf(file), mode, `${file.uid}:${file.gid}`, content(join(root, path), file)].join(' ').trimEnd()
}

const typeOf = (file: Stats): string => {
  if (file.isFile()) return 'file'
  if (file.isDirectory()) return 'folder'
  if (file.isSymbolicLink()) return 'link'
  return 'special'
}

const content = (at: string, file: Stats): string => {
  if (file.isFile()) return createHash('sha256').update(readFileSync(at)).digest('hex')
  return file.isSymbolicLink() ? readlinkSync(at) : ''
}
