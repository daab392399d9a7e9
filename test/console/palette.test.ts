import { describe, expect, test } from 'vitest'
import type { Driver } from './driver.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()
const shown = (driver: Driver): string => driver.screen().join('\n')

describe('the palette', () => {
  test(': lists every command with its key, Esc goes back to the same screen', async () => {
    const driver = await console.open()
    const before = driver.screen()
    await driver.press(':').idle()
    expect(shown(driver)).toMatch(/━━ Commands[\s\S]*▸ r +restart[\s\S]*R +restart failing[\s\S]*Enter +hops/)
    await driver.press('esc').idle()
    expect(driver.screen()).toEqual(before)
  })

  test('restarts a paper by name, with the question its key asks', async () => {
    const driver = await console.open().press(':').type('rest atten').idle()
    expect(shown(driver)).toMatch(/▸ r +restart attention/)
    await driver.press('enter').sees('Restart attention? It is ok; 3 viewers would be cut off.')
    await driver.press('y').sees('attention was restarted and is live at')
  })

  test('opens the journal of any paper', async () => {
    await console.open().press(':').type('journal of graph').press('enter').sees('Journal: graph-nets')
  })

  test('goes to a paper, sorts, helps', async () => {
    const driver = await console
      .open()
      .press(':')
      .type('go to kalman')
      .press('enter')
      .sees(/^▸.. kalman/m)
    await driver.press(':').type('sort by port').press('enter').sees('sort: port')
    await driver.press(':').type('help').press('enter').sees('━━ Help')
  })

  test('finds notebooks', async () => {
    const driver = await console.open().press(':').type('publish transf').sees('publish papers/transformers.py')
    await driver.press('enter').sees('Publish papers/transformers.py as transformers?')
  })

  test('shows what cannot run with its reason, and does not run it', async () => {
    const driver = await console.open({ readOnly: true }).press(':').type('restart mamba').idle()
    expect(shown(driver)).toMatch(/▸ r +restart mamba +papergen runs with --read-only/)
    await driver.press('enter').idle()
    expect(shown(driver)).toContain('restart mamba: papergen runs with --read-only')
  })

  test('has the keys of a log that is open, each with its reason where it cannot act', async () => {
    const driver = await console.open().press('l').sees('Journal: diffusion-101').press(':').type('log:').idle()
    expect(shown(driver)).toMatch(/ n +log: next hit +nothing is searched for: \/ finds/)
    expect(shown(driver)).toMatch(/ 4 +log: only err and worse/)
    await driver.type(' err').press('enter').sees('Shown: err and worse. 8 shows all.')
    // The log has the keys now, so they come first.
    await driver.press(':').idle()
    expect(shown(driver)).toMatch(/━━ Commands[^\n]*\n[^\n]*\n▸ f +log: pause/)
    await driver.type('log find').press('enter').type('einops').press('enter').press(':').type('next hit').idle()
    expect(shown(driver)).toMatch(/▸ n +log: next hit +next hit, previous hit/)
    await driver.press('esc').press(':').type('log close').press('enter').misses('Journal: diffusion-101')
  })

  test.each([
    [80, 24],
    [40, 15],
  ])('moves through all of it at %i x %i', async (columns, rows) => {
    const driver = await console.open({}, { columns, rows }).press(':').idle()
    for (let page = 0; page < 5; page++) driver.press('pagedown')
    await driver.idle().sees(/▸ q +quit/)
  })
})
