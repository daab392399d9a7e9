import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { EdgeEntry } from '../../src/core/entry.ts'
import { createEdgeLines } from '../../src/services/edge-log.ts'

/** Follows the error log over a channel that said this and then ended so. */
const followed = async (
  said: string,
  code: number | null,
  { stderr = '', signal = new AbortController().signal } = {},
) => {
  const stream = new PassThrough()
  stream.write = () => true
  stream.push(said)
  stream.push(null)
  const open = async () => ({ stream, stderr: () => stderr, ended: Promise.resolve(code) })
  const lines: string[] = []
  for await (const line of createEdgeLines('edge', {} as EdgeEntry, open)('error', 5, 'a', { follow: true, signal }))
    lines.push(line)
  return lines
}

test('a link that is lost is no end of the log', async () => {
  await expect(followed('1 ok stream\none\n', null)).rejects.toMatchObject({
    problem: { kind: 'connection-lost', host: 'edge' },
  })
})

test('a program that fails says why', async () => {
  await expect(followed('', 1, { stderr: 'sudo: a password is required' })).rejects.toMatchObject({
    problem: { kind: 'command-failed', code: 1, output: 'sudo: a password is required' },
  })
})

test('who lets go of the log loses nothing', async () => {
  const letGo = AbortSignal.abort()
  expect(await followed('1 ok stream\none\n', null, { signal: letGo })).toEqual(['one'])
})
