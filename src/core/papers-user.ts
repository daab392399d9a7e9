import { isRootGroup } from './unit-wall.ts'

/** A login that papers run as, as its host tells it to the operator. */
export type PapersUser = {
  readonly name: string
  readonly uid: number
  readonly gids: readonly number[]
  readonly groups: readonly string[]
  /** Whether sudoers lets it run anything; null where the operator's login may not ask. */
  readonly sudo: boolean | null
  /** Files and folders of the operator that are nobody else's, with all folders above them. */
  readonly paths: readonly OwnedPath[]
}

export type OwnedPath = {
  readonly path: string
  readonly uid: number
  readonly gid: number
  /** Octal. */
  readonly mode: number
  readonly isFolder: boolean
}

/** What makes root of this user, or opens the operator's things to it; nothing where it is an ordinary login. */
export const reachOf = (user: PapersUser): readonly string[] => [
  ...(user.uid === 0 ? ['is root'] : []),
  ...(user.uid === 0 ? [] : user.groups.filter(isRootGroup).map(group => `becomes root by the group ${group}`)),
  ...(user.sudo === true && user.uid !== 0 ? ['may use sudo'] : []),
  ...readable(user).map(path => `reads ${path}`),
]

/** Private files that this user can open: the way there, and the file itself. ACLs are not looked at. */
export const readable = (user: PapersUser): readonly string[] => {
  const of = new Map(user.paths.map(each => [each.path, each]))
  const may = (path: string, bit: number): boolean => {
    const found = of.get(path)
    return found !== undefined && (user.uid === 0 || (bitsFor(user, found) & bit) !== 0)
  }
  return user.paths
    .filter(({ path, isFolder }) => !isFolder && isPrivate(path))
    .map(({ path }) => path)
    .filter(path => may(path, 4) && foldersAbove(path).every(folder => may(folder, 1)))
}

/** `/`, `/home`, `/home/son` of `/home/son/x`. */
export const foldersAbove = (path: string): readonly string[] => {
  const parts = path.split('/').slice(1, -1)
  return ['/', ...parts.map((_, at) => `/${parts.slice(0, at + 1).join('/')}`)]
}

/** Lines `UID GID MODE KIND PATH` of stat or find, KIND a word that begins with `d` for a folder. */
export const parseOwned = (stdout: string): readonly OwnedPath[] =>
  stdout.split('\n').flatMap(line => {
    const [, uid, gid, mode, kind, path] = /^(\d+) (\d+) ([0-7]+) (\S+) (\/.*)$/.exec(line) ?? []
    if (path === undefined) return []
    return [
      { path, uid: Number(uid), gid: Number(gid), mode: Number.parseInt(mode!, 8), isFolder: kind!.startsWith('d') },
    ]
  })

/** `uid=1001(papers) gid=1001(papers) groups=1001(papers),27(sudo)` of id. Null: it says something else. */
export const parseId = (stdout: string): Pick<PapersUser, 'uid' | 'gids' | 'groups'> | null => {
  const uid = /^uid=(\d+)/.exec(stdout)?.[1]
  if (uid === undefined) return null
  const groups = [...(/groups=(\S+)/.exec(stdout)?.[1]?.matchAll(/(\d+)(?:\(([^)]*)\))?/g) ?? [])]
  return {
    uid: Number(uid),
    gids: groups.map(([, gid]) => Number(gid)),
    groups: groups.flatMap(([, , name]) => (name === undefined ? [] : [name])),
  }
}

/** Of `sudo -n -l -U USER`: null where it may not be asked. */
export const parseSudo = (code: number | null, stdout: string): boolean | null =>
  /^ {4}\(/m.test(stdout) ? true : code === 0 || /is not allowed to run sudo/.test(stdout) ? false : null

/** What everybody may know lies beside the keys. */
const isPrivate = (path: string): boolean =>
  !/\/(?:[^/]*\.pub|known_hosts[^/]*|authorized_keys[^/]*|\.ssh\/config)$/.test(path)

const bitsFor = ({ uid, gids }: PapersUser, { uid: owner, gid, mode }: OwnedPath): number =>
  uid === owner ? (mode >> 6) & 7 : gids.includes(gid) ? (mode >> 3) & 7 : mode & 7
