import { Duplex } from 'node:stream'
import type { HostChannel } from '../../src/services/host.ts'

export type Far = {
  readonly channel: HostChannel
  /** What was written to it. */
  readonly heard: () => string
  readonly end: () => void
}

/** The far end of a channel: `reply` says what comes for each piece that is written. */
export const farEnd = (reply: (asked: string) => string): Far => {
  const { promise: ended, resolve } = Promise.withResolvers<number | null>()
  let heard = ''
  let isOver = false
  const stream = new Duplex({
    read: () => {},
    write: (chunk, _, done) => {
      heard += chunk
      const said = reply(String(chunk))
      if (said !== '') stream.push(said)
      done()
    },
    final: done => {
      end()
      done()
    },
  })
  const end = (): void => {
    if (!isOver) stream.push(null)
    isOver = true
    resolve(1)
  }
  return { channel: { stream, stderr: () => 'sudo: a password is required', ended }, heard: () => heard, end }
}

const hello = (role: 'gpu' | 'edge') => `program papergen-${role}\nprotocol 1\nversion 1\n`

/** An entry point that greets as it should and answers everything else with `body`. */
export const entryPoint = (role: 'gpu' | 'edge', head: string, body: string): Far =>
  farEnd(asked => {
    const [number, verb] = asked.split(/[ \n]/)
    const said = verb === 'hello' ? hello(role) : body
    const kind = verb === 'hello' ? 'ok' : head
    return `${number} ${kind} ${Buffer.byteLength(said)}\n${said}`
  })
