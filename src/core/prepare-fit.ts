import { problemOf } from './errors.ts'
import type { GpuSample } from './facts.ts'
import { fitWarnings, type Start } from './gpu-fit.ts'
import { learnUses } from './gpu-use.ts'
import type { PaperId } from './paper.ts'
import type { World } from './ports.ts'
import { fresh, never, type Reading } from './reading.ts'

/** Nobody waits longer than this for an nvidia-smi that hangs: what it would tell is only a warning. */
const patience = 3_000

/** What to say before a paper starts: whether it may not fit on its GPU. A paper nobody knows anything of asks no question. */
export const fitOf = async (world: World, id: PaperId, beside: Start['beside']): Promise<readonly string[]> => {
  const known = world.gpuUses.known()
  if (!beside && !known.has(id)) return []
  const gpu = await sampleNow(world)
  const uses = gpu.kind === 'fresh' ? learnUses(known, gpu.value, gpu.at, [await world.units.unit(id)]) : known
  if (gpu.kind === 'fresh') world.gpuUses.keep(uses, gpu.value)
  return fitWarnings({ ids: [id], beside }, { uses, gpu, at: world.clock.now() })
}

const sampleNow = async ({ gpu, clock }: World): Promise<Reading<GpuSample>> => {
  try {
    return fresh(await gpu.sample({ timeout: patience }), clock.now())
  } catch (thrown) {
    return never(problemOf(thrown, 'asking nvidia-smi'))
  }
}
