import { expect } from 'vitest'
import { type Fault, faultOf } from '../faults-of-the-world.ts'
import type { Undo } from './troubles.ts'

/** Makes a fault, lets it be looked at, takes it back whatever was seen. */
export const during = async <T>(trouble: Promise<Undo>, look: () => Promise<T>): Promise<T> => {
  const undo = await trouble
  try {
    return await look()
  } finally {
    await undo()
  }
}

/** What docs/safety.md promises of this fault stands in the text: the message and the next step, piece by piece, in this order. */
export const expectSeen = (fault: string | Fault, text: string): void => {
  const said = text.replaceAll(/[\s│]+/g, ' ')
  const { message, next } = typeof fault === 'string' ? faultOf(fault) : fault
  for (const words of [message, next]) {
    let from = 0
    for (const piece of words) {
      const at = said.indexOf(piece, from)
      expect(at, `${JSON.stringify(piece)} in\n${text}`).toBeGreaterThanOrEqual(0)
      from = at + piece.length
    }
  }
}
