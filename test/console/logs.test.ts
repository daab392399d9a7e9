import { describe, expect, test } from 'vitest'
import type { Driver } from './driver.ts'
import type { Scenario } from './program/hosts.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()

const shown = (driver: Driver): string => driver.screen().join('\n')

const journalOf = async (id: string, scenario: Scenario = {}): Promise<Driver> => {
  const driver = await console.open(scenario)
  return (await driver.select(id)).press('l').sees(`${id} is being followed`)
}

describe('the journal', () => {
  test('opens on the paper, its past first, and follows; the same key closes it', async () => {
    const driver = await journalOf('attention')
    expect(shown(driver)).toMatch(/Journal: attention ── following/)
    expect(shown(driver)).toContain('visit 60')
    await driver.press('l').misses('Journal:')
  })

  test('closed and opened at once it has each line once', async () => {
    const driver = await journalOf('attention')
    await driver.press('l', 'l', 'l', 'l').idle()
    await driver.sees('is being followed')
    expect(shown(driver)).toContain('── 62 lines')
  })

  test('marks what a cell and a crash said', async () => {
    const driver = await journalOf('graph-nets')
    expect(shown(driver)).toMatch(/✗ cell error: ValueError: boom/)
    await (await driver.select('mamba')).press('l').sees('mamba is being followed')
    expect(shown(driver)).toMatch(/✗ ModuleNotFoundError: No module named 'einops'/)
  })

  test('keys answer during a burst of 20,000 lines, and all of them arrive', async () => {
    const driver = await journalOf('attention', { acts: ['burst'] })
    driver.kill('SIGUSR2')
    for (let press = 0; press < 10; press++) {
      const before = performance.now()
      await driver.press(press % 2 === 0 ? 'k' : 'j').idle()
      expect(performance.now() - before).toBeLessThan(1_000)
    }
    await driver.sees('burst line 20000 of 20000')
    expect(shown(driver)).toContain('20,062 lines')
  })

  test('f pauses, what comes meanwhile is counted, f follows again', async () => {
    const driver = await journalOf('attention', { acts: ['lines'] })
    await driver.press('tab', 'f').sees('paused, 0 new')
    const before = driver.screen().filter(line => line.includes('visit'))
    driver.kill('SIGUSR2')
    await driver.sees('paused, 500 new')
    expect(driver.screen().filter(line => line.includes('visit'))).toEqual(before)
    await driver.press('f').sees('burst line 500 of 500')
  })

  test('g shows the first lines, G follows the last', async () => {
    const driver = await journalOf('attention')
    await driver.press('tab', 'g').sees('Started papergen-attention.service')
    await driver.press('G').sees('attention is being followed')
  })

  test('Tab moves between papers and log, z gives the log the whole screen, Esc goes back', async () => {
    const driver = await journalOf('attention')
    await driver.press('tab', 'z').misses('VERDICT')
    expect(shown(driver)).toContain('visit 40')
    await driver.press('z').sees('VERDICT')
    await driver.press('esc', 'j').idle()
    expect(shown(driver)).toMatch(/^▸.. sampling/m)
  })

  test('e shows what the edge said about the paper', async () => {
    const driver = await console.open()
    await (await driver.select('mamba')).press('e').sees('Edge errors: mamba')
    await driver.sees('connect() failed (111: Connection refused)')
  })

  test("shows the time of the operator's clock", async () => {
    const driver = await console.open({}, { env: { TZ: 'Asia/Seoul' } })
    await (await driver.select('attention')).press('l').sees('23:02:01  marimo')
  })
})

describe('a host that goes away', () => {
  test('is told with what happens next, its values keep their last words with their age, and come back', async () => {
    const driver = await console.open({ acts: ['edge-down', 'later', 'edge-up'] }, { columns: 80, rows: 24 })
    driver.kill('SIGUSR2')
    await driver.sees('son-wtr ○ reconnecting in 4 s')
    driver.kill('SIGUSR2')
    await driver.sees(/attention +27000 +active .* 200 · 10 m /)
    driver.kill('SIGUSR2')
    await driver.sees(/✓ attention +27000 +active .* 200 +9 ms/)
    await driver.misses('reconnecting')
  })
})
