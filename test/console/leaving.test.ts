import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { settled } from './console.ts'
import type { Driver, Steps } from './driver.ts'
import type { Scenario } from './program/hosts.ts'
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

  test.each([['throw'], ['reject'], ['nonsense']] as const)(
    'a bug in the program (%s) leaves a clean terminal, its stack on it, and 1',
    async act => {
      const driver = await console.open({ acts: [act] })
      expect(await driver.kill('SIGUSR2').exited()).toBe(1)
      expect(driver.terminal()).toEqual(givenBack)
      const screen = driver.screen().join('\n')
      expect(screen).toContain('Something unexpected happened during this session of the console')
      expect(screen).toMatch(/^ +at .*world\.mjs:\d+/m)
    },
  )
})

describe('the shell the console was opened from', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'papergen-shell-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Its process is told in a file, as the one the signals of a test are for. */
  const opened = (scenario: Scenario): Steps =>
    console
      .shell(scenario, { env: { told: join(folder, 'pid') } })
      .sees('$')
      .shell(String.raw`printf '\033]2;a shell\007'; sh -c "echo \$\$ >'$told'; exec $console"; echo "code $?"`)
      .sees(settled)
  const signal = (name: NodeJS.Signals): boolean =>
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), name)

  const endings: readonly (readonly [string, Scenario, number, (driver: Driver) => unknown])[] = [
    ['q', {}, 0, driver => driver.press('q')],
    ['SIGINT', {}, 130, () => signal('SIGINT')],
    ['SIGTERM', {}, 130, () => signal('SIGTERM')],
    ['SIGHUP', {}, 130, () => signal('SIGHUP')],
    ['a bug', { acts: ['throw'] }, 1, () => signal('SIGUSR2')],
    ['a promise nobody waits for', { acts: ['reject'] }, 1, () => signal('SIGUSR2')],
    ['what cannot be drawn', { acts: ['nonsense'] }, 1, () => signal('SIGUSR2')],
    [
      'q in the midst of an operation',
      { slow: ['mamba'], frozen: true },
      0,
      driver => driver.select('mamba').press('r').sees('healthy').press('q').sees('Quit?').press('y'),
    ],
  ]

  test.each(endings)('has its screen, cursor, modes and title back after %s', async (_, scenario, code, end) => {
    const driver = await opened(scenario)
    expect(driver.title()).toContain('papergen')
    await end(driver)
    await driver.sees(new RegExp(`^code ${code}\\n\\$ *$`, 'm'))
    expect({ ...driver.terminal(), title: driver.title() }).toEqual({ ...givenBack, title: 'a shell' })
    const text = driver.screen().join('\n')
    if (code === 1) expect(text).toMatch(/Something unexpected happened[\s\S]+Next: .*\n[\s\S]+ at /)
    await driver.shell('clear; stty -a').sees(/ icanon[\s\S]* echo /)
  })

  test('a bug in the midst of an operation says what was under way', async () => {
    const driver = await opened({ slow: ['mamba'], frozen: true, acts: ['throw'] })
    await driver.select('mamba').press('r').sees('healthy')
    signal('SIGUSR2')
    await driver.sees('a bug in the program; restart mamba was under way: papergen repair finishes or undoes it')
    await driver.sees(/^code 1$/m)
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
