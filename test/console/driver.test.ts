import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type Driver, drive } from './driver.ts'

/** The language of the driver, spoken to a program that only echoes. */

const programs = join(import.meta.dirname, 'program')
const started: Driver[] = []
const start = (): Driver => {
  const driver = drive([process.execPath, join(programs, 'echo.ts')], { columns: 30, rows: 4 })
  started.push(driver)
  return driver
}
afterEach(() => {
  for (const driver of started.splice(0)) driver.end()
})

const failureOf = async (steps: PromiseLike<unknown>): Promise<Error> => {
  try {
    await steps
  } catch (thrown) {
    return thrown as Error
  }
  throw new Error('nothing failed')
}

describe('a chain', () => {
  test('plays its steps one after the other and gives the driver', async () => {
    const driver = start()
    const same = await driver.press('a').sees('keys a ').type('bc').idle().sees('keys abc ').misses('keys a ')
    expect(same).toBe(driver)
    expect('then' in driver).toBe(false)
  })

  test('begins when those told before have ended, awaited or not', async () => {
    const driver = start()
    driver.sees('30x4').press('a')
    driver.press('b')
    await driver.press('c').idle()
    expect(driver.screen()[0]).toContain('keys abc')
  })

  test('goes on where it was awaited', async () => {
    const steps = start().press('a')
    await steps
    const driver = await steps.press('b').idle()
    expect(driver.screen()[0]).toContain('keys ab')
  })

  test('resizes, and ends with the exit code', async () => {
    const driver = await start().idle().resize(40, 5).sees('40x5')
    expect(driver.screen()).toHaveLength(5)
    expect(await driver.press('q').exited()).toBe(3)
  })
})

describe('a step that fails', () => {
  test('says which one of the chain it was, why, and what the screen showed', async () => {
    const { message, stack } = await failureOf(start().press('a').idle().sees('b', 0.1).press('c'))
    expect(message).toBe(
      ["sees('b', 0.1): not within 0.1 s", "press('a').idle().▸ sees('b', 0.1) ◂.press('c')", 'keys a 가30x4'].join(
        '\n',
      ),
    )
    expect(stack?.split('\n')[3]).toContain(import.meta.filename)
  })

  test('has those behind it skipped; the next chain is played', async () => {
    const driver = start()
    await failureOf(driver.sees('b', 0.1).press('x'))
    await driver.press('c').idle()
    expect(driver.screen()[0]).toContain('keys c ')
  })

  test('is told by each await of its chain', async () => {
    const steps = start().sees('b', 0.1)
    const { message } = await failureOf(steps)
    expect((await failureOf(steps.press('c'))).message).toBe(message)
  })

  test('fails at once when the program has ended', async () => {
    const { message } = await failureOf(start().idle().press('q').sees('b'))
    expect(message).toMatch(/^sees\('b'\): the program ended with 3 before\n/)
  })

  test('cannot go unnoticed: a chain that nobody awaits ends the script with its words', () => {
    const ran = spawnSync(process.execPath, [join(programs, 'forgotten.ts')], { encoding: 'utf8' })
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain("press('a').▸ sees('what never comes', 0.1) ◂")
  })
})

describe('what is there', () => {
  test('cells have their text, width, colours and weight', async () => {
    const driver = await start().press('a').idle()
    const [keys, , , , , a, , wide, rest] = driver.cells()[0] ?? []
    const plain = { width: 1, fg: null, bg: null, bold: false, dim: false, inverse: false, underline: false }
    expect(keys).toEqual({ ...plain, text: 'k', fg: 1, bold: true })
    expect(a).toEqual({ ...plain, text: 'a' })
    expect(wide).toEqual({ ...plain, text: '가', width: 2, bg: 24, dim: true, inverse: true })
    expect(rest).toMatchObject({ text: '', width: 0 })
  })

  test('the window has a title', async () => {
    const driver = await start().idle()
    expect(driver.title()).toBe('echo')
  })

  test('every whole frame is told to who watches', async () => {
    const driver = await start().idle()
    const seen: string[] = []
    const stop = driver.watch(screen => seen.push(screen[0]?.map(({ text }) => text || ' ').join('') ?? ''))
    await driver.press('a').idle()
    stop()
    await driver.press('b').idle()
    expect(seen.at(-1)).toMatch(/^keys a +가 30x4/)
  })
})
