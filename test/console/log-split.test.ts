import { describe, expect, test } from 'vitest'
import type { Driver, Steps } from './driver.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()

const shown = (driver: Driver): string => driver.screen().join('\n')
/** Which of the two headings is the heavy one. */
const focused = (driver: Driver): string => /━━ (Journal|Edge errors)/.exec(shown(driver))?.[1] ?? 'none'

const both = (): Steps => opened().sees('mamba is being followed').sees('Connection refused')

const opened = (columns = 160): Steps =>
  console
    .open({}, { columns, rows: 40 })
    .select('mamba')
    .press('l')
    .sees('mamba is being followed')
    .press('e')
    .sees('Edge errors: mamba')

describe('two logs of one paper on a wide screen', () => {
  test('stand side by side, the journal left, whichever came first', async () => {
    const row = /Journal: mamba .*│── Edge errors: mamba /
    await both().sees(row).press('l').misses('Journal').press('l').sees(row).sees('Connection refused')
  })

  test('Tab goes round: papers, left, right', async () => {
    const driver = await both()
    const seen = [focused(driver)]
    for (let press = 0; press < 3; press++) seen.push(focused(await driver.press('tab').idle()))
    expect(seen).toEqual(['none', 'Journal', 'Edge errors', 'none'])
  })

  test('each key acts on the one with the focus', async () => {
    const driver = await both().press('tab', '&').type('einops').press('enter').sees('── & einops')
    expect(shown(driver)).toContain('Connection refused')
    await driver.press('tab', 'i').sees('know no runs').press('z').misses('Journal').sees('Connection refused')
    await driver.press('z').sees('── & einops').press('tab', 't').idle()
    expect(shown(driver)).toContain('t does nothing here')
  })

  test('both are followed; the key that opened one closes it alone', async () => {
    const driver = await both().press('e').misses('Edge errors').sees('Journal: mamba')
    await driver
      .press('e')
      .sees('Edge errors')
      .press('tab', 's')
      .sees('Reading: last 5 minutes')
      .sees('last 5 minutes ━━')
    await driver.sees('Connection refused').press('l').misses('Journal').sees('Edge errors: mamba')
    await driver.press('e').misses('Edge errors')
  })

  test('where there is no room for two the second takes the place of the first', async () => {
    await opened(120).misses('Journal').press('l').sees('Journal: mamba').misses('Edge errors')
  })

  test('a screen that becomes narrow shows the one with the keys; Tab the other', async () => {
    const driver = await both().press('tab').idle()
    await driver.resize(100, 40).misses('Edge errors').press('tab').sees('Edge errors').misses('Journal')
    await driver.resize(160, 40).sees(/Journal.*│━━ Edge errors/)
  })

  test('another paper takes both places', async () => {
    await both().select('attention').press('l').sees('Journal: attention').misses('Edge errors')
  })
})
