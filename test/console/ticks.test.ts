import { afterEach, expect, test, vi } from 'vitest'
import { startTicking } from '../../src/console/ticks.ts'
import { reduce } from '../../src/core/reduce.ts'
import { createConsoleStore } from '../../src/store.ts'
import { consoleOf, three } from '../core/console-world.ts'
import { ago, now, unreachable } from '../core/world.ts'

afterEach(() => {
  vi.useRealTimers()
})

test.each([
  ['while the GPU host is down', 'gpu', 1_000],
  ['while the edge is down', 'edge', 1_000],
  ['else', null, 10_000],
] as const)('what counts down on the screen is moved on: %s', (_, role, step) => {
  vi.useFakeTimers()
  const link = { kind: 'down', since: ago(5), retryAt: now + 30_000, error: unreachable } as const
  const world = consoleOf(three())
  const state =
    role === null ? world : reduce(world, { type: 'observation', observation: { type: 'link', role, link } })
  const at = [step - 1, step].map(passed => {
    const store = createConsoleStore(state, () => () => undefined)
    const stop = startTicking(store, { now: () => now + passed, elapsed: () => passed, sleep: async () => undefined })
    vi.advanceTimersByTime(500)
    stop()
    return !store.isSettled()
  })
  expect(at).toEqual([false, true])
})
