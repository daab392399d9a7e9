import { oneLine } from './text.ts'

/** What somebody other than root could change or do on a host: the answer of an entry point's `exposure`. */
export type Exposure = {
  /** Of papergen's files and the folders above them: what belongs to somebody else, or others may write. */
  readonly loose: readonly LoosePath[]
  /** How many paths were looked at. */
  readonly lookedAt: number
  /** The operator's login there; null where nothing runs as root. */
  readonly login: LoginReach | null
  /** Whether a packet filter looks at what comes in; null when nothing tells. */
  readonly filter: 'some' | 'none' | null
}

export type LoosePath = { readonly path: string; readonly owner: number; readonly mode: string }

export type LoginReach = {
  /** Whom the host was set up for. */
  readonly name: string
  readonly shell: string
  /** Those that make root of their members. */
  readonly groups: readonly string[]
  /** Whether sudo lets it run more than the entry point. */
  readonly sudo: boolean
}

/** Reads the lines of docs/entry-points.md; what an entry point of another version says besides is passed over. */
export const readExposure = (body: string): Exposure => {
  const words = body.split('\n').map(line => oneLine(line).split(' '))
  const all = (key: string) => words.filter(([first]) => first === key)
  const name = all('login-name')[0]?.[1]
  const shell = all('login-shell')[0]?.[1]
  const filter = all('filter')[0]?.[1]
  return {
    loose: all('loose').flatMap(([, owned = '', ...path]) => {
      const [, owner, mode] = /^(\d+):([0-7]+)$/.exec(owned) ?? []
      return owner && mode ? [{ path: path.join(' '), owner: Number(owner), mode }] : []
    }),
    lookedAt: Number(/^\d{1,6}$/.exec(all('looked-at')[0]?.[1] ?? '')?.[0] ?? 0),
    login:
      name === undefined || shell === undefined
        ? null
        : { name, shell, groups: all('login-group').map(([, name = '']) => name), sudo: all('login-sudo').length > 0 },
    filter: filter === 'some' || filter === 'none' ? filter : null,
  }
}
