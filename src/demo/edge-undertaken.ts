import type { Answer } from './entry-session.ts'
import type { Nginx } from './nginx.ts'
import { put, textAt } from './text-file.ts'

/** What an operation that nobody confirms is given, after its last change. */
const patience = 60_000

/** What the edge's operation changed: put back unless it is confirmed, at its end or after a minute, as docs/entry-points.md says. */
export const createUndertaken = (nginx: Nginx) => {
  const former = new Map<string, string | null>()
  const confirmed = new Set<string>()
  let isConfirmed = false
  let isExpired = false
  let expiry: NodeJS.Timeout | undefined
  const undo = (): void => {
    clearTimeout(expiry)
    if (isConfirmed || former.size === 0) return
    for (const [path, text] of former) put(path, text)
    former.clear()
    nginx.reload()
  }
  const expire = (): void => {
    isExpired = true
    try {
      undo()
    } catch {
      // What is left of it goes back at the end of the channel.
    }
  }
  const wait = (): void => {
    clearTimeout(expiry)
    if (!isConfirmed && former.size > 0) expiry = setTimeout(expire, patience).unref()
  }
  return {
    undo,
    hold: wait,
    isExpired: (): boolean => isExpired,
    /** Takes note of a file before it changes. */
    remember: (path: string): void => {
      if (!former.has(path)) former.set(path, textAt(path))
      wait()
    },
    commit: (op: string): void => {
      confirmed.add(op)
      isConfirmed = true
      clearTimeout(expiry)
      former.clear()
    },
    /** Whoever begins anew has repaired what was confirmed before; whoever resumes may have confirmed it. */
    begin: (verb: 'begin' | 'resume', op: string): void => {
      former.clear()
      if (verb === 'begin') confirmed.clear()
      isConfirmed = confirmed.has(op)
      isExpired = false
    },
    end: (): void => {
      undo()
      former.clear()
      confirmed.clear()
    },
    /** @param mine what the asking channel is about */
    outcome: (op: string, mine: string | null): string =>
      confirmed.has(op) ? 'confirmed' : mine === op ? 'pending' : 'none',
    forget: (op: string): Answer => {
      confirmed.delete(op)
      return { ok: '' }
    },
  }
}
