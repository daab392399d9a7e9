import type { GpuDevice, GpuProcess, GpuSample, PaperGpu } from './facts.ts'

/**
 * GPU memory of one paper, over every process in its unit and in the `--next` unit of an update. Null: none of its processes
 * is on a GPU, as far as nvidia-smi tells of all. A part that is unknown makes the sum unknown: a partial sum would look like the whole.
 */
export const paperGpu = (id: string, sample: GpuSample): PaperGpu | null => {
  const units = [`papergen-${id}.service`, `papergen-${id}--next.service`]
  const own = sample.processes.filter(({ unit }) => unit !== null && units.includes(unit))
  if (own.length > 0)
    return { mib: sum(own), devices: devicesOf(own, sample.devices), note: noteOf(own, sample.devices) }
  if (sample.hidden !== undefined)
    return { mib: null, devices: [], note: `nvidia-smi hides whose processes run on the GPU: ${sample.hidden}` }
  const homeless = sample.processes.filter(({ unit }) => unit === null).length
  return homeless === 0
    ? null
    : { mib: null, devices: [], note: `${homeless} GPU ${homeless === 1 ? 'process' : 'processes'} of unknown unit` }
}

/** MiB that its GPU has left. Null on several, of which nobody can tell the one that will be full, and where the GPU does not say. */
export const freeBeside = (gpu: PaperGpu | null, { devices }: GpuSample): number | null => {
  if (gpu?.devices.length !== 1) return null
  const device = devices.find(({ index }) => index === gpu.devices[0]?.index)
  if (device === undefined || device.usedMib === null || device.totalMib === null) return null
  return Math.max(0, device.totalMib - device.usedMib)
}

const sum = (processes: readonly GpuProcess[]): number | null =>
  processes.reduce<number | null>((total, { mib }) => (total === null || mib === null ? null : total + mib), 0)

const devicesOf = (own: readonly GpuProcess[], devices: readonly GpuDevice[]): PaperGpu['devices'] =>
  devices.flatMap(({ index, uuid }) => {
    const here = own.filter(process => process.uuid === uuid)
    return here.length === 0 ? [] : [{ index, mib: sum(here) }]
  })

const noteOf = (own: readonly GpuProcess[], devices: readonly GpuDevice[]): string | null => {
  const notes = devices.filter(({ uuid }) => own.some(process => process.uuid === uuid)).map(({ note }) => note)
  const first = notes.find(note => note !== null)
  if (first !== undefined) return first
  return sum(own) === null ? 'nvidia-smi does not say how much a process uses' : null
}
