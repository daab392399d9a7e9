import type { Config } from './config.ts'
import { advice, type Judgement, ok } from './hardening.ts'
import { type PapersUser, reachOf } from './papers-user.ts'
import { gapsOf, type UnitWall } from './unit-wall.ts'

/** What the wall is judged by. */
export type WallFacts = {
  /** The operator's login on the GPU host, and its home. */
  readonly operator: string
  readonly home: string
  readonly walls: readonly UnitWall[]
  /** Who papers run as, besides the operator; null one that its host does not know. */
  readonly users: readonly { readonly name: string; readonly found: PapersUser | null }[]
}

/** Who papers run as, besides the operator: of whom the host is asked. */
export const otherUsers = (runAs: string, operator: string, walls: readonly UnitWall[]): readonly string[] =>
  [...new Set([runAs, ...walls.map(({ user }) => user)])].filter(user => user !== operator)

/** Whether a notebook can reach the operator's keys, his sudo and papergen's records, or more than that. */
export const judgeWall = (config: Config, facts: WallFacts): Judgement => {
  const { gpu } = config
  const { operator, home, walls, users } = facts
  if (gpu.systemd === 'user')
    return advice(
      "papers run as the operator with no wall before his keys and papergen's records",
      'systemd = "system" and run_as = a user of its own under [gpu], then papergen setup gpu --apply and publish again',
    )
  return (
    rootUnits(walls) ??
    openUnits(operator, home, walls) ??
    staleUnits(walls) ??
    openUsers(users) ??
    ownWall(config, facts)
  )
}

const rootUnits = (walls: readonly UnitWall[]): Judgement | null => {
  const units = walls.filter(({ user }) => user === 'root')
  return units.length === 0
    ? null
    : advice(`${ofUnits(units)} runs as root: a notebook can do anything on this host`, again(units))
}

const openUnits = (operator: string, home: string, walls: readonly UnitWall[]): Judgement | null => {
  const units = walls.filter(wall => wall.user === operator && gapsOf(wall, home).length > 0)
  if (units.length === 0) return null
  const gaps = gapsOf(units[0]!, home)
  const isBare = units[0]!.inaccessible.length === 0 && !units[0]!.noNewPrivileges
  const how = isBare ? 'with no wall' : `with a wall that has gaps (${gaps.join(', ')})`
  return advice(
    `${ofUnits(units)} runs as ${operator} ${how}: a notebook reads his keys or uses his rights`,
    again(units),
  )
}

/** systemd goes by what it read last: nobody can tell from it how the next start will be. */
const staleUnits = (walls: readonly UnitWall[]): Judgement | null => {
  const units = walls.filter(({ isStale }) => isStale)
  return units.length === 0
    ? null
    : advice(
        `${ofUnits(units)} was changed on disk since systemd read it, so its next start may have another wall`,
        'sudo systemctl daemon-reload on that host, then papergen doctor again',
      )
}

const openUsers = (users: WallFacts['users']): Judgement | null => {
  const [open] = users.flatMap(({ name, found }) => {
    const reach = found === null ? [] : reachOf(found)
    return reach.length === 0 ? [] : [{ name, reach }]
  })
  if (open === undefined) return null
  const more = open.reach.length > 4 ? ` and ${open.reach.length - 4} more` : ''
  return advice(
    `papers run as ${open.name}, who ${open.reach.slice(0, 4).join(', ')}${more}`,
    `take that from ${open.name} (gpasswd -d ${open.name} GROUP; sudo visudo; chmod go-rwx of what it reads), or name another user with run_as under [gpu]`,
  )
}

const ownWall = ({ gpu, edge }: Config, { operator, users }: WallFacts): Judgement => {
  const { reach } = edge
  if (gpu.runAs === operator && gpu.reach.via === 'local' && reach.via === 'ssh' && !hidden.test(reach.identity))
    return advice(
      `papers run as ${operator}, and read the key ${reach.identity}`,
      'move it into ~/.ssh, which their units hide, or give papers a user of their own with run_as under [gpu]',
    )
  if (gpu.runAs === operator) return asOperator(operator)
  const own = users.find(({ name }) => name === gpu.runAs)?.found ?? null
  if (own === null)
    return advice(
      `papers are to run as ${gpu.runAs}, of whom this host tells nothing`,
      `sudo useradd --system ${gpu.runAs} on that host, or name a login that is there with run_as under [gpu]`,
    )
  const unseen = own.sudo === null ? `; what sudo lets it do only root sees: sudo -l -U ${own.name}` : ''
  return ok(
    `papers run as ${gpu.runAs}, who is not the operator, is in no group of root's and reads none of his keys${unseen}`,
  )
}

/** What runs as somebody reaches whatever else runs as him, and what that sees: docs/safety.md has the ways. */
const asOperator = (operator: string): Judgement =>
  advice(
    `papers run as ${operator}: their units hide his keys and refuse sudo, yet a notebook that is out for his account gets it`,
    'run_as = a user of its own under [gpu] keeps papers out of it; then papergen setup gpu --apply and publish again',
  )

const ofUnits = (units: readonly UnitWall[]): string =>
  `the unit of ${units[0]!.unit}${units.length === 1 ? '' : ` (and of ${units.length - 1} more)`}`

/** A drop-in outlives what papergen writes. */
const again = (units: readonly UnitWall[]): string => {
  const dropIns = units.flatMap(each => each.dropIns).slice(0, 4)
  const publish = `publish ${units.length === 1 ? 'it' : 'them'} again: papergen writes the unit anew`
  return dropIns.length === 0
    ? publish
    : `take away what was added to it (sudo rm ${dropIns.join(' ')}; sudo systemctl daemon-reload), then ${publish}`
}

/** What share/unit.template makes inaccessible. */
const hidden = /\/(\.ssh|\.gnupg|\.config\/papergen)\//
