import type { Duplex } from 'node:stream'

/** One request of docs/entry-points.md; its words are what follows the verb. */
export type Request = { readonly number: string; readonly verb: string; readonly words: string; readonly body: string }

export type Answer =
  | { readonly ok: string }
  | { readonly no: string; readonly why: string }
  /** Raw lines from now on, until the input ends. */
  | { readonly stream: (write: (text: string) => void) => () => void }

/**
 * Reads requests from a stream and answers each in order, framed as docs/entry-points.md says. `bodied` names the verbs whose last
 * word is the length of a body. Resolves at the end of input.
 */
export const serveEntry = (
  stream: Duplex,
  bodied: readonly string[],
  handle: (request: Request) => Promise<Answer>,
): Promise<void> =>
  new Promise(resolve => {
    let received = Buffer.alloc(0)
    let busy = false
    let leave = (): void => {}
    const next = async (): Promise<void> => {
      if (busy) return
      const request = requestOf(received, bodied)
      if (request === null) return
      busy = true
      received = received.subarray(request.length)
      const answer = await handle(request).catch((thrown: unknown): Answer => ({ no: 'failed', why: wordsOf(thrown) }))
      if ('stream' in answer) {
        stream.write(`${request.number} ok stream\n`)
        leave = answer.stream(text => void stream.write(text))
        return
      }
      const [head, body] = 'ok' in answer ? ['ok', answer.ok] : [`no ${answer.no}`, answer.why]
      stream.write(`${request.number} ${head} ${Buffer.byteLength(body)}\n${body}`)
      busy = false
      void next()
    }
    stream.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      void next()
    })
    const ended = (): void => {
      leave()
      resolve()
    }
    stream.once('end', ended).once('close', ended)
  })

const requestOf = (bytes: Buffer, bodied: readonly string[]): (Request & { readonly length: number }) | null => {
  const end = bytes.indexOf('\n')
  if (end < 0) return null
  const [, number = '0', verb = '', , words = ''] =
    /^(\d{1,9}) ([a-z-]+)( (.*))?$/.exec(bytes.toString('latin1', 0, end)) ?? []
  const length = bodied.includes(verb) ? Number(words) : 0
  if (bytes.length < end + 1 + length) return null
  return { number, verb, words, body: bytes.toString('utf8', end + 1, end + 1 + length), length: end + 1 + length }
}

const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
