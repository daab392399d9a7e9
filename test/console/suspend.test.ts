import { describe, expect, test } from 'vitest'
import { settled } from './console.ts'
import type { Driver, Steps } from './driver.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()

const prompt = /\$ *$/
const given = (driver: Driver) => ({ ...driver.terminal(), title: driver.title() })
const back = { alternate: false, cursorVisible: true, title: 'a shell' }
const taken = { alternate: true, cursorVisible: false, title: 'papergen  2 ✗  1 ≠  1 ~' }

/** A shell whose window has a title, in which the console was opened. */
const opened = (driver: Driver, line = 'eval "$console"'): Steps =>
  driver.sees('$').shell(String.raw`printf '\033]2;a shell\007'; ${line}`).sees(settled)

const ways = [
  ['from a shell', 'eval "$console"'],
  ['behind a wrapper in the same job, as npm is', 'sh -c "$console; true"'],
] as const

describe('Ctrl-Z', () => {
  test.each(ways)('%s gives the terminal back, and fg takes it with everything on it', async (_, line) => {
    const driver = await opened(console.shell(), line)
    const before = driver.screen()
    expect(given(driver)).toEqual(taken)
    await driver.press('ctrl-z').sees('Stopped').sees(prompt)
    expect(given(driver)).toEqual(back)
    await driver.shell('clear; stty -a').sees(/ icanon[\s\S]* echo /)
    await driver.shell('fg').sees(settled).press('j', 'k').idle()
    expect(driver.screen()).toEqual(before)
    expect(given(driver)).toEqual(taken)
    await driver.press('q').sees(prompt)
    expect(given(driver)).toEqual(back)
    await driver.shell('clear; jobs; stty -a').sees(/ icanon[\s\S]* echo /)
    expect(driver.screen().join('\n')).not.toContain('Stopped')
  })

  test('the console comes back at the size the terminal has then', async () => {
    const driver = await opened(console.shell())
    await driver
      .press('ctrl-z')
      .sees('Stopped')
      .sees(prompt)
      .resize(80, 24)
      .shell('clear')
      .sees(/^\$ *$/)
    await driver.shell('fg').sees(/^(?=.*8 papers)[^\n]{40,80}\n[\s\S]*q quit$/)
    expect(driver.screen().at(-1)).toContain('q quit')
    expect(driver.screen().every(line => line.length <= 80)).toBe(true)
  })

  test('bg does not disturb the shell: the job waits for fg', async () => {
    const driver = await opened(console.shell())
    await driver.press('ctrl-z').sees('Stopped').sees(prompt)
    await driver.shell('clear; bg; until jobs -s | grep -q .; do :; done; jobs').sees(/Stopped[\s\S]*\n\$ *$/)
    expect(given(driver)).toEqual(back)
    await driver.shell('fg').sees(settled).press('q').sees(prompt)
    expect(given(driver)).toEqual(back)
  })

  test('a job that is ended while it is stopped leaves the shell as it is', async () => {
    const driver = await opened(console.shell())
    await driver
      .press('ctrl-z')
      .sees('Stopped')
      .sees(prompt)
      .shell('clear; job=$(jobs -p); kill %1; while kill -0 $job 2>/dev/null; do :; done; jobs; echo gone')
    await driver.sees(/Terminated[\s\S]*\ngone\n\$ *$/)
    expect(given(driver)).toEqual(back)
    await driver.shell('clear; stty -a').sees(/ icanon[\s\S]* echo /)
  })

  test('during an operation it says why not', async () => {
    const driver = await opened(console.shell({ hold: ['gpu.restartUnit'] }))
    await driver.select('mamba').press('r').sees('step 2 of').press('ctrl-z').sees('both hosts would stay locked')
    expect(given(driver)).toMatchObject({ alternate: true })
  })

  test('where no shell could continue it, it says so and goes on', async () => {
    const driver = await console.open()
    const before = driver.screen()
    await driver.press('ctrl-z').sees('no shell is there that could continue papergen').press('j', 'k').idle()
    expect(driver.screen()).toEqual(before)
    expect(driver.terminal()).toEqual({ alternate: true, cursorVisible: false })
  })
  test('another program may ask for it', async () => {
    const driver = await console.open()
    await driver.kill('SIGTSTP').sees('no shell is there that could continue papergen')
  })
})

test('stopped by force, the console draws everything anew when it goes on', async () => {
  const driver = await console.open()
  const before = driver.screen()
  const drawn = () => driver.raw().split('\u001b[?1049h').length - 1
  expect(drawn()).toBe(1)
  await driver.kill('SIGSTOP').kill('SIGCONT')
  await expect.poll(drawn).toBe(2)
  await driver.press('j', 'k').idle()
  expect([drawn(), driver.screen()]).toEqual([2, before])
})
