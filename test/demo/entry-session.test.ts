import { type Duplex, duplexPair } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type Answer, type Request, serveEntry } from '../../src/demo/entry-session.ts'
import { until } from '../until.ts'

const echo = async ({ verb, words, body }: Request): Promise<Answer> => ({ ok: `${verb}|${words}|${body}` })

const session = (handle: (request: Request) => Promise<Answer> = echo) => {
  const [near, far] = duplexPair()
  let heard = ''
  near.on('data', chunk => {
    heard += chunk
  })
  const ended = serveEntry(far, ['put'], handle)
  return {
    near: near as Duplex,
    ended,
    hears: (text: string) => until(() => expect(heard).toBe(text)),
    heard: () => heard,
  }
}

const requests = '1 hello\n2 put 6\né{\n}\n3 ping a b\n'
const answers = '1 ok 7\nhello||2 ok 12\nput|6|é{\n}\n3 ok 9\nping|a b|'

describe('serveEntry', () => {
  it('answers in order, however the bytes are split', async () => {
    const bytes = Buffer.from(requests)
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const { near, hears } = session()
      for (let at = 0; at < bytes.length; at += size) near.write(bytes.subarray(at, at + size))
      await hears(answers)
    }
  })

  it('tells what went wrong in an answer, and goes on', async () => {
    const { near, hears } = session(async request => {
      if (request.verb === 'break') throw new Error('it broke')
      return echo(request)
    })
    near.write('1 break\n2 hello\n')
    await hears('1 no failed 8\nit broke2 ok 7\nhello||')
  })

  it.each(['x', '-5', '', '1e9', '9999999'])(
    'refuses a body of %j bytes and ends: nothing after it can be told apart',
    async length => {
      const { near, ended, heard } = session()
      near.write(`1 put ${length}\n2 hello\n`)
      await ended
      expect(heard()).toBe('1 no bad-request 23\nunknown, or wrong words')
    },
  )

  it('ends at a line that is longer than any request', async () => {
    const { near, ended } = session()
    near.write('1 '.padEnd(500, 'a'))
    await ended
  })

  it('answers what was asked before the end of input, and no more than that', async () => {
    const done: string[] = []
    const hand = Promise.withResolvers<void>()
    const { near, ended } = session(async ({ verb }) => {
      await hand.promise
      done.push(verb)
      return { ok: '' }
    })
    near.end('1 first\n2 second\n3 half')
    const early = await Promise.race([ended.then(() => 'ended'), new Promise(resolve => setImmediate(resolve, 'busy'))])
    expect(early).toBe('busy')
    hand.resolve()
    await ended
    expect(done).toEqual(['first', 'second'])
  })

  it('streams until the end of input', async () => {
    let write = (_: string): void => {}
    let left = 0
    const { near, ended, hears } = session(async () => ({
      stream: to => {
        write = to
        return () => void left++
      },
    }))
    near.write('1 follow\n')
    await hears('1 ok stream\n')
    write('a line\n')
    await hears('1 ok stream\na line\n')
    near.end()
    await ended
    write('late\n')
    expect(left).toBe(1)
  })
})
