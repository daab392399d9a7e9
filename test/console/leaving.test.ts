import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Driver } from './driver.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()

const ways: readonly (readonly [string, number, (driver: Driver) => unknown])[] = [
  ['q', 0, driver => driver.press('q')],
  ['Ctrl-C', 0, driver => driver.press('ctrl-c')],
  ['SIGTERM', 130, driver => driver.kill('SIGTERM')],
  ['SIGINT from outside', 130, driver => driver.kill('SIGINT')],
  ['SIGHUP', 130, driver => driver.kill('SIGHUP')],
]

const givenBack = { alternate: false, cursorVisible: true }

describe('leaving the console over a world in memory', () => {
  test.each(ways)('%s ends it with %i and gives the terminal back', async (_, code, leave) => {
    const driver = await console.open()
    expect(driver.terminal()).toEqual({ alternate: true, cursorVisible: false })
    leave(driver)
    expect(await driver.exited()).toBe(code)
    expect(driver.terminal()).toEqual(givenBack)
  })

  test('a bug in the program leaves a clean terminal, its stack on it, and 1', async () => {
    const driver = await console.open({ acts: ['throw'] })
    expect(await driver.kill('SIGUSR2').exited()).toBe(1)
    expect(driver.terminal()).toEqual(givenBack)
    expect(driver.screen().join('\n')).toContain('a bug in the program')
  })
})

describe('leaving the real program', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'papergen-empty-'))
    writeFileSync(join(folder, 'config.toml'), bothHere(folder))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(ways)('%s ends it with %i and gives the terminal back', async (_, code, leave) => {
    const driver = await console.papergen(['--config', join(folder, 'config.toml')]).sees('Nothing is published yet')
    leave(driver)
    expect(await driver.exited()).toBe(code)
    expect(driver.terminal()).toEqual(givenBack)
  })
})

/** Both hosts are this machine, nothing is set up and nothing published: no socket leaves it. */
const bothHere = (project: string): string => `
[gpu]
via = "local"
project = "${project}"
[edge]
via = "local"
[site]
url = "https://papers.invalid/thesis/"
connect = "127.0.0.1"
`
