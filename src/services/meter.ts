import si from 'systeminformation'
import { command } from '../core/command.ts'
import type { HostStats } from '../core/facts.ts'
import type { HostMeter, Shell } from '../core/ports.ts'

/** CPU, memory and disk of this machine. @param project absolute path whose file system counts */
export const createLocalMeter = (shell: Shell, project: string): HostMeter => ({
  read: async () => {
    const [load, memory, disk] = await Promise.all([si.currentLoad(), si.mem(), diskOf(shell, project)])
    return {
      cpu: numberOr(load.currentLoad / 100),
      memory: { used: numberOr(memory.total - memory.available), total: numberOr(memory.total) },
      disk,
    }
  },
})

/** The same of a machine behind a shell, from /proc and df; the first reading knows no CPU load, which is a difference. */
export const createRemoteMeter = (shell: Shell, project: string): HostMeter => {
  let before: CpuTicks | null = null
  return {
    read: async () => {
      const [proc, disk] = await Promise.all([
        shell.run(command('sh', '-c', 'head -n 1 /proc/stat; cat /proc/meminfo')),
        diskOf(shell, project),
      ])
      const now = ticksOf(proc.stdout)
      const cpu = before === null || now === null ? null : loadBetween(before, now)
      before = now
      return { cpu, memory: memoryOf(proc.stdout), disk }
    },
  }
}

type CpuTicks = { readonly busy: number; readonly all: number }

/** `cpu  user nice system idle iowait irq softirq steal ...` */
const ticksOf = (text: string): CpuTicks | null => {
  const ticks = /^cpu +([\d ]+)$/m.exec(text)?.[1]?.trim().split(/ +/).map(Number).slice(0, 8)
  if (ticks === undefined || ticks.length < 5) return null
  const all = ticks.reduce((sum, count) => sum + count, 0)
  return { all, busy: all - ticks[3]! - ticks[4]! }
}

const loadBetween = (before: CpuTicks, now: CpuTicks): number | null =>
  now.all > before.all ? Math.min(1, Math.max(0, (now.busy - before.busy) / (now.all - before.all))) : null

const memoryOf = (text: string): HostStats['memory'] => {
  const bytes = (name: string) => {
    const kib = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1]
    return kib === undefined ? null : Number(kib) * 1024
  }
  const [total, available] = [bytes('MemTotal'), bytes('MemAvailable')]
  return { used: total === null || available === null ? null : total - available, total }
}

const diskOf = async (shell: Shell, project: string): Promise<HostStats['disk']> => {
  const { code, stdout } = await shell.run(command('df', '-Pk', '--', project))
  const columns = code === 0 ? (stdout.trim().split('\n').at(-1) ?? '').split(/\s+/) : []
  const [used, free] = [Number(columns[2] ?? Number.NaN) * 1024, Number(columns[3] ?? Number.NaN) * 1024]
  return { used: numberOr(used), total: numberOr(used + free) }
}

const numberOr = (value: number): number | null => (Number.isFinite(value) ? value : null)
