import { type Command, command } from './command.ts'
import type { GpuDevice, GpuProcess } from './facts.ts'
import { bringsBack, cellNote, failureNext, failureReason, gravityOf, saysNothing } from './nvidia-failure.ts'
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
  /** What nvidia-smi said beside rows; null when nothing. */
  readonly complaint: string | null
  /** Whether the complaint is of GPUs it lost, each of which is a device with a note. */
  readonly lost: boolean
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
    lost: lost.length > 0,
  }
}

/**
 * The GPUs that are listed though nvidia-smi failed, or complained: all of them are told of it that have no note of their own, for which one
 * it is only its words may say.
 */
export const withComplaint = ({ devices, complaint, lost }: Devices, code: number | null): readonly GpuDevice[] => {
  if (lost || (code === 0 && complaint === null)) return devices
  const why = code === 0 ? complaint! : failureReason(code, complaint ?? '')
  const what = devices.length === 1 ? why : `of one of these GPUs: ${why}`
  return devices.map(device => noted(device, `${what}: ${failureNext(code, why)}`))
}

export type Processes = {
  readonly processes: readonly Omit<GpuProcess, 'unit' | 'user'>[]
  /** Rows whose pid nvidia-smi would not tell, by GPU (by nothing where it hides that too), with its reason. */
  readonly hidden: ReadonlyMap<string, string>
}

/** A process's name may hold commas: the row is read from both ends. */
export const parseProcesses = (stdout: string): Processes => {
  const hidden = new Map<string, string>()
  const processes = linesOf(stdout).flatMap(row => {
    const parts = row.split(',').map(part => part.trim())
    const [uuid, pid] = parts
    const isHidden = /^\[.+\]$/.test(uuid!)
    if (parts.length < 4 || !(isHidden || /^(?:GPU|MIG)-/.test(uuid!))) return []
    if (isHidden || !/^\d+$/.test(pid!)) {
      hidden.set(isHidden ? '' : uuid!, reasonOf(pid!))
      return []
    }
    const name = row.split(',').slice(2, -1).join(',').trim()
    return [{ pid: Number(pid), name: oneLine(name), uuid: uuid!, mib: numberOf(parts.at(-1)!) }]
  })
  return { processes, hidden }
}

/** Why processes are not known: nvidia-smi hid some of them, or failed to tell of any. */
export type Hidden = { readonly reason: string; readonly devices: readonly GpuDevice[] }

/** The GPUs whose processes are hidden say so; those of a GPU that is not listed may run on any. Null: none is. */
export const hiddenOn = (devices: readonly GpuDevice[], { hidden }: Processes): Hidden | null => {
  const [reason] = hidden.values()
  if (reason === undefined) return null
  const listed = new Set(devices.map(({ uuid }) => uuid).filter(uuid => uuid !== ''))
  const elsewhere = [...hidden].find(([uuid]) => !listed.has(uuid))?.[1]
  return {
    reason,
    devices: devices.map(device => {
      const own = hidden.get(device.uuid) ?? elsewhere
      return own === undefined ? device : noted(device, cellNote('its processes', own, device.index))
    }),
  }
}

/** All GPUs, when the question for processes failed where the one for GPUs did not. */
export const hiddenByFailure = (devices: readonly GpuDevice[], code: number | null, output: string): Hidden => {
  const reason = failureReason(code, output)
  const note = `its processes: ${reason}: ${failureNext(code, reason)}`
  return { reason, devices: devices.map(device => noted(device, note)) }
}

/** A note that only says that a number is not there gives way to one that says more. */
const noted = (device: GpuDevice, note: string): GpuDevice =>
  device.note === null || saysNothing.test(device.note) ? { ...device, note } : device

/** A stand-in says so in its device's name, and is shown as one. */
export const isStandIn = (devices: readonly GpuDevice[]): boolean =>
  devices.some(({ name }) => /stand-?in|simulated/i.test(name))

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

/** The worst word of the row; a plain `[N/A]` is only told where nothing worse is, and never of the power state. */
const noteOf = (cells: ReadonlyMap<string, string>): string | null => {
  const bad = [...cells]
    .filter(([field, value]) => field !== 'name' && isUnknown(value))
    .map(([field, value]) => ({ field, reason: reasonOf(value) }))
    .filter(({ field, reason }) => field !== 'pstate' || reason !== 'N/A')
  const [worst] = bad.toSorted((a, b) => gravityOf(a.reason) - gravityOf(b.reason))
  return worst === undefined ? null : cellNote(worst.field, worst.reason, Number(cells.get('index')))
}

const isUnknown = (value: string): boolean => value === '' || /^(?:\[.*\]|N\/A|ERR!|Unknown Error)$/.test(value)

const reasonOf = (value: string): string => oneLine(value.replace(/^\[(.*)\]$/, '$1')) || 'no answer'

const numberOf = (value: string): number | null => {
  const match = /^(\d+(?:\.\d+)?)(?: ?(?:MiB|%|W))?$/.exec(value)
  return match === null ? null : Number(match[1])
}
