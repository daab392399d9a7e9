import { PapergenError } from '../core/errors.ts'
import type { State } from '../core/state.ts'

/** What nobody expected, for who reads it on the screen they had before. What ran then is like after a power cut: `repair` knows it. */
export const defect = (thrown: unknown, { operation, queued }: State): PapergenError => {
  const ran = operation?.outcome.kind === 'running' ? { kind: operation.operation, id: operation.id } : queued[0]
  const left =
    ran === undefined
      ? ''
      : `; ${[ran.kind, ran.id].filter(Boolean).join(' ')} was under way: papergen repair finishes or undoes it`
  const why = `${thrown instanceof Error ? thrown.message : String(thrown)}${left}`
  return new PapergenError({ kind: 'unexpected', what: 'this session of the console', why }, { cause: thrown })
}

export type Crash = {
  /** Rejects with what was thrown. */
  readonly crashed: Promise<never>
  /** From here on Node ends at once again. */
  ignore(): void
}

/** Without this Node would end at once, and leave the window's title and what the operator arranged as they are. */
export const hearCrash = (): Crash => {
  const { promise: crashed, reject } = Promise.withResolvers<never>()
  process.on('uncaughtException', reject)
  return { crashed, ignore: () => void process.off('uncaughtException', reject) }
}
