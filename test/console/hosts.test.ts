import { describe, expect, test } from 'vitest'
import type { Driver } from './driver.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()

const shown = (driver: Driver): string => driver.screen().join('\n')

describe('the host screen', () => {
  test('names papers by id, and others by program, user and unit, whatever they call themselves', async () => {
    const driver = await console.open({ shared: true }).press('h').idle()
    expect(shown(driver)).toMatch(/12\.4 GiB {2}attention +pid 4700, python/)
    expect(shown(driver)).toMatch(/69\.3 GiB {2}no paper: ollama runner +pid 912, user ollama, ollama\.service/)
    expect(shown(driver)).toMatch(/1\.5 GiB {2}no paper: python attention +pid 31337, user mina, session-3\.scope/)
  })

  test('says that the certificate served is not the one on disk, and what loads it', async () => {
    const driver = await console.open({ shared: true }).press('h').idle()
    expect(shown(driver)).toContain('renewed on disk, nginx still serves the old one: reload')
    expect(shown(driver)).toContain('sudo systemctl reload nginx')
  })

  test.each([
    [80, 24],
    [40, 15],
  ])('scrolls to the end and back at %i x %i, by lines and by pages', async (columns, rows) => {
    const driver = await console.open({ shared: true }, { columns, rows }).press('h').idle()
    const top = shown(driver)
    expect(top).not.toContain('no process uses it')
    await driver.press('j', 'down', 'pagedown', 'G').sees('no process uses it')
    await driver.press('k', 'up', 'pageup', 'g').idle()
    expect(shown(driver)).toBe(top)
    await driver.press('h').sees('PAPER')
  })

  test('counts how often the link came back, and why it was away', async () => {
    const driver = await console
      .open({ acts: ['edge-down', 'edge-up', 'later'] })
      .press('h')
      .idle()
    expect(shown(driver)).toContain('none since papergen started')
    await driver.kill('SIGUSR2').sees(/link +│? .*lost for 0 s: connection refused/)
    await driver.kill('SIGUSR2').sees('1, the last 0 s ago (connection refused)')
    await driver.kill('SIGUSR2').sees('1, the last 10 m ago (connection refused)')
  })
})

describe('a start that may not fit on the GPU', () => {
  test('is said in the question of a restart, which can be answered all the same', async () => {
    const driver = await console.open({ shared: true }).select('attention').press('r').sees('y/N')
    expect(shown(driver)).toMatch(/attention used up to 40\.0 GiB .*; GPU 0 will have 14\.2 GiB free/)
    await driver.press('y').sees('attention was restarted and is live at')
  })

  test('is said in the steps of a restart that asks nothing', async () => {
    const driver = await console.open({ shared: true, frozen: true, hold: ['gpu.restartUnit'] })
    await driver
      .select('mamba')
      .press('r')
      .sees('mamba used 20.0 GiB at its last run (2 h ago); GPU 0 has 1.8 GiB free now: it may not fit')
  })

  test('is said with the plan of an update', async () => {
    const driver = await console.open({ shared: true }).press('p').sees('papers/attention.py')
    await driver.type('attention').press('enter').sees('y/N').sees('GPU 0 has 1.8 GiB free while the old version runs')
    expect(shown(driver)).toMatch(/Update attention from papers\/attention\.py/)
  })

  test('is not said of what fits, nor of what nobody knows', async () => {
    const driver = await console.open({ shared: true }).select('sampling').press('r').sees('y/N')
    expect(shown(driver)).not.toContain('GiB free')
    await driver.press('n', 'p').sees('papers/transformers.py').type('transformers').press('enter').sees('y/N')
    expect(shown(driver)).not.toContain('GiB free')
  })
})
