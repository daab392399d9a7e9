import { Writable } from 'node:stream'
import xterm from '@xterm/headless'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { clipped } from '../../src/core/clipboard.ts'
import { parseJournalLine } from '../../src/core/journal.ts'
import { notification } from '../../src/core/notification.ts'
import { screenLines } from '../../src/core/screen.ts'
import { clean } from '../../src/core/text.ts'
import { createDesktop } from '../../src/services/desktop.ts'
import { createConsoleStore } from '../../src/store.ts'
import { cellsOf } from '../console/cells.ts'
import { consoleOf, type } from '../core/console-world.ts'
import { hostileText, some } from './arbitrary.ts'

/** With CI in its environment Ink draws nothing. */
vi.hoisted(() => {
  delete process.env.CI
})
const { openScreen } = await import('../../src/views/console.tsx')

const [columns, rows] = [120, 40]
const linesAtOnce = 16
const screens = 2000 / (linesAtOnce + 4)

/** A terminal that remembers what it was told besides characters. */
const emulator = () => {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true, windowOptions: { pushTitle: true, popTitle: true } }) // biome-ignore format: one call
  const told: string[] = []
  const idle = { handled: -1, listeners: new Set<() => void>() }
  for (const number of [0, 1, 2, 4, 7, 8, 9, 10, 11, 12, 52, 104, 133, 777, 1337])
    terminal.parser.registerOscHandler(number, data => {
      const [, handled] = /^papergen;idle;(\d+)$/.exec(data) ?? []
      if (number === 777 && handled !== undefined) idle.handled = Number(handled)
      else told.push(`${number};${data}`)
      for (const listener of idle.listeners) listener()
      return false
    })
  terminal.onBell(() => told.push('bell'))
  for (const final of ['p', 'q', 'S', 'T', 'n', 'c', 'r', 't', '@', 'L', 'M', 'P', 'X', 'i'])
    terminal.parser.registerCsiHandler({ final }, params => void told.push(`CSI ${params.join(';')} ${final}`) === true)
  terminal.parser.registerDcsHandler({ final: 'q' }, () => void told.push('DCS') === true)
  const write = (text: string): Promise<void> => new Promise(resolve => terminal.write(text, resolve))
  return { terminal, told, idle, write }
}

const world = (titles: readonly string[]) =>
  consoleOf(Object.fromEntries(titles.map((title, at) => [`paper-${at}`, { entry: { port: 27000 + at, title } }])), {}, [columns, rows]) // biome-ignore format: one call

/** The console's own screen, drawn by Ink into the emulator. */
const opened = () => {
  const screen = emulator()
  const stdout = Object.assign(new Writable({ decodeStrings: false, write: (chunk, _, done) => screen.terminal.write(chunk, done) }), { isTTY: true, columns, rows }) as unknown as NodeJS.WriteStream // biome-ignore format: one stream
  const stdin = Object.assign(new Writable(), { isTTY: true, setRawMode: () => stdin, setEncoding: () => stdin, ref: () => stdin, unref: () => stdin, read: () => null, resume: () => stdin, pause: () => stdin }) as unknown as NodeJS.ReadStream // biome-ignore format: one stream
  const store = createConsoleStore(type(world(['', '', '', '']), 'l').state, () => () => {})
  const console = openScreen(store, { stdin, stdout, onKey: () => {}, tellIdle: true })
  return { ...screen, store, console }
}

let at: ReturnType<typeof opened>
beforeAll(() => {
  at = opened()
})
afterAll(() => at.store.close())

/** Until the console says that what this key changed is drawn. */
const drawn = (): Promise<void> =>
  new Promise(resolve => {
    at.store.press('f1')
    const { handled } = at.store.api.getState()
    const look = (): void => {
      if (at.idle.handled < handled) return
      at.idle.listeners.delete(look)
      resolve()
    }
    at.idle.listeners.add(look)
    look()
  })

test('2,000 hostile lines and titles leave the terminal as it was, and each in its place', {
  timeout: 120_000,
}, async () => {
  await drawn()
  const { modes } = at.terminal
  const before = JSON.stringify(modes)
  at.console.setTitle('papergen')
  for (let screen = 0; screen < screens; screen++) {
    const [titles, texts] = [some(hostileText, 4), some(hostileText, linesAtOnce)]
    const { observed } = world(titles)
    at.store.api.setState(state => ({ ...state, observed }))
    const entries = texts.flatMap(
      MESSAGE => parseJournalLine(JSON.stringify({ MESSAGE, SYSLOG_IDENTIFIER: MESSAGE })) ?? [],
    )
    at.store.dispatch({ type: 'log-lines', unit: 'paper-0', source: 'journal', entries })
    await drawn()
    const meant = screenLines(at.store.api.getState()).map(({ spans }) => spans.map(({ text }) => text).join(''))
    const shown = cellsOf(at.terminal).map(row =>
      row.map(({ text, width }) => (width === 0 ? '' : text || ' ')).join(''),
    )
    meant.forEach((line, row) => {
      // Where emulator and measure agree on how wide it is, it stands there to the last cell; nowhere is another row touched.
      if (/^[ -~─▏│…–·→↓↑▁-█▸•✓✗●○◐▲■?]*$/.test(line)) expect(shown[row]!.trimEnd()).toBe(line.trimEnd())
      else expect(shown[row]!.slice(0, 4)).toBe(line.slice(0, 4))
    })
    expect(JSON.stringify(at.terminal.modes)).toBe(before)
    expect(at.terminal.buffer.active.type).toBe('alternate')
  }
  at.console.close()
  await at.console.ended
  await at.write('')
  expect(at.terminal.modes.wraparoundMode).toBe(true)
  expect(at.terminal.buffer.active.type).toBe('normal')
  expect(at.told.filter(each => !/^CSI 2[23];2 t$|^2;papergen$/.test(each))).toEqual([])
})

test('a terminal is told what is to be copied, and the desktop what happened, and nothing else', async () => {
  const { told, terminal, write } = emulator()
  const texts = some(hostileText, 2000)
  const copied: string[] = []
  const desktop = createDesktop({ environment: {}, platform: 'linux', write: words => copied.push(words) })
  for (const text of texts) {
    desktop.copy(clipped(text))
    for (const way of ['osc9', 'osc777'] as const)
      copied.push(notification(way, { headline: text, detail: text }, false))
  }
  await write(copied.join(''))
  expect(told.map(each => each.split(';')[0])).toEqual(texts.flatMap(() => ['52', '9', '777']))
  const pasted = told
    .filter(each => each.startsWith('52;c;'))
    .map(each => Buffer.from(each.slice(5), 'base64').toString())
  expect(pasted).toEqual(texts.map(clean))
  expect([terminal.buffer.active.cursorX, terminal.buffer.active.cursorY]).toEqual([0, 0])
})
