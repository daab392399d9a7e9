import { type Command, command } from './command.ts'
import type { GpuDevice, GpuProcess } from './facts.ts'
import { oneLine } from './text.ts'

/** Fields asked for; an old driver may not know one, and then answers nothing: see `unknownField`. */
export const gpuFields: readonly string[] = [
  'index',
  'uuid',
  'name',
  'driver_version',
  'pstate',
  'temperature.gpu',
  'utilization.gpu',
  'memory.total',
  'memory.used',
]

/** Without these a row names no device. */
const needed: readonly string[] = ['index', 'uuid', 'name']

export const gpuQuery = (program: string, fields: readonly string[] = gpuFields): Command =>
  command(program, `--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits')

/** Compute contexts only: that is what nvidia-smi tells of processes. */
export const appsQuery = (program: string): Command =>
  command(program, '--query-compute-apps=gpu_uuid,pid,process_name,used_gpu_memory', '--format=csv,noheader,nounits')

/** The field this driver does not know, from the failed query's stdout: ask again without it. */
export const unknownField = (stdout: string): string | null =>
  /Field "([^"]+)" is not a valid field to query/.exec(stdout)?.[1] ?? null

/** The fields to ask for next; null when the missing one cannot be done without. */
export const withoutField = (fields: readonly string[], unknown: string): readonly string[] | null =>
  needed.includes(unknown) || !fields.includes(unknown) ? null : fields.filter(field => field !== unknown)

export type Devices = {
  readonly devices: readonly GpuDevice[]
  readonly driver: string | null
  /** What nvidia-smi said beside rows; null when nothing. A GPU it lost is a device with a note. */
  readonly complaint: string | null
}

/** @param fields those of the query, in its order */
export const parseDevices = (stdout: string, fields: readonly string[] = gpuFields): Devices => {
  const rows = linesOf(stdout)
  const cells = rows.map(row => rowOf(row, fields))
  const devices = cells.flatMap(cell => (cell === null ? [] : [deviceOf(cell)]))
  const words = rows.filter((_, at) => cells[at] === null)
  const lost = lostDevices(words, devices)
  const driver = cells.find(cell => cell !== null)?.get('driver_version')
  return {
    devices: [...devices, ...lost].sort((a, b) => a.index - b.index),
    driver: driver === undefined || isUnknown(driver) ? null : driver,
    complaint: words.length === 0 ? null : oneLine(words.join(' ')),
  }
}

export type Processes = {
  readonly processes: readonly Omit<GpuProcess, 'unit' | 'user'>[]
  /** Rows whose pid nvidia-smi would not tell, by GPU, with its reason. */
  readonly hidden: ReadonlyMap<string, string>
}

/** A process's name may hold commas: the row is read from both ends. */
export const parseProcesses = (stdout: string): Processes => {
  const hidden = new Map<string, string>()
  const processes = linesOf(stdout).flatMap(row => {
    const parts = row.split(',').map(part => part.trim())
    const [uuid, pid] = parts
    if (parts.length < 4 || !/^(?:GPU|MIG)-/.test(uuid!)) return []
    if (!/^\d+$/.test(pid!)) {
      hidden.set(uuid!, reasonOf(pid!))
      return []
    }
    const name = row.split(',').slice(2, -1).join(',').trim()
    return [{ pid: Number(pid), name: oneLine(name), uuid: uuid!, mib: numberOf(parts.at(-1)!) }]
  })
  return { processes, hidden }
}

/** Why nvidia-smi failed: its exit code follows nvmlReturn_t, its words come on stdout. */
export const failureReason = (code: number | null, output: string): string => {
  const words = oneLine(linesOf(output).slice(0, 2).join(' '))
  const known = code === null ? 'was killed' : reasons[code]
  if (known === undefined) return words === '' ? `nvidia-smi ended with ${code}` : words
  return words === '' ? known : `${known}: ${words}`
}

/** What a person does on that host. @param code null: it hung and was killed */
export const failureNext = (code: number | null): string => (code === null ? undefined : nexts[code]) ?? lookAtKernel

const lookAtKernel =
  'sudo dmesg | grep -i -e nvrm -e xid says what the driver met; where it hangs or lost a GPU, only a reboot helps'

const install = 'install the NVIDIA driver, or name its program with nvidia_smi under [gpu] in the config'

const nexts: Readonly<Record<number, string>> = {
  4: 'ls -l /dev/nvidia* shows who may open them; give the login that right',
  6: 'lspci | grep -i nvidia shows whether the card is seen at all; sudo dmesg | grep -i nvrm says more',
  9: 'sudo modprobe nvidia; where that fails (a new kernel without its module), install the driver again',
  12: install,
  16: 'sudo nvidia-smi --gpu-reset when nothing runs on it, else reboot',
  18: 'reboot when it suits; papers that run go on with the driver they have loaded, a restarted one gets no GPU',
  126: install,
  127: install,
}

/** A stand-in says so in its device's name, and is shown as one. */
export const isStandIn = (devices: readonly GpuDevice[]): boolean =>
  devices.some(({ name }) => /stand-?in|simulated/i.test(name))

const reasons: Readonly<Record<number, string>> = {
  2: 'nvidia-smi refused the query',
  3: 'not supported on this GPU',
  4: 'no permission',
  6: 'no GPU was found',
  8: 'a GPU has no external power',
  9: 'the NVIDIA driver is not loaded',
  12: 'the NVML library was not found',
  13: 'the NVML library is older than nvidia-smi',
  14: "the GPU's infoROM is corrupted",
  15: 'the GPU has fallen off the bus',
  16: 'the GPU needs a reset',
  17: "the operating system took the GPU's control",
  18: 'driver and library versions differ: the host wants a reboot',
  126: 'nvidia-smi is not executable',
  127: 'nvidia-smi is not installed',
}

const linesOf = (stdout: string): string[] => stdout.split(/\r?\n/).filter(line => line.trim() !== '')

/** Names may hold commas too; every other field is counted from its end of the row. */
const rowOf = (row: string, fields: readonly string[]): ReadonlyMap<string, string> | null => {
  const parts = row.split(',')
  const at = fields.indexOf('name')
  const extra = parts.length - fields.length
  if (extra < 0 || !/^\s*\d+\s*$/.test(parts[fields.indexOf('index')] ?? '')) return null
  const values = [...parts.slice(0, at), parts.slice(at, at + extra + 1).join(','), ...parts.slice(at + extra + 1)]
  return new Map(fields.map((field, index) => [field, values[index]!.trim()]))
}

const deviceOf = (cells: ReadonlyMap<string, string>): GpuDevice => {
  const number = (field: string): number | null => numberOf(cells.get(field) ?? '')
  const utilization = number('utilization.gpu')
  return {
    index: Number(cells.get('index')),
    uuid: cells.get('uuid')!,
    name: oneLine(cells.get('name')!),
    usedMib: number('memory.used'),
    totalMib: number('memory.total'),
    utilization: utilization === null ? null : Math.min(1, utilization / 100),
    temperatureC: number('temperature.gpu'),
    note: noteOf(cells),
  }
}

const bringsBack = 'sudo dmesg | grep -i xid says why; as a rule only a reboot brings it back'

/** `GPU1: 0000:34:00.0` tells the index, `GPU 0000:34:00.0` only where it sat: then it is the first that is missing. */
const lostDevices = (words: readonly string[], there: readonly GpuDevice[]): GpuDevice[] => {
  const nothing = { usedMib: null, totalMib: null, utilization: null, temperatureC: null }
  const taken = new Set(there.map(({ index }) => index))
  return words.flatMap(line => {
    const [, told, bus] =
      /device handle for GPU\s?(?:(\d+): )?([0-9A-Fa-f]{4,8}:[0-9A-Fa-f:.]*[0-9A-Fa-f])?/.exec(line) ?? []
    if (told === undefined && bus === undefined) return []
    let index = told === undefined ? 0 : Number(told)
    while (told === undefined && taken.has(index)) index++
    taken.add(index)
    return [{ index, uuid: '', name: `GPU ${told ?? bus}`, ...nothing, note: `${oneLine(line)}: ${bringsBack}` }]
  })
}

/** The worst word of the row; a plain `[N/A]` is only told where nothing worse is. */
const noteOf = (cells: ReadonlyMap<string, string>): string | null => {
  const bad = [...cells].filter(([field, value]) => field !== 'name' && isUnknown(value))
  const worst = bad.find(([, value]) => !/^\[?N\/A\]?$/.test(value)) ?? bad.find(([field]) => field !== 'pstate')
  return worst === undefined ? null : `${worst[0]}: ${reasonOf(worst[1])}`
}

const isUnknown = (value: string): boolean => value === '' || /^(?:\[.*\]|N\/A|ERR!|Unknown Error)$/.test(value)

const reasonOf = (value: string): string => oneLine(value.replace(/^\[(.*)\]$/, '$1')) || 'no answer'

const numberOf = (value: string): number | null => {
  const match = /^(\d+(?:\.\d+)?)(?: ?(?:MiB|%|W))?$/.exec(value)
  return match === null ? null : Number(match[1])
}
