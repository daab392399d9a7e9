import type { Reach } from '../core/config.ts'
import { isLockedKey } from './ssh-connect.ts'

/** Asks a person for the passphrase of a key file; null when nobody is there. */
export type Ask = (identity: string) => Promise<string | null>

/** Each passphrase is asked for once and kept in memory for reconnecting; after `unlock` nobody is asked any more. */
export const createPassphrases = (ask: Ask, agent: string | null) => {
  const known = new Map<string, string | null>()
  let asking = true
  const of = async (identity: string): Promise<string | null> => {
    if (!known.has(identity) && asking) known.set(identity, await ask(identity))
    return known.get(identity) ?? null
  }
  const unlock = async (reaches: readonly Reach[]): Promise<void> => {
    for (const reach of reaches)
      if (reach.via === 'ssh' && agent === null && (await isLockedKey(reach.identity))) await of(reach.identity)
    asking = false
  }
  return { of, unlock }
}
