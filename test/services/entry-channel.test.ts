import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { entryChannel } from '../../src/services/entry-channel.ts'
import { setupRefusal } from '../../src/services/entry-refusal.ts'
import type { HostChannel } from '../../src/services/host.ts'

const host = 'son-pro6000'

/** A program whose answers `say` gives, until its stdin breaks; `end` tells its last words. */
const program = (say: (line: string) => string | null) => {
  const end = Promise.withResolvers<number | null>()
  let words = ''
  const stream = new Duplex({
    read: () => {},
    write(chunk, _, done) {
      const answer = say(String(chunk))
      if (answer === null) return done(new Error('write EPIPE'))
      this.push(answer)
      done()
    },
  })
  const channel: HostChannel = { stream, stderr: () => words, ended: end.promise }
  const leave = (said: string, code: number): void => {
    words = said
    end.resolve(code)
  }
  return { channel, leave, broken: new Promise(resolve => stream.once('close', resolve)) }
}

describe('entryChannel', () => {
  it('waits for the words of a program that refused before it could be written to', async () => {
    const { channel, leave, broken } = program(() => null)
    const asked = entryChannel(channel, host, setupRefusal(host, 'gpu')).ask('hello', { seconds: 30 })
    const refused = expect(asked).rejects.toMatchObject({
      problem: { kind: 'not-set-up', host, role: 'gpu', why: 'sudo does not allow the entry point' },
    })
    await broken
    leave('sudo: a password is required\n', 1)
    await refused
  })

  it('says that the connection was lost when a program that had answered breaks off', async () => {
    const answers = ['1 ok 2\nhi', null]
    const { channel } = program(() => answers.shift() ?? null)
    const entry = entryChannel(channel, host, setupRefusal(host, 'gpu'))
    expect(await entry.ask('hello', { seconds: 30 })).toEqual({ ok: true, body: 'hi' })
    await expect(entry.ask('ping', { seconds: 30 })).rejects.toMatchObject({
      problem: { kind: 'connection-lost', host, during: 'ping' },
    })
    expect(entry.broken()).toBe(true)
  })
})
