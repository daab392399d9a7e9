import { setInterval } from 'node:timers'
import { requestLine } from '../core/entry-request.ts'
import { PapergenError } from '../core/errors.ts'
import type { HostChannel } from './host.ts'

export type Answer =
  | { readonly ok: true; readonly body: string }
  | { readonly ok: false; readonly kind: string; readonly body: string }

/** One program at the other end: numbered requests, one answer each, in order. */
export type EntryChannel = {
  /** `body` follows the request line; `seconds` is how long an answer may take. */
  ask(words: string, options: { readonly body?: string; readonly seconds: number }): Promise<Answer>
  close(): Promise<void>
  readonly broken: () => boolean
}

/**
 * Speaks docs/entry-points.md over an open channel. A lost answer rejects with `connection-lost`: its outcome is unknown.
 * A program that ends before it ever answered rejects with what `refusal` makes of its words.
 */
export const entryChannel = (
  channel: HostChannel,
  host: string,
  refusal: (stderr: string, code: number | null) => PapergenError,
): EntryChannel => {
  const waiting: Waiting[] = []
  let received = Buffer.alloc(0)
  let number = 0
  let answered = false
  let lost = false

  const fail = (error: (during: string) => PapergenError) => {
    lost = true
    clearInterval(pinging)
    for (const { during, reject } of waiting.splice(0)) reject(error(during))
    channel.stream.destroy()
  }
  const gone = (during: string) => new PapergenError({ kind: 'connection-lost', host, during })
  const take = () => {
    for (let frame = nextFrame(received); frame !== null && waiting.length > 0; frame = nextFrame(received)) {
      if (frame === 'nonsense' || frame.number !== waiting[0]!.number)
        return fail(() => refusal(`not an answer: ${received.subarray(0, 200).toString('utf8')}`, null))
      answered = true
      received = received.subarray(frame.length)
      waiting.shift()!.resolve(frame.answer)
    }
  }
  const ask: EntryChannel['ask'] = async (words, { body, seconds }) => {
    const during = words.split(' ')[0]!
    if (lost) throw gone(during)
    const bytes = body === undefined ? '' : ` ${Buffer.byteLength(body)}`
    const line = requestLine(number + 1, words + bytes)
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    waiting.push({ number: ++number, during, resolve, reject })
    channel.stream.write(`${line}${body ?? ''}`)
    const timer = setTimeout(
      () => fail(() => new PapergenError({ kind: 'no-answer', host, what: during, seconds })),
      seconds * 1000,
    )
    return promise.finally(() => clearTimeout(timer))
  }
  // The program ends after 45 s of silence, so that a half-open link leaves no root process behind.
  const pinging = setInterval(() => {
    if (waiting.length === 0) ask('ping', { seconds: 30 }).catch(() => {})
  }, 15_000).unref()

  channel.stream.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    take()
  })
  // A program that is refused is gone before it can be written to; only its end tells why.
  channel.stream.on('error', () => {
    if (answered) fail(gone)
  })
  void channel.ended.then(
    code => fail(during => (answered ? gone(during) : refusal(channel.stderr(), code))),
    () => fail(gone),
  )
  return {
    ask,
    broken: () => lost,
    close: async () => {
      clearInterval(pinging)
      lost = true
      channel.stream.end()
      await channel.ended.catch(() => null)
    },
  }
}

type Waiting = {
  readonly number: number
  readonly during: string
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: PapergenError) => void
}

/** Bytes; the programs bound what they answer well below. */
const largest = 16 * 1024 * 1024

/** The first whole answer in the bytes; null while there is none. */
const nextFrame = (bytes: Buffer): { number: number; length: number; answer: Answer } | 'nonsense' | null => {
  const end = bytes.indexOf('\n')
  if (end < 0) return bytes.length > 400 ? 'nonsense' : null
  const head = /^(\d+) (?:ok|no ([a-z-]+)) (\d+)$/.exec(bytes.subarray(0, end).toString('latin1'))
  if (head === null) return 'nonsense'
  if (Number(head[3]) > largest) return 'nonsense'
  const length = end + 1 + Number(head[3])
  if (bytes.length < length) return null
  const body = bytes.subarray(end + 1, length).toString('utf8')
  const kind = head[2]
  return {
    number: Number(head[1]),
    length,
    answer: kind === undefined ? { ok: true, body } : { ok: false, kind, body },
  }
}
