import { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { createGpuEntry } from '../../src/services/entry-point.ts'
import type { HostChannel } from '../../src/services/host.ts'

/** An entry point that answers every request, until its input ends; `announced` bytes follow where it is asked what is pending. */
const answering = (announced = 0): HostChannel => {
  const { promise: ended, resolve } = Promise.withResolvers<number | null>()
  const stream = new Duplex({
    read: () => {},
    write: (chunk, _, done) => {
      const [number, verb] = String(chunk).trim().split(' ')
      const body = verb === 'hello' ? 'program papergen-gpu\nprotocol 1\nversion 1\n' : ''
      stream.push(`${number} ok ${verb === 'pending' ? announced : body.length}\n${body}`)
      done()
    },
    final: done => {
      resolve(0)
      done()
    },
  })
  return { stream, stderr: () => '', ended }
}

it('keeps no answer in memory that is larger than any entry point gives', async () => {
  const entry = createGpuEntry({ host: 'gpu', open: async () => answering(99_999_999_999) })
  await expect(entry.pending()).rejects.toMatchObject({ problem: { kind: 'not-set-up' } })
})

it('starts no program for a question that is still in the queue when everything is closed', async () => {
  let opened = 0
  const entry = createGpuEntry({
    host: 'gpu',
    open: async () => {
      opened++
      return answering()
    },
  })
  await entry.hello()
  const closing = entry.close()
  const late = entry.pending()
  await closing
  await expect(late).rejects.toMatchObject({ problem: { kind: 'connection-lost' } })
  await expect(entry.hello()).rejects.toMatchObject({ problem: { kind: 'connection-lost' } })
  expect(opened).toBe(1)
})
