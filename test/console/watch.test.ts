import { expect, test } from 'vitest'
import type { Composed } from '../../src/compose.ts'
import { createWatch } from '../../src/console/watch.ts'

test('a watch that begins anew ends the one there was', () => {
  let watching = 0
  const start = () => {
    watching++
    return () => void watching--
  }
  const observe = (() => ({ start, refresh: () => {} })) as unknown as Composed['observer']
  const watch = createWatch(observe, () => {})
  watch.begin()
  watch.begin()
  expect(watching).toBe(1)
  watch.end()
  expect(watching).toBe(0)
})
