import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Driver } from './driver.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()

/** The ids the grid lists, from top to bottom. */
const listed = (driver: Driver): string[] =>
  driver.screen().flatMap(line => /^[▸ ][• ][✓…~✗≠■?] (\S+)/.exec(line)?.[1] ?? [])
const marked = (driver: Driver): string[] =>
  driver.screen().flatMap(line => /^[▸ ]•[✓…~✗≠■?] (\S+)/.exec(line)?.[1] ?? [])
const cursor = (driver: Driver): string => /^▸.. (\S+)/m.exec(driver.screen().join('\n'))?.[1] ?? ''
const bar = (driver: Driver): string => driver.screen().at(-1) ?? ''

const byUrgency = 'diffusion-101 mamba flow-matching Thesis_2024 kalman graph-nets attention sampling'.split(' ')

describe('the grid', () => {
  test('lists what needs a hand first, and begins there', async () => {
    const driver = await console.open()
    expect(listed(driver)).toEqual(byUrgency)
    expect(cursor(driver)).toBe('diffusion-101')
  })

  test('j, k, g, G and the arrows move the cursor and stop at the ends', async () => {
    const driver = await console.open().press('j', 'down').idle()
    expect(cursor(driver)).toBe('flow-matching')
    await driver.press('k', 'up', 'up').idle()
    expect(cursor(driver)).toBe('diffusion-101')
    await driver.press('G', 'j').idle()
    expect(cursor(driver)).toBe('sampling')
    await driver.press('g').idle()
    expect(cursor(driver)).toBe('diffusion-101')
  })

  test('the key bar says what the paper at the cursor asks for', async () => {
    const driver = await console.open()
    expect(bar(driver)).toMatch(/^ r restart \(exit 1\) /)
    await driver.select('flow-matching')
    expect(bar(driver)).toMatch(/^ x repair \(readers get 502\) /)
  })

  test('/ filters while it is typed, by column and inverted, Esc shows all again', async () => {
    const driver = await console.open().press('/').type('확산').idle()
    expect(listed(driver)).toEqual(['diffusion-101'])
    await driver.press('backspace', 'backspace').type('unit:failed').press('enter').idle()
    expect(listed(driver)).toEqual(['diffusion-101', 'mamba'])
    expect(driver.screen().join('\n')).toContain('filter (regex in unit): unit:failed')
    await driver.press('/', 'esc').idle().press('/').type('!verdict:failing').press('enter').idle()
    expect(listed(driver)).toEqual(byUrgency.slice(2))
    await driver.press('esc').idle()
    expect(listed(driver)).toEqual(byUrgency)
  })

  test('/ ~ finds letters in their order, also in one column and inverted; the title says which kind is at work', async () => {
    const driver = await console.open().press('/').type('~grph').idle()
    expect(listed(driver)).toEqual(['graph-nets'])
    expect(bar(driver)).toContain('/~grph▏   fuzzy ')
    await driver.press('enter').sees('filter (fuzzy): ~grph')
    await driver.press('esc').idle().press('/').type('!verdict:~flng').press('enter').idle()
    expect(listed(driver)).toEqual(byUrgency.slice(2))
    await driver.sees('filter (not fuzzy in verdict): !verdict:~flng')
    await driver.resize(40, 15).sees('── filter (not fuzzy in verdi')
    await driver.press('esc').idle().press('/').type('(a').press('enter').sees('filter (literal): (a')
    await driver.misses('sort: verdict')
  })

  test('shows the columns of the config in their order, as many as fit, and sorts by another all the same', async () => {
    const driver = await console.open({ columns: ['paper', 'unit', 'port', 'up', 'verdict'] })
    expect(driver.screen().join('\n')).toMatch(/^ {4}PAPER +UNIT +PORT +UP +VERDICT ▴$/m)
    expect(driver.screen().join('\n')).toMatch(/^▸.. diffusion-101 +failed +27003 +– +failing: exit 1/m)
    await driver.press('s').sees(/PAPER ▴ +UNIT/)
    await driver.press(':').type('sort by title').press('enter').sees('sort: title ▴')
    await driver.misses(/[A-Z] ▴/)
    await driver.resize(40, 15).sees(/^ {4}PAPER +UNIT *$/m)
  })

  test.each([
    [[], 120, '»'],
    [[], 80, '»'],
    [[], 40, '»'],
    [['--ascii'], 80, '"'],
    [['--no-color'], 80, '»'],
  ])('a paper whose journal moves has a sign beside it for some seconds, %j at %i', async (flags, columns, sign) => {
    const acts = ['moves', 'moves', 'later'] as const
    const driver = await console.open({ acts }, { flags, columns, rows: 24 })
    const rest = driver.screen().filter(row => !row.includes('graph-nets'))
    await driver.kill('SIGUSR2').sees(new RegExp(`^.. . graph-nets *${sign} `.replace('.. .', '.[ •*][~]'), 'm'))
    expect(driver.screen().filter(row => !row.includes('graph-nets'))).toEqual(rest)
    // It goes on moving, and nothing is drawn.
    const before = driver.raw().length
    await driver.kill('SIGUSR2').press('z').idle()
    expect(driver.screen().find(row => row.includes('graph-nets'))).toContain(`${sign} `)
    expect(driver.raw().slice(before)).not.toContain('graph-nets')
    await driver.kill('SIGUSR2').misses(sign)
  })

  test('s sorts by the next column and S turns it round; the cursor stays on its paper', async () => {
    const driver = await console.open().press('s').idle()
    expect(listed(driver)).toEqual([...byUrgency].sort())
    expect(cursor(driver)).toBe('diffusion-101')
    await driver.press('S').idle()
    expect(listed(driver)).toEqual([...byUrgency].sort().reverse())
  })

  test('what was arranged is there again in the next console', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'papergen-memory-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const env = { PAPERGEN_TEST_MEMORY: join(folder, 'console.json') }
    const driver = await console.open({}, { env }).press('s', 'S', 'f').idle()
    await driver.press('q').exited()
    expect(listed(await console.open({}, { env }))).toEqual([...byUrgency.slice(0, -2)].sort().reverse())
  })

  test('f leaves out what is ok', async () => {
    const driver = await console.open().press('f').idle()
    expect(listed(driver)).toEqual(byUrgency.slice(0, -2))
  })

  test('space marks one, * all shown, Esc none', async () => {
    const driver = await console.open().press('space', 'j', 'j', 'space').idle()
    expect(marked(driver)).toEqual(['diffusion-101', 'flow-matching'])
    await driver.press('*').idle()
    expect(marked(driver)).toEqual(byUrgency)
    await driver.press('esc').idle()
    expect(marked(driver)).toEqual([])
  })
})

describe('what papergen refuses', () => {
  test.each([
    ['r', 'r restart: papergen runs with --read-only'],
    ['R', 'R restart failing: papergen runs with --read-only'],
    ['u', 'u unpublish: papergen runs with --read-only'],
    ['x', 'x repair: papergen runs with --read-only'],
    ['p', 'p publish: papergen runs with --read-only'],
  ])('%s says why in a read-only world', async (key, words) => {
    const driver = await console.open({ readOnly: true }).press(key).idle()
    expect(bar(driver).trim()).toBe(words)
  })

  test('an id it did not make is seen, not acted on', async () => {
    const driver = await console.open().select('Thesis_2024').press('r').idle()
    expect(bar(driver)).toContain('"Thesis_2024" is no id papergen acts on')
  })

  test('u needs the edge, r does not', async () => {
    const driver = await console.open({ acts: ['edge-down'] })
    await driver.kill('SIGUSR2').sees('son-wtr ○ reconnecting in 4 s').press('u').idle()
    expect(bar(driver)).toMatch(/^ u unpublish: son-wtr cannot be reached/)
  })

  test('a key that does nothing says so', async () => {
    const driver = await console.open().press('w').idle()
    expect(bar(driver)).toContain('w does nothing here')
  })
})

describe('help and hop chain', () => {
  test('? shows the keys, Esc goes back to the same screen', async () => {
    const driver = await console.open()
    const before = driver.screen()
    await driver.press('?').idle()
    expect(driver.screen().join('\n')).toMatch(/Help[\s\S]*the hop chain: where a paper breaks/)
    await driver.press('esc').idle()
    expect(driver.screen()).toEqual(before)
  })

  test('a small screen scrolls through the help to its end', async () => {
    const driver = await console.open({}, { columns: 40, rows: 15 }).press('?').idle()
    expect(driver.screen().join('\n')).not.toContain('Ctrl-C')
    await driver.press('G').idle()
    expect(driver.screen().join('\n')).toMatch(/on trial[\s\S]*stand-in[\s\S]*its place/)
    await driver.press('g').idle()
    expect(driver.screen().join('\n')).toMatch(/✓ ok[\s\S]*restart/)
  })

  test('Enter shows where a paper breaks, and what mends it', async () => {
    const driver = await console.open().select('flow-matching').press('enter').idle()
    const screen = driver.screen().join('\n')
    expect(screen).toMatch(/unit +✓ active/)
    expect(screen).toMatch(/nginx +✗ → 27005/)
    expect(screen).toMatch(/public +✗ 502/)
    expect(screen).toContain('route → 27005, the registry says 27004')
  })
})

describe('nothing published', () => {
  test('the first step is explained in the place of the grid', async () => {
    const driver = await console.open({ only: [] })
    expect(driver.screen().join('\n')).toContain('p publishes a notebook')
  })
})
