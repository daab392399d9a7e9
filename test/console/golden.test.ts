import { describe, expect, test } from 'vitest'
import type { Driver, Steps } from './driver.ts'
import type { Scenario } from './program/hosts.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()

const sizes = [
  [120, 40],
  [80, 24],
  [40, 15],
] as const

const screens: readonly (readonly [string, (driver: Driver) => Steps, Scenario?])[] = [
  ['grid', driver => driver.idle()],
  ['journal', driver => driver.select('graph-nets').press('l').sees('is being follow')],
  [
    'log',
    driver =>
      driver
        .select('graph-nets')
        .press('l')
        .sees('is being follow')
        .press('tab', 'k', 'enter', '/')
        .type('boom')
        .press('enter', 'k', 'z')
        .idle(),
  ],
  ['hop-chain', driver => driver.select('flow-matching').press('enter').idle()],
  ['operation', driver => driver.select('mamba').press('r').sees('is live at')],
  [
    'operation-failed',
    driver =>
      driver
        .press('p')
        .sees('papers/einsum.py')
        .type('einsum')
        .press('enter')
        .sees('y/N')
        .press('y')
        .sees(/failed( at step \d+ of \d+)?, all undone/),
  ],
  ['hosts', driver => driver.press('h').idle()],
  ['hosts-shared', driver => driver.press('h').idle(), { shared: true }],
  ['restart-warning', driver => driver.select('attention').press('r').sees('y/N'), { shared: true }],
  ['help', driver => driver.press('?').idle()],
  ['palette', driver => driver.press(':').type('pub att').idle().sees('publish papers/attention.py')],
  ['notebooks', driver => driver.press('p').sees('papers/transformers.py')],
  ['dry-run', driver => driver.select('flow-matching').press('x').sees('y/N')],
  ['dry-run-unfolded', driver => driver.select('flow-matching').press('x').sees('y/N').press('d').sees('write')],
  [
    'history',
    driver =>
      driver
        .select('mamba')
        .press('r')
        .sees('is live at')
        .press('H')
        .sees(/restart +mamba/),
  ],
]

const each = screens.flatMap(([name, reach, scenario = {}]) =>
  sizes.map(([columns, rows]) => ({ name, reach, scenario, columns, rows })),
)

describe('screens as they were looked at and found good', () => {
  test.each(each)('$name at $columns x $rows', async ({ name, reach, scenario, columns, rows }) => {
    const driver = await console.open(scenario, { columns, rows })
    await reach(driver)
    await expect(`${driver.screen().join('\n')}\n`).toMatchFileSnapshot(`golden/${name}-${columns}x${rows}.txt`)
  })
})

describe('another size', () => {
  test('resizing draws the screen anew, says when it is too small, and comes back the same', async () => {
    const driver = await console.open()
    const before = driver.screen()
    await driver.resize(80, 24).sees('GPU MEM ').resize(40, 15).misses('VERDICT')
    await driver.resize(30, 10).sees('too small').resize(120, 40).sees('TITLE')
    expect(driver.screen()).toEqual(before)
  })

  test('a narrower screen keeps nothing of the wider one', async () => {
    const reach = (driver: Driver): Steps => driver.select('mamba').press('l').sees('is being followed')
    const narrow = await reach(await console.open({}, { columns: 100, rows: 40 }))
    const shrunk = await reach(await console.open({}, { columns: 160, rows: 40 }))
    // The keys may come before the terminal's new size does.
    await shrunk.resize(100, 40).press('j', 'k').idle()
    await expect.poll(() => shrunk.screen(), { timeout: 10_000 }).toEqual(narrow.screen())
  })

  test('keys still answer on a screen that is too small', async () => {
    await console.open().resize(30, 10).sees('too small').press('q').exited()
  })
})

describe('other terminals', () => {
  const colours = /\u001b\[[0-9;]*m/g

  test('NO_COLOR writes no colour, and every state still has its word', async () => {
    const driver = await console.open({}, { env: { NO_COLOR: '1' } })
    const codes = new Set(driver.raw().match(colours) ?? [])
    expect([...codes].filter(code => /[349]\d/.test(code))).toEqual([])
    const words = ['failing:', 'stopped', 'degraded:', 'drift:', 'unknown:', ' ok']
    for (const word of words) expect(driver.screen().join('\n')).toContain(word)
  })

  test('with colours what fails is red', async () => {
    const driver = await console.open()
    expect(driver.raw()).toMatch(/\u001b\[91m/)
  })

  test('--ascii draws nothing that is not ASCII but what others wrote', async () => {
    const driver = await console.open({}, { flags: ['--ascii'] })
    const own = driver
      .screen()
      .join('\n')
      .replace(/\p{Script=Hangul}/gu, '')
    expect(own.match(/[^\x20-\x7e\n]/gu)).toBeNull()
    expect(own).toMatch(/^> x diffusion-101/m)
  })
})
