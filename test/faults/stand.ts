import { createHash } from 'node:crypto'
import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type HostName, hostNames } from '../../lab/layout.ts'
import type { Lab } from '../../lab/record.ts'
import { treeOf } from '../../lab/tree.ts'
import { asRoot, fetchThroughEdge, labHosts } from '../lab/harness.ts'
import { isDated, isUncompared, withoutTimes } from './normal.ts'
import { steady, tried } from './papers.ts'

/**
 * How both hosts stand, as lines by name: every file papergen could touch (lab/tree.ts, dates and times taken out), every unit
 * of a paper, the locks, and what a visitor is answered.
 */
export type Stand = ReadonlyMap<string, string>

export const takeStand = async (): Promise<Stand> => {
  const [units, locks, visitors] = await Promise.all([unitLines(), lockLines(), visitorLines()])
  return new Map([...fileLines(), ...units, ...locks, ...visitors])
}

export type Difference = { readonly name: string; readonly before: string | null; readonly after: string | null }

export const differencesOf = (before: Stand, after: Stand): readonly Difference[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter(name => before.get(name) !== after.get(name))
    .map(name => ({ name, before: before.get(name) ?? null, after: after.get(name) ?? null }))

/** The files of both hosts to the last byte, as one word: two points of a run with the same word are the same point. */
export const filesHash = (): string => {
  const lab = insideLab()
  const lines = hostNames.flatMap(host => [...treeOf(lab, host, { except: isUncompared }).values()])
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12)
}

/** The lab with its hosts' roots as they see them themselves, with what was mounted in there since they booted. */
export const insideLab = (): Lab => {
  const lab = labHosts()
  const host = (name: HostName) => ({
    ...lab.layout.host(name),
    root: `/proc/${lab.booted[name].leader.pid}/root`,
  })
  return { ...lab, layout: { ...lab.layout, host } }
}

const fileLines = (): readonly [string, string][] => {
  const lab = insideLab()
  return hostNames.flatMap(host =>
    [...treeOf(lab, host, { except: isUncompared })].map(([path, line]): [string, string] => [
      `${host}:${path}`,
      isDated(path) ? dated(join(lab.layout.host(host).root, path), line) : line,
    ]),
  )
}

/** The same line with the hash of the text without its times. */
const dated = (at: string, line: string): string => {
  if (lstatSync(at, { throwIfNoEntry: false })?.isFile() !== true) return line
  const hash = createHash('sha256')
    .update(withoutTimes(readFileSync(at, 'utf8')))
    .digest('hex')
  return line.replace(/[0-9a-f]{64}$/, hash)
}

/** Each unit of a paper that systemd knows: whether it runs and comes back, and from which snapshot its process really serves. */
const unitLines = async (): Promise<readonly [string, string][]> => {
  const said = await asRoot('gpu', ['sh', '-c', unitScript])
  return said
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [name = '', ...facts] = line.split(' ')
      return [`unit ${name}`, facts.join(' ')]
    })
}

const unitScript = `
systemctl list-units --all --plain --no-legend 'papergen-*.service' | while read -r name rest; do
  pid=$(systemctl show -p MainPID --value "$name")
  served=$(tr '\\0' '\\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -oE 'releases/[^/]+/[0-9a-f]+' | head -n 1)
  echo "$name $(systemctl is-active "$name") $(systemctl is-enabled "$name" 2>/dev/null) \${served:-nothing}"
done`

const lockLines = (): Promise<readonly [string, string][]> =>
  Promise.all(
    hostNames.map(async (host): Promise<[string, string]> => {
      const script = 'flock -n /run/papergen/lock true && echo free || echo held'
      return [`lock ${host}`, (await asRoot(host, ['sh', '-c', script])).trim()]
    }),
  )

const visitorLines = (): Promise<readonly [string, string][]> =>
  Promise.all(
    [`${steady}/health`, `${tried}/health`, '_generation'].map(async (path): Promise<[string, string]> => {
      const { status, body } = await fetchThroughEdge(`/thesis/${path}`)
      return [`visitor ${path}`, path === '_generation' ? `${status} ${body.trim()}` : String(status)]
    }),
  )

/** Changes with every start of the paper's process. */
export const invocationOf = async (id: string): Promise<string> =>
  (await asRoot('gpu', ['systemctl', 'show', '-p', 'InvocationID', '--value', `papergen-${id}.service`])).trim()
