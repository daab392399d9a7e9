import { age, gib } from './age.ts'
import type { GpuDevice, GpuSample } from './facts.ts'
import { type GpuUse, type GpuUses, usesNow } from './gpu-use.ts'
import type { Reading } from './reading.ts'
import { oneLine } from './text.ts'

/** Papers that are about to start. `beside`: what they run now goes on meanwhile, so its memory is not theirs yet. */
export type Start = { readonly ids: readonly string[]; readonly beside: boolean }

/** What is known when they start. */
export type FitKnown = { readonly uses: GpuUses; readonly gpu: Reading<GpuSample>; readonly at: number }

/**
 * One line a GPU on which they may not fit, going by what each used in its last run. None where they fit, or where nobody
 * knows what they use. A guess, so never a refusal; where how much is free cannot be told, that is what it says.
 */
export const fitWarnings = (start: Start, known: FitKnown): readonly string[] => {
  const wanted = start.ids.flatMap(id => {
    const use = known.uses.get(id)
    return use === undefined ? [] : Object.entries(use.peaks).map(([uuid, mib]) => ({ id, uuid, mib, use }))
  })
  const uuids = [...new Set(wanted.filter(({ mib }) => mib > 0).map(({ uuid }) => uuid))]
  return uuids.flatMap(uuid => {
    const there = wanted.filter(want => want.uuid === uuid)
    const verdict = verdictOf(start, known, uuid, there)
    return verdict === null ? [] : [oneLine(`${neededWords(there, known.at)}; ${verdict}`)]
  })
}

type Wanted = { readonly id: string; readonly uuid: string; readonly mib: number; readonly use: GpuUse }

/** What of it is to be said; null when they fit. */
const verdictOf = (start: Start, { gpu, at }: FitKnown, uuid: string, wanted: readonly Wanted[]): string | null => {
  const device = gpu.kind === 'never' ? undefined : gpu.value.devices.find(each => each.uuid === uuid)
  if (gpu.kind === 'never') return 'how much of its GPU is free now is not known'
  if (gpu.kind === 'stale') return `${notKnown(device)} (last asked ${age(at - gpu.at)} ago)`
  // A slice of a GPU is no device of its own to nvidia-smi, so nobody tells how full it is.
  if (device === undefined) return uuid.startsWith('MIG-') ? notKnown(device) : 'the GPU it used is not there now'
  const free = freeOf(device)
  if (free === null) return notKnown(device)
  const own = ownOf(gpu.value, uuid, wanted)
  const room = free + (start.beside ? 0 : own.mib)
  if (wanted.reduce((sum, { mib }) => sum + mib, 0) <= room) return null
  if (own.isPart && !start.beside) return notKnown(device)
  const name = `${gpu.value.simulated ? 'the stand-in ' : ''}GPU ${device.index}`
  return `${name} ${roomWords(room, own.mib, start)}: ${wanted.length > 1 ? 'they may not all fit' : 'it may not fit'}`
}

const freeOf = ({ usedMib, totalMib }: GpuDevice): number | null =>
  usedMib === null || totalMib === null ? null : Math.max(0, totalMib - usedMib)

/** What they use of this GPU now. `isPart`: a process does not say how much, or may be one of theirs. */
const ownOf = (sample: GpuSample, uuid: string, wanted: readonly Wanted[]) => {
  const now = usesNow(sample)
  const own = wanted.map(({ id }) => now.get(id)?.get(uuid))
  const isAnybodys =
    sample.hidden !== undefined || sample.processes.some(process => process.unit === null && process.uuid === uuid)
  return { mib: own.reduce<number>((sum, mib) => sum + (mib ?? 0), 0), isPart: own.includes(null) || isAnybodys }
}

const notKnown = (device: GpuDevice | undefined): string =>
  `how much of ${device === undefined ? 'its GPU' : `GPU ${device.index}`} is free now is not known`

const roomWords = (room: number, own: number, { ids, beside }: Start): string => {
  if (own === 0) return `has ${gib(room)} free now`
  if (beside) return `has ${gib(room)} free while the old version runs`
  return `will have ${gib(room)} free without ${ids.length > 1 ? 'their present runs' : 'its present run'}`
}

/** `attention used 12.4 GiB at its last run (2 h ago)`. */
const neededWords = (wanted: readonly Wanted[], at: number): string => {
  const [first] = wanted
  const sum = gib(wanted.reduce((total, { mib }) => total + mib, 0))
  if (first === undefined || wanted.length > 1) return `${named(wanted)} used ${sum} together at their last runs`
  const since = at - first.use.at
  return since < recently
    ? `${first.id} used up to ${sum} so far`
    : `${first.id} used ${sum} at its last run (${age(since)} ago)`
}

/** Seen on a GPU until now. */
const recently = 120_000

const named = (wanted: readonly Wanted[]): string => {
  const shown = wanted.slice(0, 3).map(({ id }) => id)
  const more = wanted.length - shown.length
  return more === 0 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : `${shown.join(', ')} and ${more} more`
}
