import { expect, test } from 'vitest'
import type { Driver } from './driver.ts'
import { usingConsole } from './using.ts'

/** Nearly the whole port range is taken. One console for all, because it takes its time to ask so many papers. */

const console = usingConsole()
const shown = (driver: Driver): string => driver.screen().join('\n')
const cursor = (driver: Driver): string => /^▸.. (\S+)/m.exec(shown(driver))?.[1] ?? ''

/** Each is closed by Esc, a log by its own key. */
const keys: readonly (readonly [key: string, sees: string | RegExp])[] = [
  ['enter', '━━ Hops of lecture-500 '],
  ['l', 'Journal: lecture-500'],
  ['e', /Edge.*: lecture-500/],
  ['r', 'Restart lecture-500? It is ok'],
  ['u', 'Type lecture-500 and Enter'],
  ['p', 'transformers.py'],
  ['h', '━━ Hosts '],
  ['H', '━━ Past operations '],
  [':', '━━ Commands '],
  ['?', '━━ Help '],
  ['R', 'Type 2 and Enter'],
]

test('with 999 papers the screen shows what fits, and every key does what it does among eight', async () => {
  const driver = await console.open({ crowd: 991 })
  expect(shown(driver)).toMatch(/999 papers[\s\S]*━━ Papers ── .* of 999 ━━/)
  expect(cursor(driver)).toBe('diffusion-101')

  await driver.press('G').idle()
  expect(cursor(driver)).toBe('sampling')
  await driver.press('k').idle()
  expect(cursor(driver)).toBe('lecture-991')
  await driver.press('g', 'pagedown', 'pagedown').idle()
  expect(cursor(driver)).toMatch(/^lecture-0\d\d$/)
  await driver.press('pageup', 'pageup', 'pageup').idle()
  expect(cursor(driver)).toBe('diffusion-101')

  await driver.press('/').type('강의 50').press('enter').idle()
  expect(shown(driver)).toContain('10 of 999')
  await driver.press('*', 'r').sees('Type 10 and Enter')
  await driver.press('esc', 'esc', 'esc', 'f').idle()
  expect(shown(driver)).toContain('6 of 999')
  await driver.press('f', '/').type('lecture-500').press('enter').idle()

  for (const [key, sees] of keys)
    await driver
      .press(key)
      .sees(sees)
      .press(key === 'l' || key === 'e' ? key : 'esc')
      .idle()
  await driver.press('y').sees('Copied https://learn.ericfromkorea.com/thesis/lecture-500/')
  await driver.press('esc').idle()

  const quiet = driver.raw().length
  await driver.press('j').idle()
  expect(driver.raw().length - quiet).toBeLessThan(4_000)
  await driver
    .press('k', 'r')
    .sees('y/N')
    .press('y')
    .sees(/[━─]{2} done/)
    .press('esc')
    .idle()
  expect(await driver.press('q').exited()).toBe(0)
}, 120_000)
