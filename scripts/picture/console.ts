import { join } from 'node:path'
import { type ThemeName, themeNames } from '../../src/core/themes.ts'
import { type Driver, drive, type Steps } from '../../test/console/driver.ts'
import type { Size } from './window.ts'

/** `papers`: how many the world has; null: the usual ones. */
export type Setting = { readonly papers: number | null; readonly theme: ThemeName }

/** Lends the console in a world of its own, and ends both. */
export const withConsole = async <T>(
  size: Size,
  { papers, theme }: Setting,
  use: (driver: Driver) => PromiseLike<T>,
): Promise<T> => {
  const driver = openConsole(size, papers)
  try {
    await isSettled(driver, papers === null ? 60 : 300)
    for (const _ of themeNames.slice(0, themeNames.indexOf(theme))) await driver.press('T')
    return await use(await driver.idle())
  } finally {
    await driver.kill('SIGTERM').exited()
  }
}

/** Where the screens of the pictures come from. */
const openConsole = (size: Size, papers: number | null): Driver =>
  drive([papergen, 'demo', ...(papers === null ? [] : ['--papers', String(papers)])], { ...size, env: everywhereAlike })

/** Every paper has its verdict. */
const isSettled = (driver: Driver, seconds: number): Steps =>
  driver.sees(/^..[✓✗≠]/m, seconds).misses(/^..\?|\d \?$/m, seconds)

const papergen = join(import.meta.dirname, '../../bin/papergen')

/** The stand-in for marimo also where a real one is installed, and no time zone of a machine. */
const everywhereAlike = { TZ: 'UTC', PAPERGEN_DEMO_MARIMO: 'no' }
