import { join } from 'node:path'
import { type Driver, drive, type Steps } from '../../test/console/driver.ts'
import type { Size } from './window.ts'

/** Lends the console in a world of its own, and ends both. */
export const withConsole = async <T>(size: Size, use: (driver: Driver) => PromiseLike<T>): Promise<T> => {
  const driver = openConsole(size)
  try {
    return await use(await isSettled(driver))
  } finally {
    await driver.kill('SIGTERM').exited()
  }
}

/** Where the screens of the pictures come from. */
const openConsole = (size: Size): Driver => drive([papergen, 'demo'], { ...size, env: everywhereAlike })

/** Every paper has its verdict. */
const isSettled = (driver: Driver): Steps => driver.sees(/^..✓/m, 60).misses(/^..\?/m, 60)

const papergen = join(import.meta.dirname, '../../bin/papergen')

/** The stand-in for marimo also where a real one is installed, and no time zone of a machine. */
const everywhereAlike = { TZ: 'UTC', PAPERGEN_DEMO_MARIMO: 'no' }
