import { expect, onTestFinished, test } from 'vitest'
import { createSuspension, type Suspended } from '../../src/console/suspension.ts'

/** A console whose terminal somebody else has until `back`, and what it did. */
const lent = () => {
  const done: string[] = []
  const { promise, resolve: back } = Promise.withResolvers<void>()
  const suspension = createSuspension({
    store: { dispatch: ({ type }: { type: string }) => done.push(type) },
    screen: { lend: () => promise.then(() => done.push('lent') > 0) },
    watch: { begin: () => done.push('begin'), end: () => done.push('end'), refresh: () => {} },
    clock: { now: () => 0 },
    memory: null,
    onKey: () => {},
  } as unknown as Suspended)
  onTestFinished(suspension.leave)
  return { suspension, done, back }
}

test('asked twice, the terminal is given back once', async () => {
  const { suspension, done, back } = lent()
  const both = [suspension.suspend(), suspension.suspend()]
  back()
  await Promise.all(both)
  expect(done).toEqual(['end', 'lent', 'tick', 'begin'])
})

test('a terminal that came back can be given back again', async () => {
  const { suspension, done, back } = lent()
  back()
  await suspension.suspend()
  await suspension.suspend()
  expect(done.filter(what => what === 'lent')).toHaveLength(2)
})
