import { expect, test } from 'vitest'
import { dayAndTime, momentOf, timeOfDay } from '../../src/core/time-of-day.ts'

test.each([
  [Date.UTC(2026, 10, 23, 14, 2), 540, '2026-11-23 23:02:00'],
  [0, 0, '1970-01-01 00:00:00'],
  // What a journal, a certificate or D-Bus of another machine may say: the console must not end over it.
  [1e17, 0, '????-??-?? ??:??:??'],
  [Date.UTC(9999, 11, 31, 23, 59), 540, '????-??-?? ??:??:??'],
  [0, -60, '????-??-?? ??:??:??'],
  [Number.NaN, 0, '????-??-?? ??:??:??'],
])('%d at %d minutes east is %s', (at, zone, shown) => {
  expect(dayAndTime(at, zone)).toBe(shown)
  expect(timeOfDay(at, zone)).toBe(shown.slice(11))
})

test.each([Number.NaN, Infinity, -1, 8.64e15])('%d is no moment', ms => expect(momentOf(ms)).toBeNull())
