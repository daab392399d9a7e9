import { age, gib } from './age.ts'
import { problemLine } from './explain.ts'
import type { GpuDevice, GpuProcess, GpuSample } from './facts.ts'
import { type Line, line, type Span, span } from './line.ts'
import { unitIdOf } from './paper.ts'
import type { Reading } from './reading.ts'
import type { State } from './state.ts'
import { cells, fit, oneLine } from './text.ts'

/** A line that is made when it is shown: a thousand processes are told of, and a few seen. */
export type Later = () => Line

/** Each GPU with what uses it, the greatest first: papers by their id, others by their name. */
export const gpuRows = (state: State): readonly Later[] => {
  const { gpu } = state.observed.gpuHost
  if (gpu.kind === 'never') return [() => line(span(` GPU  ${unknownWords(gpu)}`, 'dim'))]
  const { devices, processes } = gpu.value
  const listed = new Set(devices.map(({ uuid }) => uuid))
  const elsewhere = processes.filter(({ uuid }) => !listed.has(uuid))
  return [
    ...(devices.length === 0 ? [() => line(span(' GPU  none was found', 'dim'))] : []),
    ...devices.flatMap(device => [
      ...deviceRows(state, device, gpu),
      ...processRows(
        state,
        processes.filter(({ uuid }) => uuid === device.uuid),
      ),
    ]),
    ...(elsewhere.length === 0
      ? []
      : [() => line(span(' On a GPU, or a part of one, that nvidia-smi does not list', 'strong'))]),
    ...(elsewhere.length === 0 ? [] : processRows(state, elsewhere)),
  ]
}

const unknownWords = (gpu: Extract<Reading<unknown>, { kind: 'never' }>): string =>
  gpu.error === null ? 'not asked yet' : `not known: ${problemLine(gpu.error)}`

const deviceRows = (state: State, device: GpuDevice, gpu: Exclude<Reading<GpuSample>, { kind: 'never' }>): Later[] => {
  const name = span(` GPU ${device.index}  ${oneLine(device.name)}`, 'strong')
  const numbers = span([memoryWords(device), loadWords(device), heatWords(device)].join('  '))
  const old = span(gpu.kind === 'stale' ? ` · ${age(state.at - gpu.at)} ago` : '', 'dim')
  const isShort = cells(name.text + numbers.text + old.text) + 2 <= state.ui.columns
  return [
    ...(isShort
      ? [() => line(name, span('  '), numbers, old)]
      : [() => line(name), () => line(span('   '), numbers, old)]),
    ...(device.note === null ? [] : [() => line(span(`   ${oneLine(device.note ?? '')}`, 'warn'))]),
  ]
}

const memoryWords = ({ usedMib, totalMib }: GpuDevice): string =>
  `${usedMib === null ? '?' : (usedMib / 1024).toFixed(1)} / ${totalMib === null ? '?' : gib(totalMib)}`
const loadWords = ({ utilization }: GpuDevice): string =>
  utilization === null ? '? %' : `${Math.round(utilization * 100)} %`
const heatWords = ({ temperatureC }: GpuDevice): string => `${temperatureC ?? '?'} °C`

const processRows = (state: State, processes: readonly GpuProcess[]): Later[] => {
  if (processes.length === 0) return [() => line(span('   no process uses it', 'dim'))]
  const tone = state.observed.gpuHost.gpu.kind === 'stale' ? 'dim' : 'plain'
  return processes
    .toSorted((a, b) => (b.mib ?? -1) - (a.mib ?? -1))
    .flatMap(process => (isPaper(process) ? [() => oneRow(state, process, tone)] : foreignRows(state, process, tone)))
}

const isNarrow = ({ ui }: State): boolean => ui.columns < 60

const oneRow = (state: State, process: GpuProcess, tone: Span['tone']): Line => {
  const details = isNarrow(state) ? String(process.pid) : detailsOf(process)
  return line(...headOf(state, process, tone, true), span(details, 'dim'))
}

/** Nothing that names it is cut off where it must have a line more. */
const foreignRows = (state: State, process: GpuProcess, tone: Span['tone']): Later[] => {
  const whole = line(...headOf(state, process, tone, true), span(detailsOf(process), 'dim'))
  const width = whole.spans.reduce((sum, { text }) => sum + cells(text), 0)
  if (!isNarrow(state) && width <= state.ui.columns) return [() => whole]
  const indentation = ' '.repeat(isNarrow(state) ? 10 : 14)
  return [() => line(...headOf(state, process, tone, false)), () => line(span(indentation + detailsOf(process), 'dim'))]
}

const headOf = (state: State, process: GpuProcess, tone: Span['tone'], isPadded: boolean): readonly Span[] => {
  const name = isPadded && !isNarrow(state) ? `${fit(nameOf(process), 28)}  ` : `${nameOf(process)} `
  const size = sizeOf(process)
  return [
    span(isNarrow(state) ? ` ${fit(size, 8, 'right')} ` : `   ${fit(size, 9, 'right')}  `, tone),
    span(name, tone),
  ]
}

const sizeOf = ({ mib }: GpuProcess): string => (mib === null ? '?' : gib(mib))

const isPaper = ({ unit }: GpuProcess): boolean => unit !== null && unitIdOf(unit) !== null

const nameOf = (process: GpuProcess): string => {
  const id = process.unit === null ? null : unitIdOf(process.unit)
  return id === null ? `no paper: ${programOf(process)}` : oneLine(id.replace(/--next$/, ' (new version)'))
}

const detailsOf = (process: GpuProcess): string =>
  `pid ${process.pid}, ${isPaper(process) ? programOf(process) : ownerOf(process)}`

/** Without the folder, which says less than what follows. */
const programOf = ({ name }: GpuProcess): string => oneLine(name).replace(/^\S*\/(?=\S)/, '')

const ownerOf = ({ user, unit }: GpuProcess): string => {
  const who = user === null ? 'user ?' : `user ${oneLine(user)}`
  return unit === null ? `${who}, unit ?` : `${who}, ${oneLine(unit)}`
}
