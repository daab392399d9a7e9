import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Driver } from '../console/driver.ts'
import type { Act } from '../console/program/hosts.ts'
import { usingConsole } from '../console/using.ts'
import { ownFolder } from '../services/folder.ts'
import { live, patience, times } from './life.ts'
import type { Figures } from './measure.ts'

/** The whole console, as it is built, in a real terminal; what it holds is measured in its own process. */

const console = usingConsole()

const opened = async (acts: readonly Act[]) => {
  const file = join(ownFolder(), 'figures')
  const probe = join(import.meta.dirname, 'probe.ts')
  const env = { PAPERGEN_TEST_FIGURES: file, NODE_OPTIONS: `--import=${probe}`, NODE_NO_WARNINGS: '1' }
  const driver = await console.open({ acts }, { columns: 150, env })
  const measure = async (): Promise<Figures> => {
    rmSync(file, { force: true })
    driver.kill('SIGUSR1')
    const read = (): Figures => JSON.parse(readFileSync(file, 'utf8')) as Figures
    return vi.waitFor(read, { timeout: 30_000, interval: 20 })
  }
  return { driver, measure }
}

const leave = async (driver: Driver): Promise<number> => driver.press('q').exited()

/** Each screen, opened and closed again. */
const views: readonly (readonly [open: readonly string[], sees: string | RegExp, close: readonly string[]])[] = [
  [['?'], '━━ Help ', ['esc']],
  [['enter'], '━━ Hops of ', ['esc']],
  [['h'], '━━ Hosts ', ['esc']],
  [['H'], '━━ Past operations ', ['esc']],
  [[':', 'l', 'o', 'g'], '━━ Commands ', ['esc', 'esc']],
  [['p'], 'transformers.py', ['esc']],
  [['/', 'a', 't'], ' of 8', ['esc', 'esc']],
  [['l'], 'Journal: ', ['l']],
  [['l', 'e'], 'Edge errors: ', ['e', 'l']],
]

test(
  'views that are opened and closed hundreds of times leave nothing behind',
  async () => {
    const { driver, measure } = await opened([])
    await live({
      name: 'views of the console opened and closed',
      warmUp: 6,
      rounds: 12,
      round: async () => {
        for (const [open, sees, close] of views) {
          await driver.press(...open).sees(sees)
          await driver.press(...close).idle()
        }
        return views.length
      },
      measure,
    })
    expect(await leave(driver)).toBe(0)
  },
  patience,
)

test(
  'a log that is flooded stays within its bounds while the state changes, and leaves nothing else behind',
  async () => {
    const rounds = [6, 9] as const
    const round: readonly Act[] = ['burst', 'edge-down', 'edge-up']
    const acts = Array.from({ length: rounds[0] + rounds[1] * times }, () => round).flat()
    const { driver, measure } = await opened(acts)
    await driver.press('l').sees('is being followed')
    /** Thousands; the few that were there before come on top. */
    let lines = 0
    await live({
      name: 'lines of a log on the screen',
      warmUp: rounds[0],
      rounds: rounds[1],
      round: async () => {
        lines += 20
        await driver.kill('SIGUSR2').sees(new RegExp(`${lines},\\d{3} lines`), 60)
        await driver.kill('SIGUSR2').sees('reconnecting in')
        await driver.kill('SIGUSR2').misses('reconnecting in')
        return 20_000
      },
      measure,
    })
    expect(driver.screen().join('\n')).toContain('the last 100,000 kept')
    expect(await leave(driver)).toBe(0)
  },
  patience,
)
