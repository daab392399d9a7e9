import { describe, expect, test } from 'vitest'
import type { Driver, Steps } from './driver.ts'
import type { Scenario } from './program/hosts.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()

const shown = (driver: Driver): string => driver.screen().join('\n')
const bar = (driver: Driver): string => driver.screen().at(-1) ?? ''

const journalOf = (id: string, scenario: Scenario = {}): Steps =>
  console.open(scenario).select(id).press('l').sees(`${id} is being followed`)

describe('the journal', () => {
  test('opens on the paper, its past first, and follows; the same key closes it', async () => {
    const driver = await journalOf('attention')
    expect(shown(driver)).toMatch(/Journal: attention ── following/)
    expect(shown(driver)).toContain('visit 60')
    await driver.press('l').misses('Journal:')
  })

  test('closed and opened at once it has each line once', async () => {
    const driver = await journalOf('attention').press('l', 'l', 'l', 'l').idle().sees('is being followed')
    expect(shown(driver)).toContain('── 62 lines')
  })

  test('marks what a cell and a crash said', async () => {
    const driver = await journalOf('graph-nets')
    expect(shown(driver)).toMatch(/✗ ValueError: boom {3}cell error, 7 lines, Tab Enter opens/)
    await driver.select('mamba').press('l').sees('mamba is being followed')
    expect(shown(driver)).toMatch(/✗ ModuleNotFoundError: No module named 'einops'/)
  })

  test('keys answer during a burst of 20,000 lines, and all of them arrive', async () => {
    const driver = await journalOf('attention', { acts: ['burst'] }).kill('SIGUSR2')
    // Each key is handled and drawn though the burst is not over: no key waits for its end.
    for (let press = 0; press < 10; press++) await driver.press(press % 2 === 0 ? 'k' : 'j').idle()
    await driver.sees('burst line 20000 of 20000')
    expect(shown(driver)).toContain('20,062 lines')
  })

  test('f pauses, what comes meanwhile is counted, f follows again', async () => {
    const driver = await journalOf('attention', { acts: ['lines'] })
      .focus('log')
      .press('f')
      .sees('paused')
    const before = driver.screen().filter(line => line.includes('visit'))
    await driver.kill('SIGUSR2').sees('paused, 500 new')
    expect(driver.screen().filter(line => line.includes('visit'))).toEqual(before)
    await driver.press('f').sees('burst line 500 of 500')
  })

  test('g shows the first lines, G follows the last', async () => {
    const driver = await journalOf('attention').focus('log').press('g').sees('Started papergen-attention.service')
    await driver.press('G').sees('attention is being followed')
  })

  test('Tab moves between papers and log, z gives the log the whole screen, Esc goes back', async () => {
    const driver = await journalOf('attention').press('tab', 'z').misses('VERDICT')
    expect(shown(driver)).toContain('visit 40')
    await driver.press('z').sees('VERDICT').press('esc', 'j').idle()
    expect(shown(driver)).toMatch(/^▸.. sampling/m)
  })

  test('+ and - give it a row more and a row less, - no less than it needs', async () => {
    const driver = await journalOf('attention').idle()
    const rows = (): number => driver.screen().length - driver.screen().findIndex(row => row.includes('── Journal'))
    const before = rows()
    await driver.press('+', '+').idle()
    expect(rows()).toBeGreaterThan(before)
    await driver.press('-', '-').idle()
    expect(rows()).toBe(before)
    await driver.press(...Array<string>(30).fill('-')).idle()
    expect(rows()).toBeGreaterThan(3)
  })

  test('the driver finds the pane that has the focus, whichever it is', async () => {
    const driver = await journalOf('attention').focus('grid').focus('log').focus('log')
    expect(bar(driver)).toContain('Tab papers')
    expect(bar(await driver.focus('grid'))).toContain('u unpublish')
    await expect(driver.press('l').misses('Journal:').focus('log')).rejects.toThrow('the screen shows no log')
  })

  test('e shows what the edge said about the paper', async () => {
    const driver = await console.open().select('mamba').press('e').sees('Edge errors: mamba')
    await driver.sees('connect() failed (111: Connection refused)')
  })

  test("shows the time of the operator's clock", async () => {
    const driver = await console.open({}, { env: { TZ: 'Asia/Seoul' } })
    await driver.select('attention').press('l').sees('23:02:01  marimo')
  })
})

describe('a host that goes away', () => {
  test('is told with what happens next, its values keep their last words with their age, and come back', async () => {
    const driver = await console.open({ acts: ['edge-down', 'later', 'edge-up'] }, { columns: 80, rows: 24 })
    await driver.kill('SIGUSR2').sees('son-wtr ○ reconnecting in 4 s')
    await driver.kill('SIGUSR2').sees(/attention +27000 +active .* 200 · 10 m /)
    await driver
      .kill('SIGUSR2')
      .sees(/✓ attention +27000 +active .* 200 +9 ms/)
      .misses('reconnecting')
  })
})
