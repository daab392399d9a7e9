import type { Tone } from './line.ts'
import type { Outcome } from './step.ts'

/** How an operation ended, in the same words wherever it is told; `brief` for a narrow column. */
export type Ending = { readonly words: string; readonly brief: string; readonly tone: Tone }

/** @param kind as the audit log has it; a word nobody knows is told as it is */
export const endingOf = (kind: string, isInterrupted: boolean): Ending => {
  const began = isInterrupted ? 'stopped' : 'failed'
  const known: Readonly<Record<Exclude<Outcome['kind'], 'running'>, Ending>> = {
    done: { words: 'done', brief: 'done', tone: 'ok' },
    'rolled-back': { words: `${began}, all undone`, brief: 'undone', tone: 'warn' },
    'half-rolled-back': { words: `${began}, half undone`, brief: 'half undone', tone: 'bad' },
    failed: { words: began, brief: began, tone: 'bad' },
  }
  return Object.hasOwn(known, kind) ? known[kind as keyof typeof known] : { words: kind, brief: kind, tone: 'warn' }
}
