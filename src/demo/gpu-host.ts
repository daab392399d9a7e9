import { userInfo } from 'node:os'
import type { Duplex } from 'node:stream'
import { pidsAsked } from '../core/cgroup.ts'
import type { GpuPolicy } from '../core/policy.ts'
import { endAsTold } from './ending.ts'
import { createGpuEntry } from './entry-gpu.ts'
import type { DemoFolder } from './folder.ts'
import { createHouses } from './house.ts'
import type { Janitor } from './janitor.ts'
import { createJournal } from './journal.ts'
import { createJournalctl } from './journalctl.ts'
import { launch } from './launch.ts'
import { analyzeTimestamp } from './moment.ts'
import { createNvidiaSmi } from './nvidia-smi.ts'
import type { Program, Programs } from './programs.ts'
import type { Launch, Running } from './running.ts'
import type { Sockets } from './sockets.ts'
import { createSystemd, type Systemd } from './systemd.ts'
import { controlGroupOf, serveBus } from './systemd-bus.ts'

export type GpuHostOptions = {
  readonly folder: DemoFolder
  readonly policy: GpuPolicy
  readonly version: string
  readonly unitTemplate: string
  /** The stand-in for marimo, when papers run it; null: they run marimo itself. */
  readonly standIn: readonly [string, ...string[]] | null
  readonly janitor: Janitor
  readonly sockets: Sockets
}

export type GpuHost = {
  readonly systemd: Systemd
  readonly programs: Programs
  readonly socket: (path: string, stream: Duplex) => void
}

/** The demo's GPU host: systemd, its journal and the GPU are stand-ins, the papers real processes. */
export const createGpuHost = (options: GpuHostOptions): GpuHost => {
  const { folder, policy, version, standIn, sockets, unitTemplate } = options
  const journal = createJournal()
  const systemd = createSystemd({ folder: folder.units, journal, launch: launcher(options) })
  const standIns = ['systemd', ...(standIn === null ? [] : ['marimo'])]
  const entry = createGpuEntry({
    systemd,
    sockets,
    policy,
    version,
    template: unitTemplate,
    units: folder.units,
    standIns,
  })
  const known = new Map<string, Program>([
    ['journalctl', createJournalctl(journal)],
    ['nvidia-smi', createNvidiaSmi(systemd)],
    ['systemd-analyze', analyzeTimestamp],
    [`${folder.home}/.local/libexec/papergen-gpu`, entry],
  ])
  return {
    systemd,
    programs: argv => {
      const pids = pidsAsked(argv)
      return pids === null ? (known.get(argv[0] ?? '') ?? null) : cgroups(systemd, pids)
    },
    socket: (path, stream) => (path.endsWith('/bus') ? serveBus(systemd, stream) : void stream.destroy()),
  }
}

/** So many papers have a process of their own; a stand-in serves the rest from shared ones. */
export const mostOwn = 40

const launcher = ({ janitor, standIn, folder }: GpuHostOptions) => {
  const inHouse = standIn === null ? null : createHouses(standIn, (pid, ended) => janitor.watch(pid, ended))
  let own = 0
  return async (of: Launch): Promise<Running> => {
    const marked = { ...of, env: { ...of.env, HOME: folder.home } }
    if (own >= mostOwn && inHouse !== null) return inHouse(marked)
    own++
    try {
      const running = await launch(marked)
      janitor.watch(running.pid, running.ended)
      if (standIn === null) endAsTold(running, of)
      void running.ended.then(() => own--)
      return running
    } catch (thrown) {
      own--
      throw thrown
    }
  }
}

/** Where systemd would have put the processes: here there is no systemd to do it. */
const { username, uid } = userInfo()

const cgroups =
  (systemd: Systemd, pids: readonly number[]): Program =>
  async (_argv, { out }) => {
    const owners = new Map(
      systemd.loaded().flatMap(({ name, running }) => (running === null ? [] : [[running.pid, name]])),
    )
    const groupOf = (pid: number): string => {
      const name = owners.get(pid)
      return name === undefined ? '' : `0::${controlGroupOf(name)}\n`
    }
    out(pids.map(pid => `pid ${pid}\n${groupOf(pid)}`).join(''))
    out(`user self/ ${username} ${uid}\n`)
    out(pids.map(pid => `user ${pid} ${username} ${uid}\n`).join(''))
    return 0
  }
