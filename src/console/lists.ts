import { problemOf } from '../core/errors.ts'
import type { Event } from '../core/event.ts'
import { problemLine } from '../core/explain.ts'
import type { World } from '../core/ports.ts'

export const listNotebooks = async (
  { notebooks }: Pick<World, 'notebooks'>,
  tell: (event: Event) => void,
): Promise<void> => {
  try {
    tell({ type: 'notebooks', notebooks: await notebooks.list() })
  } catch (thrown) {
    tell({ type: 'notebooks', notebooks: [] })
    tell({ type: 'notice', notice: { tone: 'bad', text: problemLine(problemOf(thrown, 'listing notebooks')) } })
  }
}

/** The past operations, from the audit log. */
export const listPast = async ({ audit }: Pick<World, 'audit'>, tell: (event: Event) => void): Promise<void> => {
  try {
    tell({ type: 'past', past: { kind: 'listed', ...(await audit.list()) } })
  } catch (thrown) {
    tell({ type: 'past', past: { kind: 'failed', problem: problemOf(thrown, 'reading the audit log') } })
  }
}
