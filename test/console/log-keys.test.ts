import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { DriveOptions, Driver, Steps } from './driver.ts'
import type { Scenario } from './program/hosts.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()
const home = mkdtempSync(join(tmpdir(), 'papergen-home-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const shown = (driver: Driver): string => driver.screen().join('\n')
const bar = (driver: Driver): string => driver.screen().at(-1) ?? ''
const atCursor = (driver: Driver): string => driver.screen().findLast(line => line.startsWith('▸')) ?? ''
const selected = (driver: Driver): readonly string[] =>
  driver.screen().filter((line, row) => line.includes('visit') && driver.cells()[row]?.[5]?.inverse)
const visits = (driver: Driver): readonly string[] => shown(driver).match(/visit \d+/g) ?? []

/** The focused journal of a paper. */
const inLog = (id: string, scenario: Scenario = {}, options: DriveOptions = {}): Steps =>
  console.open(scenario, options).select(id).press('l').sees(`${id} is being followed`).focus('log')

describe('/', () => {
  test('finds as one types, hides nothing, and says which of how many', async () => {
    const driver = await inLog('attention').press('/').type('visit 5').sees('11 of 11')
    expect(visits(driver).length).toBeGreaterThan(10)
    expect(shown(driver)).toMatch(/^▸.*visit 59/m)
    await driver.press('enter').sees('visit 5: 11 of 11')
    expect(shown(driver)).toMatch(/Journal: attention ── paused ── \/ visit 5: 11 of 11/)
    await driver.press('esc').misses('/ visit 5')
  })

  test('marks what was found, on its line and in it', async () => {
    const driver = await inLog('attention').press('/').type('visit 59').press('enter').idle()
    const row = driver.screen().findLastIndex(line => line.includes('visit 59 ') || line.endsWith('visit 59'))
    const marked = driver.cells()[row]?.filter(cell => cell.bg !== null)
    expect(marked?.map(({ text }) => text).join('')).toBe('visit 59')
    await driver.press('G', 'k').idle()
    expect(driver.screen().some(line => /^•.*visit 59/.test(line))).toBe(true)
  })

  test('takes a regex, and what is none word for word', async () => {
    const driver = await inLog('attention').press('/').type('visit (1|2)$').sees('2 of 2').press('esc').idle()
    await driver.press('/').type('(').sees('nothing, word for word')
  })

  test('takes every character, those that are keys too; Esc leaves as it was, and empties nothing else', async () => {
    const driver = await inLog('attention').press('/').type('q8lezr?:& S').idle()
    expect(bar(driver)).toContain('/q8lezr?:& S▏')
    await driver.press('esc').sees('── following ━━')
    await driver.press('/', 'x', 'backspace', 'backspace').idle()
    expect(bar(driver)).toContain('/ find')
  })

  test('Ctrl-C quits as ever', async () => {
    await inLog('attention').press('/', 'a', 'ctrl-c').exited()
  })
})

describe('n N', () => {
  test('go to the next and the previous hit, and say when they begin anew', async () => {
    const driver = await inLog('attention').press('/').type('visit 5\\d').press('enter').sees('10 of 10')
    await driver.press('N').sees('9 of 10').press('n', 'n').sees('1 of 10, wrapped to the start')
    expect(atCursor(driver)).toContain('visit 50')
    await driver.press('N').sees('10 of 10, wrapped to the end')
    await driver.press('/').type('nowhere').press('enter', 'n').sees('Nothing here has nowhere.')
  })

  test('say why they cannot act', async () => {
    await inLog('attention').press('n').sees('nothing is searched for: / finds')
  })
})

describe('&', () => {
  test('hides what does not match, names itself in the heading, and Esc clears it', async () => {
    const driver = await inLog('attention').press('&').type('visit 1').press('enter').sees('── & visit 1 ━━')
    expect(new Set(visits(driver)).size).toBe(11)
    expect(shown(driver)).toContain('11 of 62 lines')
    await driver.press('esc').misses('& visit 1').sees('62 lines')
  })

  test('! inverts, and what comes is filtered as well', async () => {
    const driver = await inLog('attention', { acts: ['lines'] })
      .press('&')
      .type('!visit|burst line \\d*[1-9] of')
      .press('enter')
      .idle()
    await driver.kill('SIGUSR2').sees('52 of 562 lines')
    expect(visits(driver)).toEqual([])
    expect(shown(driver)).toContain('burst line 500 of 500')
  })

  test('what matches nothing is said', async () => {
    await inLog('attention').press('&').type('nowhere').press('enter').sees('No line matches; Esc takes back')
  })
})

describe('1-8', () => {
  test.each([
    ['1', '── emerg ━━'],
    ['2', '── alert and worse ━━'],
    ['3', '── crit and worse ━━'],
    ['4', '── err and worse ━━'],
    ['5', '── warning and worse ━━'],
    ['6', '── notice and worse ━━'],
    ['7', '── info and worse ━━'],
  ])('%s is %s, and 8 shows all again', async (key, chip) => {
    await inLog('mamba').press(key).sees(chip).press('8').misses(chip)
  })

  test('show a priority and what is more urgent; cell errors are errors', async () => {
    const driver = await inLog('mamba').press('4').sees('── err and worse ━━')
    expect(shown(driver)).toContain('einops')
    expect(visits(driver)).toEqual([])
    await driver.press('6').sees('Main process exited').press('8').misses('and worse').sees('visit')
    await driver.press('1').sees('── emerg ━━').press('esc').misses('── emerg ━━')
    await driver.press('esc', 'g').idle()
    await driver
      .select('graph-nets')
      .press('l')
      .sees('graph-nets is being')
      .focus('log')
      .press('4')
      .sees('21 of 86 lines')
  })
})

describe('long lines', () => {
  test('w wraps them, and cuts them again; arrows move them', async () => {
    const driver = await inLog('attention', { acts: ['long'] })
      .kill('SIGUSR2')
      .sees('begin 0123')
    expect(shown(driver)).not.toContain('the-end')
    expect(shown(driver)).toMatch(/begin .*…/)
    await driver.press('w').sees('the-end').press('w').misses('the-end')
    await driver.press(...Array<string>(13).fill('right')).sees('the-end')
    await driver
      .press(...Array<string>(13).fill('left'))
      .misses('the-end')
      .sees('begin 0123')
  })
})

describe('t', () => {
  test('shows the time, date and time, none', async () => {
    const driver = await inLog('attention').press('t').sees('2026-11-23 14:02:01  marimo')
    await driver
      .press('t')
      .misses('14:02:01')
      .press('t')
      .sees(/^▸14:02:01 {2}marimo/m)
  })
})

describe('y', () => {
  const copies = (driver: Driver): readonly string[] =>
    [...driver.raw().matchAll(/\u001b\]52;c;([^\u0007]*)\u0007/g)].map(([, base64]) =>
      Buffer.from(base64 ?? '', 'base64').toString(),
    )

  test('copies the line at the cursor, and says what', async () => {
    const driver = await inLog('attention')
      .press('k', 'y')
      .sees('Copied the line: GET /thesis/attention/ 200, visit 60')
    expect(copies(driver)).toEqual(['GET /thesis/attention/ 200, visit 60'])
  })

  test('copies all of a closed cell error, of an open one the line', async () => {
    const driver = await inLog('graph-nets')
      .press('k', 'y')
      .sees('Copied 7 lines')
      .press('enter', 'y')
      .sees('Copied the line')
    const [closed, open] = copies(driver)
    expect(closed).toMatch(/^Traceback \(most recent call last\):\n[\s\S]*\nValueError: boom\n.*boom$/)
    expect(closed?.split('\n')).toContain(open)
  })

  test('copies what v selected', async () => {
    const driver = await inLog('attention').press('k', 'v', 'k', 'k').idle()
    expect(selected(driver)).toHaveLength(3)
    await driver.press('y').sees('Copied 3 lines')
    expect(
      copies(driver)[0]
        ?.split('\n')
        .map(line => line.slice(-8)),
    ).toEqual(['visit 58', 'visit 59', 'visit 60'])
    expect(selected(driver)).toEqual([])
  })

  test('nothing a paper writes reaches the clipboard, the title or the screen as a sequence', async () => {
    const driver = await inLog('attention', { acts: ['hostile'] })
      .kill('SIGUSR2')
      .sees('bell')
    for (const words of ['clipboard', 'title', 'cleared', 'C1', 'abc bidi', '한국어 日本語 wide', 'bell backnul'])
      expect(shown(driver)).toContain(words)
    await driver.press('v', 'k', 'k', 'k', 'k', 'k', 'k', 'y').sees('Copied 7 lines')
    expect(copies(driver)).toHaveLength(1)
    expect(copies(driver)[0]).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    expect(driver.title()).not.toContain('evil')
  })
})

describe('S', () => {
  const env = { HOME: home }

  test('saves the lines shown to a new file, named before it is written', async () => {
    const driver = await inLog('attention', {}, { env }).press('&').type('visit 1$').press('enter', 'S').idle()
    expect(bar(driver)).toContain('Save on this machine to ~/papergen-attention-20261123-140200.log')
    await driver.press('enter').sees('Saved 1 line to ~/papergen-attention-20261123-140200.log')
    const file = join(home, 'papergen-attention-20261123-140200.log')
    expect(readFileSync(file, 'utf8')).toBe('2026-11-23 14:00:30 marimo: GET /thesis/attention/ 200, visit 1\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await driver.press('S', 'enter').sees('Saved 1 line to ~/papergen-attention-20261123-140200-2.log')
  })

  test('another name can be typed; one that cannot be written says why', async () => {
    writeFileSync(join(home, 'taken'), 'kept')
    const driver = await inLog('attention', {}, { env })
      .press('S', ...Array<string>(80).fill('backspace'))
      .idle()
    expect(bar(driver)).toContain('f pause')
    const clear = Array<string>('~/papergen-attention-20261123-140200.log'.length - 2).fill('backspace')
    await driver
      .press('S', ...clear)
      .type('taken')
      .press('enter')
      .sees('Not saved: ~/taken: it is there already')
    expect(readFileSync(join(home, 'taken'), 'utf8')).toBe('kept')
    await driver
      .press('S', ...clear)
      .type('no/where')
      .press('enter')
      .sees('there is no such folder')
    await driver
      .press('S', ...clear)
      .type('mine.log')
      .press('enter')
      .sees('Saved 62 lines to ~/mine.log')
    expect(readdirSync(home)).toContain('mine.log')
  })
})

describe('moving', () => {
  test('j k move the cursor, the lines only when it leaves the screen; pages too', async () => {
    const driver = await inLog('attention').press('k').idle()
    const before = visits(driver)
    await driver.press('k', 'k', 'j').idle()
    expect(visits(driver)).toEqual(before)
    expect(atCursor(driver)).toContain('visit 59')
    await driver.press('pageup', 'pageup').idle()
    expect(visits(driver)).not.toEqual(before)
    await driver.press('g').idle()
    expect(atCursor(driver)).toContain('Started papergen-attention')
    await driver.press('pagedown').idle()
    expect(atCursor(driver)).toMatch(/visit 1\d/)
    await driver.press('G').sees('── following ━━')
  })
})

describe('the help', () => {
  test("lists the log's keys when the log has the focus", async () => {
    const driver = await inLog('attention').press('?').sees('━━ Help ━━')
    for (const words of [
      'find as you type',
      'show only what matches',
      'this run, the one before',
      'save the lines shown',
    ])
      expect(shown(driver)).toContain(words)
    await driver.press('esc').misses('━━ Help ━━').focus('grid').press('?').sees('keys of its own: Tab to it, then ?')
  })
})
