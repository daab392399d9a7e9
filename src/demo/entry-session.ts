import type { Duplex } from 'node:stream'

/** One request of docs/entry-points.md; its words are what follows the verb. */
export type Request = { readonly number: string; readonly verb: string; readonly words: string; readonly body: string }

export type Refusal = { readonly no: string; readonly why: string }

export type Answer =
  | { readonly ok: string }
  | Refusal
  /** Raw lines from now on, until the input ends. */
  | { readonly stream: (write: (text: string) => void) => () => void }

export const wrongWords: Refusal = { no: 'bad-request', why: 'unknown, or wrong words' }

/**
 * Reads requests from a stream and answers each in order, framed as docs/entry-points.md says. `bodied` names the verbs whose last
 * word is the length of a body. Resolves after the last request that came before the end of input is answered.
 */
export const serveEntry = async (
  stream: Duplex,
  bodied: readonly string[],
  handle: (request: Request) => Promise<Answer>,
): Promise<void> => {
  const input = inputOf(stream)
  for (;;) {
    const request = requestOf(input.received(), bodied)
    if (request === 'unreadable') break
    if (request === null) {
      if (!(await input.more())) return
      continue
    }
    input.drop(request.length)
    if (request.refused) {
      tell(stream, request.number, wrongWords)
      break
    }
    const answer = await handle(request).catch((thrown: unknown): Answer => ({ no: 'failed', why: wordsOf(thrown) }))
    if ('stream' in answer) return follow(stream, request.number, answer.stream, input.ended)
    tell(stream, request.number, answer)
  }
  stream.resume().end()
}

/** The bytes that came and were not read yet. */
const inputOf = (stream: Duplex) => {
  let received = Buffer.alloc(0)
  let isOver = false
  let wake = (): void => {}
  stream.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    wake()
  })
  const ended = new Promise<void>(resolve => stream.once('end', resolve).once('close', resolve)).then(() => {
    isOver = true
    wake()
  })
  return {
    ended,
    received: () => received,
    drop: (length: number): void => {
      received = received.subarray(length)
    },
    /** Whether there is more than before. */
    more: async (): Promise<boolean> => {
      const before = received.length
      if (!isOver)
        await new Promise<void>(resolve => {
          wake = resolve
        })
      return received.length > before
    },
  }
}

const tell = (stream: Duplex, number: string, answer: Exclude<Answer, { stream: unknown }>): void => {
  const [head, body] = 'ok' in answer ? ['ok', answer.ok] : [`no ${answer.no}`, answer.why]
  say(stream, `${number} ${head} ${Buffer.byteLength(body)}\n${body}`)
}

/** Whoever left hears nothing, and breaks nothing. */
const say = (stream: Duplex, text: string): void => void (stream.writable && stream.write(text))

const follow = async (
  stream: Duplex,
  number: string,
  start: (write: (text: string) => void) => () => void,
  ended: Promise<void>,
): Promise<void> => {
  say(stream, `${number} ok stream\n`)
  const leave = start(text => say(stream, text))
  await ended
  leave()
}

/** Bytes of a request's line, and digits of a body's length. */
const longestLine = 400
const lengthShape = /^\d{1,6}$/

type Framed = Request & { readonly length: number; readonly refused: boolean }

const requestOf = (bytes: Buffer, bodied: readonly string[]): Framed | 'unreadable' | null => {
  const end = bytes.indexOf('\n')
  if (end > longestLine || (end < 0 && bytes.length > longestLine)) return 'unreadable'
  if (end < 0) return null
  const [, number = '0', verb = '', , words = ''] =
    /^(\d{1,9}) ([a-z-]+)( (.*))?$/.exec(bytes.toString('latin1', 0, end)) ?? []
  const refused = bodied.includes(verb) && !lengthShape.test(words)
  const length = bodied.includes(verb) && !refused ? Number(words) : 0
  if (bytes.length < end + 1 + length) return null
  const body = bytes.toString('utf8', end + 1, end + 1 + length)
  return { number, verb, words, body, length: end + 1 + length, refused }
}

const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
