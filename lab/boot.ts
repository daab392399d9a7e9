import { spawn } from 'node:child_process'
import { globSync, openSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { insideArgv } from './inside.ts'
import { type HostName, hosts, type Layout } from './layout.ts'
import { attempt, LabError, quietly } from './run.ts'

/** A process as the lab remembers it: a pid alone could be somebody else's by now. */
export type Process = { pid: number; startedAt: string }
/** `container` is systemd-nspawn, `leader` the host's PID 1 as the machine sees it. */
export type Booted = { container: Process; leader: Process }

/** Boots a prepared root; resolves when its PID 1 exists. */
export const boot = async (layout: Layout, host: HostName, remember: (container: Process) => void): Promise<Booted> => {
  const log = openSync(layout.host(host).log, 'w')
  const child = spawn('sh', ['-eu', '-c', ownCgroup, 'boot', layout.machine(host), ...nspawn(layout, host)], {
    detached: true,
    stdio: ['ignore', log, log],
  })
  child.unref()
  const container = identify(child.pid!)
  if (container === undefined) throw new LabError(`${host} did not start; see ${layout.host(host).log}`)
  remember(container)
  const leader = await waitFor(`${host}'s PID 1`, 60_000, () =>
    isAlive(container) ? leaderOf(container.pid) : died(layout, host),
  )
  return { container, leader }
}

/** Waits until systemd in there has started everything; a failed unit is said by name. */
export const waitUntilRunning = async ({ leader }: Booted, host: HostName): Promise<void> => {
  await waitFor(`${host} to be up`, 300_000, () => {
    const { stdout, stderr } = attempt(
      insideArgv(leader.pid, ['systemctl', 'is-system-running', '--wait'], { user: 'root' }),
    )
    const state = stdout.trim()
    if (state === 'degraded') throw new LabError(`${host} is degraded:\n${failedUnits(leader)}`)
    return state === 'running' ? true : void stderr
  })
}

/** Ends a host at once: its PID 1 takes every process in there with it. Waits until they are gone. */
export const endProcess = async (process_: Process): Promise<void> => {
  if (isAlive(process_)) process.kill(process_.pid, 'SIGKILL')
  await waitFor(`process ${process_.pid} to end`, 60_000, () => !isAlive(process_) || undefined)
}

export const identify = (pid: number): Process | undefined => {
  const startedAt = stat(pid)?.[19]
  return startedAt === undefined ? undefined : { pid, startedAt }
}

/** A zombie has ended: only its parent still has to notice. */
export const isAlive = ({ pid, startedAt }: Process): boolean => {
  const fields = stat(pid)
  return fields !== undefined && fields[19] === startedAt && fields[0] !== 'Z'
}

/** The control groups that `boot`, or a test short of memory, made for a host, innermost first. */
export const removeCgroups = (layout: Layout, host: HostName): void => {
  for (const top of cgroupsOf(layout, host)) attempt(['find', top, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'])
}

/** What systemd-nspawn leaves in /run when it is killed. To be called while the host's root is still mounted. */
export const removeNspawnTraces = (layout: Layout, host: HostName): void => {
  const root = statSync(layout.host(host).root, { throwIfNoEntry: false })
  if (root !== undefined) rmSync(`/run/systemd/nspawn/locks/inode-${root.dev}:${root.ino}`, { force: true })
  for (const left of globSync(`/run/systemd/nspawn/{propagate,unix-export}/${layout.machine(host)}`))
    rmSync(left, { recursive: true })
}

export const cgroupsOf = (layout: Layout, host: HostName): string[] =>
  globSync(`/sys/fs/cgroup/{,systemd/,unified/,memory/}${layout.machine(host)}`)

/** Tries until there is an answer, for at most so many milliseconds. */
export const waitFor = async <T>(what: string, ms: number, ask: () => T | undefined): Promise<T> => {
  const end = Date.now() + ms
  for (let isLate = false; !isLate; await pause(50)) {
    // Asked once more when its time is over: what this process waited for besides may have taken all of it.
    isLate = Date.now() >= end
    const answer = ask()
    if (answer !== undefined) return answer
  }
  throw new LabError(`Waited ${ms / 1000} s for ${what}, in vain.`)
}

/** Without groups of their own both hosts' systemd would share `/payload` and end each other's services. */
const ownCgroup = `name=$1; shift
for tree in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
  [ -f "$tree/cgroup.procs" ] || continue
  mkdir -p "$tree/$name"
  echo $$ >"$tree/$name/cgroup.procs"
done
exec "$@"`

const nspawn = (layout: Layout, host: HostName): string[] => [
  ...['systemd-nspawn', '--quiet', '--boot', '--register=no', '--keep-unit', '--console=pipe'],
  ...['--resolv-conf=off', '--timezone=off', '--link-journal=no', `--directory=${layout.host(host).root}`],
  ...[`--machine=${layout.machine(host)}`, `--hostname=${hosts[host].name}`],
  // As on any host, root's services may see its packet filter: the namespace of the network is its own.
  ...[`--network-namespace-path=/run/netns/${layout.netns(host)}`, '--capability=CAP_NET_ADMIN'],
  ...checkoutBinds(layout.checkout),
]

/** In a git worktree node_modules may be a link: what it points at must then be found in the host at the same path. */
const checkoutBinds = (checkout: string): string[] => {
  const modules = realpathSync(join(checkout, 'node_modules'))
  const linked = modules !== join(checkout, 'node_modules')
  return [`--bind-ro=${checkout}:/opt/papergen`, ...(linked ? [`--bind-ro=${modules}`] : [])]
}

const leaderOf = (container: number): Process | undefined => {
  const children = globSync(`/proc/${container}/task/*/children`).flatMap(
    file => quietly(() => readFileSync(file, 'utf8')) ?? '',
  )
  const pids = children
    .join(' ')
    .split(' ')
    .filter(word => word !== '')
    .map(Number)
  const pid = pids.find(each =>
    /^NSpid:.*\t1$/m.test(quietly(() => readFileSync(`/proc/${each}/status`, 'utf8')) ?? ''),
  )
  return pid === undefined ? undefined : identify(pid)
}

const died = (layout: Layout, host: HostName): never => {
  throw new LabError(`${host} ended while booting:\n${readFileSync(layout.host(host).log, 'utf8')}`)
}

const failedUnits = ({ pid }: Process): string =>
  attempt(insideArgv(pid, ['systemctl', '--failed', '--plain', '--no-legend'], { user: 'root' })).stdout

/** Fields of /proc/PID/stat after the program's name, which may hold anything; [0] is the state, [19] the start time. */
const stat = (pid: number): string[] | undefined =>
  quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
    ?.split(') ')
    .at(-1)
    ?.split(' ')
