import { expect, test } from 'vitest'
import { PapergenError } from '../../src/core/errors.ts'
import type { Event } from '../../src/core/event.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import { type LogRequest, onePaper } from '../../src/core/log-request.ts'
import type { Journal } from '../../src/core/ports.ts'
import { createLogReader } from '../../src/services/log-reader.ts'
import { entryOf } from '../core/console-world.ts'

const aborted = async (signal: AbortSignal) => {
  if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve))
}

/** What was told of a log, read from a journal whose following goes on as `onward` does. */
const toldOf = (onward: (unit: string, signal: AbortSignal) => Promise<unknown>) => {
  const told: Event[] = []
  const read = async function* ({ unit, follow }: { unit: string; follow: boolean }, signal: AbortSignal) {
    yield entryOf(`hello from ${unit}`) satisfies JournalEntry
    if (follow) await onward(unit, signal)
  }
  const reader = createLogReader({ read } as Pick<Journal, 'read'> as Journal, event => told.push(event))
  return { reader, told }
}
const two: LogRequest = { ...onePaper('a', 'journal'), unit: 'a + b', units: ['a', 'b'] }

test('a log that ends says so, after its last lines', async () => {
  const { reader, told } = toldOf(async () => {})
  await reader.open(onePaper('a', 'journal'), false)
  expect(told).toMatchObject([
    { type: 'log-lines' },
    { type: 'log-failed', text: expect.stringContaining('it ended without saying why') },
  ])
})

test('one of several that ends ends them all', async () => {
  const { reader, told } = toldOf(async (unit, signal) => (unit === 'a' ? undefined : aborted(signal)))
  await reader.open(two, false)
  expect(told.at(-1)).toMatchObject({ type: 'log-failed', unit: 'a + b' })
})

test.each([
  [{ kind: 'connection-lost', host: 'gpu', during: 'journalctl --follow' }, 'The connection to gpu was lost'],
  [
    { kind: 'command-failed', host: 'edge', command: 'papergen-edge', code: 1, output: 'one\nno password was given' },
    'A command failed on edge: no password was given',
  ],
  [
    { kind: 'command-failed', host: 'gpu', command: 'journalctl', code: 1, output: '' },
    'A command failed on gpu: journalctl ended with exit status 1',
  ],
] as const)('%o is told in a few words', async (problem, text) => {
  const { reader, told } = toldOf(() => Promise.reject(new PapergenError(problem)))
  await reader.open(onePaper('a', 'journal'), false)
  expect(told.at(-1)).toMatchObject({ type: 'log-failed', text })
})

test('a log that is closed says nothing', async () => {
  const { reader, told } = toldOf((_, signal) => aborted(signal))
  const over = reader.open(onePaper('a', 'journal'), false)
  reader.close()
  await over
  expect(told).toEqual([])
})
