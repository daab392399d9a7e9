import { type GpuUses, mergeUses } from '../core/gpu-use.ts'
import { putUses, readUses } from '../core/gpu-use-file.ts'
import type { Clock, KnownUses, Memory } from '../core/ports.ts'

export type GpuUsesOptions = {
  readonly memory: Memory
  /** Names the project among those this operator works on. */
  readonly project: string
  readonly clock: Clock
}

/** A paper that takes more and more is news every two seconds; losing a minute of it loses nothing. */
const pace = 60_000

/** What papers used of the GPUs, kept in a file of the operator's: watching must write nothing on the hosts. */
export const createGpuUses = ({ memory, project, clock }: GpuUsesOptions): KnownUses & { flush(): void } => {
  let learned: GpuUses = new Map()
  let isKept = true
  let keptAt = Number.NEGATIVE_INFINITY
  const flush = (): void => {
    if (isKept) return
    // Read again: another papergen may have learned something meanwhile.
    memory.write(putUses(memory.read(), project, learned))
    isKept = true
    keptAt = clock.elapsed()
  }
  return {
    known: () => mergeUses(readUses(memory.read(), project), learned),
    keep: (uses, { simulated }) => {
      const more = mergeUses(learned, uses)
      if (more === learned) return
      learned = more
      if (simulated) return
      isKept = false
      if (clock.elapsed() - keptAt >= pace) flush()
    },
    flush,
  }
}
