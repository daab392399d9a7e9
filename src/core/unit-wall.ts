import { unitIdOf } from './paper.ts'
import type { Properties } from './systemd.ts'
import { oneLine } from './text.ts'

/** What systemd goes by for one unit, its drop-ins included: as whom it runs, and what keeps it from the operator's things. */
export type UnitWall = {
  readonly unit: string
  readonly user: string
  readonly noNewPrivileges: boolean
  readonly inaccessible: readonly string[]
  readonly readOnly: readonly string[]
  /** Sources of what is bound elsewhere, where no path hides it. */
  readonly bound: readonly string[]
  readonly groups: readonly string[]
  readonly hasCapabilities: boolean
  /** A command that systemd runs as root, outside of the wall (`+`, `!`). */
  readonly hasRootCommand: boolean
  readonly dropIns: readonly string[]
  /** Files of it changed since systemd read them. */
  readonly isStale: boolean
}

/**
 * @param name whole unit name
 * @param unit properties of org.freedesktop.systemd1.Unit
 * @param service properties of org.freedesktop.systemd1.Service
 */
export const unitWall = (name: string, unit: Properties, service: Properties): UnitWall => ({
  unit: unitIdOf(name) ?? name,
  user: typeof service.User === 'string' && service.User !== '' ? oneLine(service.User) : 'root',
  noNewPrivileges: service.NoNewPrivileges === true,
  inaccessible: textsOf(service.InaccessiblePaths).map(withoutPrefix),
  readOnly: textsOf(service.ReadOnlyPaths).map(withoutPrefix),
  bound: [service.BindPaths, service.BindReadOnlyPaths].flatMap(rowsOf).flatMap(([source]) => textsOf([source])),
  groups: textsOf(service.SupplementaryGroups),
  hasCapabilities: BigInt(numberOf(service.AmbientCapabilities)) !== 0n,
  hasRootCommand: commands.flatMap(key => rowsOf(service[key])).some(row => textsOf(row[2]).some(isOutside)),
  dropIns: textsOf(unit.DropInPaths),
  isStale: unit.NeedDaemonReload === true,
})

/** What the wall of a paper that runs as the operator lacks, in words; nothing where it is whole. @param home the operator's */
export const gapsOf = (wall: UnitWall, home: string): readonly string[] => {
  const hides = (path: string): boolean =>
    wall.inaccessible.some(each => path === each || path.startsWith(`${each.replace(/\/$/, '')}/`))
  return [
    ...(wall.noNewPrivileges ? [] : ['it may use sudo']),
    ...hidden.filter(name => !hides(`${home}/${name}`)).map(name => `~/${name} lies open`),
    ...(wall.readOnly.length > 0 ? [] : ["it can write papergen's records"]),
    ...hidden
      .filter(name => wall.bound.some(each => isAbove(each, `${home}/${name}`)))
      .map(name => `~/${name} is bound into it`),
    ...wall.groups.filter(isRootGroup).map(group => `it is in the group ${group}`),
    ...(wall.hasCapabilities ? ['it has capabilities'] : []),
    ...(wall.hasRootCommand ? ['a command of it runs as root'] : []),
  ]
}

/** Groups each of which is root by a detour; libexec/papergen-common.bash has the same. */
export const rootGroups: readonly string[] = [
  ...['root', 'sudo', 'wheel', 'admin', 'docker', 'lxd', 'incus-admin', 'libvirt', 'disk', 'shadow'],
]

export const isRootGroup = (group: string): boolean => rootGroups.includes(group)

/** What share/unit.template makes inaccessible, below the operator's home. */
const hidden = ['.ssh', '.gnupg', '.config/papergen'] as const

/** A bind of `source` shows `path`, which lies in it, or of which it is a part. */
const isAbove = (source: string, path: string): boolean =>
  path === source || path.startsWith(`${source.replace(/\/$/, '')}/`) || source.startsWith(`${path}/`)

const commands = [
  ...['ExecConditionEx', 'ExecStartPreEx', 'ExecStartEx', 'ExecStartPostEx'],
  ...['ExecReloadEx', 'ExecStopEx', 'ExecStopPostEx'],
]

const isOutside = (flag: string): boolean => flag === 'privileged' || flag === 'no-setuid' || flag === 'ambient'

/** `-`: may be missing; `+`: below RootDirectory. */
const withoutPrefix = (path: string): string => path.replace(/^[-+]+/, '')

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string').map(oneLine) : []

const rowsOf = (value: unknown): readonly (readonly unknown[])[] =>
  Array.isArray(value) ? value.filter((each): each is unknown[] => Array.isArray(each)) : []

const numberOf = (value: unknown): number | bigint =>
  typeof value === 'bigint' ? value : typeof value === 'number' && Number.isInteger(value) ? value : 0
