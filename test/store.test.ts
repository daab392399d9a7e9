import { describe, expect, test } from 'vitest'
import { itemAt } from '../src/core/sequence.ts'
import { createConsoleStore } from '../src/store.ts'
import { consoleOf, entryOf, three, type } from './core/console-world.ts'

/** A schedule in the test's hands. */
const byHand = () => {
  const waiting = new Set<() => void>()
  const delays: number[] = []
  return {
    waiting,
    /** Of everything scheduled so far, in milliseconds. */
    delays,
    schedule: (run: () => void, ms: number) => {
      delays.push(ms)
      waiting.add(run)
      return () => void waiting.delete(run)
    },
    pass: () => {
      for (const run of [...waiting]) {
        waiting.delete(run)
        run()
      }
    },
  }
}

const opened = () => {
  const clock = byHand()
  const store = createConsoleStore(type(consoleOf(three()), 'l').state, clock.schedule)
  let told = 0
  store.api.subscribe(() => told++)
  return { clock, store, told: () => told }
}

const lineEvent = (n: number) =>
  ({ type: 'log-lines', unit: 'attention', source: 'journal', entries: [entryOf(`line ${n}`)] }) as const

describe('console store', () => {
  test('a burst of events is told once, every event of it applied in order', () => {
    const { clock, store, told } = opened()
    for (let n = 0; n < 1000; n++) store.dispatch(lineEvent(n))
    expect([told(), store.isSettled(), clock.waiting.size]).toEqual([0, false, 1])
    clock.pass()
    expect([told(), store.isSettled()]).toEqual([1, true])
    const { lines } = store.api.getState().log!
    const texts = [0, 999].map(number => itemAt(lines, number)?.entry.text)
    expect([lines.end, ...texts]).toEqual([1000, 'line 0', 'line 999'])
  })

  test('a key is told at once and sees what was queued before it', () => {
    const { store } = opened()
    store.dispatch(lineEvent(1))
    store.press('k')
    expect(store.api.getState().log?.lines.end).toBe(1)
    expect(store.api.getState().ui.cursor).not.toBe('attention')
    expect(store.isSettled()).toBe(true)
  })

  test('an event that changes nothing is not told: a quiet screen is not redrawn', () => {
    const { clock, store, told } = opened()
    store.dispatch({ ...lineEvent(1), unit: 'another' })
    clock.pass()
    expect(told()).toBe(0)
  })

  test('data rests between two frames, and is not waited for when nothing came', () => {
    const { clock, store, told } = opened()
    store.dispatch(lineEvent(1))
    clock.pass()
    store.dispatch(lineEvent(2))
    expect([told(), clock.delays]).toEqual([1, [30, 200]])
    clock.pass()
    expect(told()).toBe(2)
    clock.pass()
    expect([told(), clock.waiting.size]).toEqual([2, 0])
  })

  test('words of the key bar that are no error go by themselves after a while, and with any key at once', () => {
    const { clock, store } = opened()
    const words = () => store.api.getState().notice?.text
    const tell = (tone: 'info' | 'warning' | 'bad') => {
      store.dispatch({ type: 'notice', notice: { tone, text: tone } })
      clock.pass()
    }
    tell('info')
    expect([words(), clock.delays.at(-1)]).toEqual(['info', 4_000])
    store.press('j')
    expect(words()).toBeUndefined()
    for (const tone of ['info', 'warning'] as const) {
      tell(tone)
      expect(words()).toBe(tone)
      for (let turn = 0; turn < 3; turn++) clock.pass()
      expect(words()).toBeUndefined()
    }
    tell('bad')
    for (let turn = 0; turn < 3; turn++) clock.pass()
    expect(words()).toBe('bad')
  })

  test('after closing nothing is told any more', () => {
    const { clock, store, told } = opened()
    store.dispatch(lineEvent(1))
    store.close()
    clock.pass()
    expect(told()).toBe(0)
  })
})
