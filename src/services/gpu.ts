import { askerOf, cgroupsOf, parseCgroups, parseUsers } from '../core/cgroup.ts'
import type { Command } from '../core/command.ts'
import { PapergenError } from '../core/errors.ts'
import type { GpuProcess, GpuSample } from '../core/facts.ts'
import {
  appsQuery,
  type Devices,
  gpuFields,
  gpuQuery,
  hiddenByFailure,
  hiddenOn,
  isStandIn,
  parseDevices,
  parseProcesses,
  unknownField,
  withComplaint,
  withoutField,
} from '../core/nvidia.ts'
import { failureReason } from '../core/nvidia-failure.ts'
import type { Gpu, Ran, Shell } from '../core/ports.ts'

export type GpuOptions = {
  readonly host: string
  readonly shell: Shell
  /** The nvidia-smi to run. */
  readonly program: string
  /** Milliseconds before a hung call is killed; without the persistence daemon a healthy one takes 1.5 s. */
  readonly timeout?: number
  /** Whose systemd starts papers: the system's when absent, or that of whoever logs in. */
  readonly scope?: 'system' | 'user'
}

/** GPU readings by nvidia-smi. @throws `gpu-unseen` with nvidia-smi's reason, or that it hung and was killed */
export const createGpu = ({ host, shell, program, timeout: usual = 8_000, scope = 'system' }: GpuOptions): Gpu => {
  let fields = gpuFields
  const run = (query: Command, timeout: number): Promise<Ran> =>
    shell.run(query, { timeout }).catch((thrown: unknown) => {
      throw thrown instanceof PapergenError && thrown.problem.kind === 'no-answer'
        ? hung(host, program, timeout)
        : thrown
    })
  const devicesNow = async (timeout: number): Promise<Devices & { readonly whole: boolean }> => {
    const ran = await run(gpuQuery(program, fields), timeout)
    const unknown = ran.code === 0 ? null : unknownField(ran.stdout)
    const fewer = unknown === null ? null : withoutField(fields, unknown)
    if (fewer !== null) {
      fields = fewer
      return devicesNow(timeout)
    }
    const answer = parseDevices(ran.stdout, fields)
    const isEmpty = ran.code === 0 && answer.complaint === null
    // Some failures still list the GPUs that work; words without a GPU are a failure, whatever the code says.
    if (!isEmpty && answer.devices.length === 0) throw failure(host, program, ran.code, ran.stdout + ran.stderr)
    return { ...answer, devices: withComplaint(answer, ran.code), whole: ran.code === 0 }
  }
  return {
    sample: async ({ timeout = usual } = {}): Promise<GpuSample> => {
      const { devices, driver, whole } = await devicesNow(timeout)
      const ran = await run(appsQuery(program), timeout)
      const listed = parseProcesses(ran.stdout)
      // A lost GPU fails this query as well; the processes on the others are listed before it does.
      const failed = ran.code !== 0 && whole
      const hidden = failed ? hiddenByFailure(devices, ran.code, ran.stdout + ran.stderr) : hiddenOn(devices, listed)
      const { processes } = listed
      const { units, users } = await ownersOf(
        shell,
        processes.map(({ pid }) => pid),
        scope,
      )
      return {
        devices: hidden?.devices ?? devices,
        processes: processes.map(
          (process): GpuProcess => ({
            ...process,
            unit: units.get(process.pid) ?? null,
            user: users.get(process.pid) ?? null,
          }),
        ),
        driver,
        simulated: isStandIn(devices),
        ...(hidden === null ? {} : { hidden: hidden.reason }),
      }
    },
  }
}

type Owners = {
  readonly units: ReadonlyMap<number, string | null>
  readonly users: ReadonlyMap<number, string>
}

const ownersOf = async (shell: Shell, pids: readonly number[], scope: 'system' | 'user'): Promise<Owners> => {
  const stdout = pids.length === 0 ? '' : (await shell.run(cgroupsOf(pids))).stdout
  return { units: parseCgroups(stdout, scope === 'user' ? askerOf(stdout) : null), users: parseUsers(stdout) }
}

const failure = (host: string, program: string, code: number | null, output: string): PapergenError =>
  new PapergenError({ kind: 'gpu-unseen', host, command: program, code, why: failureReason(code, output) })

const hung = (host: string, program: string, timeout: number): PapergenError =>
  new PapergenError({
    kind: 'gpu-unseen',
    host,
    command: program,
    code: null,
    why: `${program} hangs: no answer within ${timeout / 1000} s`,
  })
