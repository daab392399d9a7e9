import { lstatSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type HostName, hostNames } from '../../lab/layout.ts'
import { run } from '../../lab/run.ts'
import { diffTrees, type Tree, treeOf } from '../../lab/tree.ts'
import { asRoot, fetchThroughEdge, labHosts } from '../lab/harness.ts'
import { eventually, project } from '../lab/operator.ts'
import { isKept } from './normal.ts'
import { tried } from './papers.ts'
import { insideLab, type Stand, takeStand } from './stand.ts'

/** Both hosts at one moment, to come back to: the files themselves and what is to run. */
export type Saved = {
  readonly folder: string
  readonly trees: Readonly<Record<HostName, Tree>>
  readonly stand: Stand
}

/** What an operation can change; the rest of a tree must never differ. */
const tops: Readonly<Record<HostName, readonly string[]>> = {
  gpu: ['/etc/systemd/system', '/var/lib/papergen', `${project}/state`, `${project}/papers`],
  edge: ['/etc/nginx', '/var/www', '/var/lib/papergen'],
}

export const save = async (name: string): Promise<Saved> => {
  const folder = join(labHosts().layout.root, 'faults', name)
  rmSync(folder, { recursive: true, force: true })
  const lab = insideLab()
  for (const host of hostNames)
    for (const top of tops[host]) {
      mkdirSync(join(folder, host, dirname(top)), { recursive: true })
      run(['cp', '-a', join(lab.layout.host(host).root, top), join(folder, host, top)])
    }
  return { folder, trees: treesNow(), stand: await takeStand() }
}

const treesNow = (): Saved['trees'] => {
  const lab = insideLab()
  return { gpu: treeOf(lab, 'gpu', { except: isKept }), edge: treeOf(lab, 'edge', { except: isKept }) }
}

/** Both hosts as saved; only what differs is touched, so that nothing restarts without need. */
export const comeBackTo = async (saved: Saved): Promise<void> => {
  const now = treesNow()
  const units = await unitsTo(saved)
  for (const unit of units.stop) await asRoot('gpu', ['systemctl', 'stop', unit])
  const changed = { gpu: putBack('gpu', saved, now.gpu), edge: putBack('edge', saved, now.edge) }
  if (changed.gpu.some(path => path.startsWith('/etc/systemd/'))) await asRoot('gpu', ['systemctl', 'daemon-reload'])
  if (units.stop.length > 0) await asRoot('gpu', ['sh', '-c', 'systemctl reset-failed "papergen-*" 2>/dev/null; true'])
  for (const unit of units.start)
    await asRoot('gpu', ['sh', '-c', `systemctl reset-failed ${unit} 2>/dev/null; systemctl restart ${unit}`])
  if (changed.edge.some(path => path.startsWith('/etc/nginx/'))) await asRoot('edge', ['nginx', '-s', 'reload'])
  await eventually('what visitors were answered', 30, () => isAnsweredAsIn(saved.stand))
}

/** By what their processes serve: a unit's file says nothing of what was started from another one. */
const unitsTo = async (saved: Saved) => {
  const [was, is] = [saved.stand, await takeStand()]
  const names = [...is.keys(), ...was.keys()].filter(name => name.startsWith('unit '))
  const differing = [...new Set(names)].filter(name => was.get(name) !== is.get(name))
  const runs = (name: string): boolean => was.get(name)?.startsWith('active') === true
  const unitOf = (name: string): string => name.slice('unit '.length)
  return { stop: differing.filter(name => !runs(name)).map(unitOf), start: differing.filter(runs).map(unitOf) }
}

const putBack = (host: HostName, { folder, trees }: Saved, now: Tree): readonly string[] => {
  const { root } = insideLab().layout.host(host)
  const differences = diffTrees(trees[host], now)
  for (const { path } of differences) {
    if (!tops[host].some(top => path === top || path.startsWith(`${top}/`)))
      throw new Error(`${path} on ${host} changed, where papergen has no business`)
  }
  for (const { path, change } of differences.toReversed())
    if (change === 'added') rmSync(join(root, path), { recursive: true, force: true })
  for (const { path, change } of differences) if (change !== 'added') copy(join(folder, host, path), join(root, path))
  return differences.map(({ path }) => path)
}

/** One file, link or folder with its owner, mode and times; what a folder holds has differences of its own. */
const copy = (from: string, to: string): void => {
  const folder = lstatSync(from).isDirectory()
  const script = folder
    ? 'mkdir -p "$2"; chown --reference="$1" "$2"; chmod --reference="$1" "$2"'
    : 'rm -f "$2.new"; cp -aT "$1" "$2.new"; mv -T "$2.new" "$2"'
  run(['sh', '-eu', '-c', script, '-', from, to])
}

const isAnsweredAsIn = async (stand: Stand): Promise<boolean> => {
  const { status } = await fetchThroughEdge(`/thesis/${tried}/health`)
  const generation = await fetchThroughEdge('/thesis/_generation')
  return (
    stand.get(`visitor ${tried}/health`) === String(status) &&
    stand.get('visitor _generation') === `${generation.status} ${generation.body.trim()}`
  )
}
