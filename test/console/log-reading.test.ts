import { describe, expect, test } from 'vitest'
import type { Driver, Steps } from './driver.ts'
import type { Scenario } from './program/hosts.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()

const shown = (driver: Driver): string => driver.screen().join('\n')
const atCursor = (driver: Driver): string => driver.screen().findLast(line => line.startsWith('▸')) ?? ''

const inLog = (id: string, scenario: Scenario = {}): Steps =>
  console.open(scenario).select(id).press('l').sees(`${id} is being followed`).focus('log')

describe('cell errors', () => {
  test('are one line each, counted in the heading; Enter opens one and closes it', async () => {
    const driver = await inLog('graph-nets')
    expect(shown(driver)).toMatch(/── 3 cell errors ━━/)
    expect(shown(driver)).not.toContain('Traceback')
    await driver.press('k').idle()
    expect(atCursor(driver)).toMatch(/✗ ValueError: boom {3}cell error, 7 lines, Enter opens/)
    await driver.press('enter').sees('Traceback').sees("raise ValueError('boom')").sees('Enter closes')
    await driver.press('enter').misses('Traceback')
  })

  test('fold when their last line comes, and what others say in between stays', async () => {
    const driver = await inLog('attention', { acts: ['raised'] })
      .kill('SIGUSR2')
      .sees('── 1 cell error ━━')
    expect(shown(driver)).toMatch(/✗ ValueError: boom {3}cell error, 7 lines, Enter opens/)
    expect(shown(driver)).toContain('"GET /health HTTP/1.1" 200 OK')
    expect(shown(driver)).not.toContain('raise ValueError')
  })

  test('open where the search finds something inside', async () => {
    const driver = await inLog('graph-nets').press('/').type('epochs=3').press('enter').sees('epochs=3: 3 of 3')
    expect(atCursor(driver)).toContain('fit(graph, epochs=3)')
  })

  test('Enter says why it opens nothing else', async () => {
    await inLog('attention').press('enter').sees('only a cell error with its traceback opens')
  })
})

describe('runs', () => {
  test('a restart has a line of its own', async () => {
    const driver = await inLog('attention', { acts: ['restarted'] })
      .kill('SIGUSR2')
      .sees('the second life')
    expect(shown(driver)).toMatch(/^ ── restarted 14:02:01 ── run 2 ─{20,}$/m)
  })

  test('i shows this run, the previous one, all', async () => {
    const driver = await inLog('attention', { acts: ['restarted'] })
      .kill('SIGUSR2')
      .sees('the second life')
    await driver.press('i').sees('── this run ━━').misses('visit').sees('2 of 64 lines')
    await driver.press('i').sees('── previous run ━━').sees('visit 60').misses('the second life')
    await driver.press('i').misses('previous run').sees('64 lines')
  })

  test('a previous run that is not in the last lines is asked of the journal', async () => {
    const driver = await inLog('attention').press('i', 'i').sees('asking the journal for it')
    await driver.sees('the first life').misses('visit')
    expect(shown(driver)).toMatch(/── previous run ━━/)
  })

  test("nginx's logs know none", async () => {
    await console
      .open()
      .select('mamba')
      .press('e')
      .sees('Connection refused')
      .focus('log')
      .press('i')
      .sees('know no runs')
  })
})

describe('s', () => {
  test('reads from further back, and says so', async () => {
    const driver = await inLog('attention').press('s').sees('Reading: last 5 minutes.').sees('── last 5 minutes ━━')
    await driver.press('s').sees('last hour').press('s').sees('today').press('s').sees('── all ━━').sees('64 lines')
    await driver.press('s').misses('── all ━━').sees('62 lines')
  })
})

describe('l with marked papers', () => {
  test('is one log of all their journals in the order of time, each line with its paper', async () => {
    const driver = await console.open().select('attention').press(' ').select('sampling').press(' ', 'l')
    await driver.sees('Journal: attention + sampling').sees(/sampling +marimo +sampling is being/)
    expect(shown(driver)).toMatch(
      /✓ attention +marimo +GET \/thesis\/attention\/ 200, visit 60\n.*✓ sampling +marimo +GET \/thesis\/sampling\/ 200, visit 60/,
    )
    expect(shown(driver)).toContain('124 lines')
    await driver.press('l').misses('Journal:')
  })

  test('of more than eight is refused', async () => {
    const driver = await console.open().press('*', 'l').sees('Journal:')
    expect(shown(driver)).toContain('8 marked')
  })
})

describe('a burst', () => {
  test('of 20,000 lines leaves the keys of the log free, with a filter and a search at work', async () => {
    const driver = await inLog('attention', { acts: ['burst', 'burst'] })
      .press('/')
      .type('line 1')
      .press('enter', '&')
      .type('[02468] of')
      .press('enter')
      .idle()
    await driver.kill('SIGUSR2').press('k', 'w', 'f', 't').idle()
    await driver.kill('SIGUSR2').press('N', 'n', '5', '8', 'G').idle()
    await driver.sees('20,000 of 40,062 lines').sees('burst line 20000 of 20000')
  })
})
