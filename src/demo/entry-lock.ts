import { type Answer, type Request, wrongWords } from './entry-session.ts'

/** An operation that holds a host's lock. */
export type Operation = {
  readonly op: string
  readonly operation: string
  readonly id: string
  readonly by: string
  readonly since: string
}

/** What a host does at the turns of an operation. */
export type Turns = {
  /** Keys of the policy, and what is a stand-in: the answer of `hello`. */
  readonly hello: string
  /** Why no operation can begin; null when one can. */
  readonly ready: () => Answer | null
  /** The lock was taken. */
  readonly taken: (verb: 'begin' | 'resume', op: string) => void
  /** Puts everything of the operation back. */
  readonly undo: () => Promise<void>
  /** Whether there is something to put back. */
  readonly isTouched: () => boolean
  /** Before the lock is freed in order. @throws when it must not be */
  readonly end: () => Promise<void>
  /** The channel of the lock's holder ended without `end`. */
  readonly lost: () => Promise<void>
}

const beginShape =
  /^(\d{17}-[a-z]+-[a-z0-9-]{1,80}) (publish|update|rollback|restart|unpublish|repair) ([a-z0-9-]{1,63}) ([A-Za-z0-9._@-]{1,100})$/

/** The lock of a host and the verbs that both entry points share; one lock for all channels. */
export const createLock = ({ hello, ready, taken, undo, isTouched, end, lost }: Turns) => {
  let held: (Operation & { readonly channel: symbol }) | null = null
  let interrupted: Operation | null = null
  const lineOf = ({ op, operation, id, since }: Operation): string => `${op} ${operation} ${id} ${since}`
  const holder = (): string => (held === null ? '' : `${held.by} ${held.operation} ${held.id} ${held.since}`)

  const take = (verb: 'begin' | 'resume', words: string, channel: symbol): Answer => {
    const [, op, operation, id, by] = beginShape.exec(words) ?? []
    if (!op || !operation || !id || !by) return wrongWords
    if (held !== null) return { no: 'busy', why: holder() }
    if (interrupted !== null && (verb === 'begin' || interrupted.op !== op))
      return { no: 'pending', why: lineOf(interrupted) }
    const refusal = verb === 'begin' ? ready() : null
    if (refusal !== null) return refusal
    const since = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
    held = { op, operation, id, by, since, channel }
    taken(verb, op)
    return { ok: '' }
  }

  const free = async (): Promise<Answer> => {
    if (held === null) return { ok: '' }
    await end()
    held = null
    interrupted = null
    return { ok: '' }
  }

  return {
    operation: (channel: symbol): Operation | null => (held?.channel === channel ? held : null),
    /** Null: no verb of both. */
    answer: async ({ verb, words }: Request, channel: symbol): Promise<Answer | null> => {
      const mine = held?.channel === channel
      switch (verb) {
        case 'hello':
          return { ok: hello }
        // Nothing of a demo runs as root.
        case 'exposure':
          return { ok: '' }
        case 'ping':
          return { ok: '' }
        case 'holder':
          return { ok: holder() }
        case 'pending':
          return { ok: held === null && interrupted !== null ? lineOf(interrupted) : '' }
        case 'begin':
        case 'resume':
          return take(verb, words, channel)
        case 'undo':
          if (!mine) return { no: 'no-lock', why: 'begin first' }
          await undo()
          return { ok: '' }
        case 'end':
          return mine ? free() : { ok: '' }
        default:
          return null
      }
    },
    /** The end of a channel: its lock is free, what it left is the next one's to mend. */
    leave: async (channel: symbol): Promise<void> => {
      if (held === null || held.channel !== channel) return
      const left = held
      try {
        await lost()
      } finally {
        interrupted = isTouched() ? left : null
        held = null
      }
    },
  }
}
