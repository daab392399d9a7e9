/** What nvidia-smi and /proc tell of the GPUs. Memory is MiB, null is "not known". */

export type GpuProcess = {
  readonly pid: number
  readonly name: string
  readonly uuid: string
  readonly mib: number | null
  /** The last `*.service` or `*.scope` of its cgroup; null when /proc would not say. */
  readonly unit: string | null
  /** Who it runs as, by name where the host knows one; null when /proc would not say. */
  readonly user: string | null
}

export type GpuDevice = {
  readonly index: number
  readonly uuid: string
  readonly name: string
  readonly usedMib: number | null
  readonly totalMib: number | null
  /** 0..1 */
  readonly utilization: number | null
  readonly temperatureC: number | null
  /** Why a number is missing, in nvidia-smi's words. */
  readonly note: string | null
}

export type GpuSample = {
  readonly devices: readonly GpuDevice[]
  readonly processes: readonly GpuProcess[]
  readonly driver: string | null
  /** Why nvidia-smi would not tell of some processes; absent when it told of all. */
  readonly hidden?: string
  /** The nvidia-smi is a named stand-in, not a GPU. */
  readonly simulated: boolean
}

/** GPU memory of one paper: the sum over every process in its unit's cgroup. */
export type PaperGpu = {
  readonly mib: number | null
  readonly devices: readonly { readonly index: number; readonly mib: number | null }[]
  readonly note: string | null
}
