import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { openSync } from 'node:fs'
import { createServer } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { lived } from './life.ts'
import { grown } from './measure.ts'

// Collecting garbage a dozen times takes long where the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

/** A life in which `leak` happens sixty times, each one event. @returns what grew, by name */
const leaking = async (leak: () => unknown, emitter = new EventEmitter()): Promise<readonly string[]> => {
  const round = async (): Promise<number> => {
    await leak()
    return 1
  }
  const { before, after, events } = await lived({
    ...{ name: 'a leak', round, warmUp: 10, rounds: 60 },
    emitters: () => [emitter],
  })
  return grown(before, after, events).map(words => words.replace(/:.*/, ''))
}

test('a life that keeps nothing grows in nothing', async () => {
  const emitter = new EventEmitter()
  const nothing = async (): Promise<void> => {
    const heard = once(emitter, 'told')
    emitter.emit('told', Buffer.alloc(1024))
    await heard
    await turn()
  }
  expect(await leaking(nothing, emitter)).toEqual([])
})

test('one file left open is seen', async () => {
  let left = 1
  expect(await leaking(() => left-- === -20 && openSync('/dev/null', 'r'))).toContain('files')
})

test('one child, one server and one listener left are seen', async () => {
  let rounds = 0
  const emitter = new EventEmitter()
  const found = await leaking(async () => {
    if (++rounds !== 30) return
    const child = spawn('sleep', ['600'], { stdio: 'ignore' })
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      child.kill('SIGKILL')
      server.close()
    })
    emitter.on('told', () => {})
  }, emitter)
  expect(found).toEqual(expect.arrayContaining(['files', 'children', 'handles', 'listeners']))
})

test('a listener on a signal, a promise that is waited for, an emitter and a timer kept of each event are seen', async () => {
  const { signal } = new AbortController()
  const never = new Promise(() => {})
  const kept: EventEmitter[] = []
  const timers: NodeJS.Timeout[] = []
  const found = await leaking(() => {
    signal.addEventListener('abort', () => {})
    void never.then(() => {})
    kept.push(new EventEmitter())
    timers.push(setTimeout(() => {}, 600_000).unref())
  })
  timers.forEach(clearTimeout)
  expect(found).toEqual(['functions', 'promises', 'emitters', 'timers'])
})

test('text and bytes kept of each event are seen', async () => {
  const texts: string[] = []
  const bytes: Buffer[] = []
  const found = await leaking(() => {
    texts.push('papergen '.repeat(4_000 + texts.length).toUpperCase())
    bytes.push(Buffer.alloc(64 * 1024, 1))
  })
  expect(found).toEqual(expect.arrayContaining(['heap', 'buffers']))
})
