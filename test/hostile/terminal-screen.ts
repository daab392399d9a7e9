import { Writable } from 'node:stream'
import xterm from '@xterm/headless'
import { type JournalEntry, parseJournalLine, parseNginxErrorLine } from '../../src/core/journal.ts'
import { reduce } from '../../src/core/reduce.ts'
import { screenLines } from '../../src/core/screen.ts'
import type { State } from '../../src/core/state.ts'
import { createConsoleStore } from '../../src/store.ts'
import type { openScreen } from '../../src/views/console.tsx'
import { consoleOf, reportOf, type } from '../core/console-world.ts'
import { now } from '../core/world.ts'

/** The console's own screen, drawn by Ink into a terminal emulator. */

const [columns, rows] = [110, 112]
/** As many texts as each kind of screen has room for. */
export const atOnce = 80

/** A terminal that remembers what it was told besides characters. */
export const emulator = () => {
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

/** @param open given, since Ink must be loaded by whoever has cleared its environment */
export const opened = (open: typeof openScreen) => {
  const screen = emulator()
  const stdout = Object.assign(new Writable({ decodeStrings: false, write: (chunk, _, done) => screen.terminal.write(chunk, done) }), { isTTY: true, columns, rows }) as unknown as NodeJS.WriteStream // biome-ignore format: one stream
  const stdin = Object.assign(new Writable(), { isTTY: true, setRawMode: () => stdin, setEncoding: () => stdin, ref: () => stdin, unref: () => stdin, read: () => null, resume: () => stdin, pause: () => stdin }) as unknown as NodeJS.ReadStream // biome-ignore format: one stream
  const store = createConsoleStore(papersOf(['']), () => () => {})
  const console = open(store, { stdin, stdout, onKey: () => {}, tellIdle: true })
  /** Until the console says that what this key changed is drawn. */
  const drawn = (): Promise<void> =>
    new Promise(resolve => {
      store.press('f1')
      const { handled } = store.api.getState()
      const look = (): void => {
        if (screen.idle.handled < handled) return
        screen.idle.listeners.delete(look)
        resolve()
      }
      screen.idle.listeners.add(look)
      look()
    })
  const show = (state: State): Promise<void> => {
    const { handled } = store.api.getState()
    store.api.setState({ ...state, handled }, true)
    return drawn()
  }
  return { ...screen, store, console, drawn, show }
}

/** What each row is meant to hold, and what the emulator holds in it. */
export const rowsOf = ({ store, terminal }: ReturnType<typeof opened>) => ({
  meant: screenLines(store.api.getState()).map(({ spans }) => spans.map(({ text }) => text).join('')),
  shown: textsOf(terminal),
})

/** As rows of another terminal, each written at its place by itself; what is too long for it is cut, as the console's is. */
export const alone = async (lines: readonly string[]): Promise<readonly string[]> => {
  const { terminal, write } = emulator()
  await write(`\u001b[?7l${lines.map((text, row) => `\u001b[${row + 1};1H${text}`).join('')}`)
  return textsOf(terminal)
}

const textsOf = ({ buffer: { active } }: xterm.Terminal): readonly string[] =>
  Array.from({ length: rows }, (_, row) => active.getLine(active.viewportY + row)!.translateToString(false))

const papersOf = (titles: readonly string[], ids: readonly string[] = titles.map((_, at) => `paper-${at}`)): State =>
  consoleOf(Object.fromEntries(ids.map((id, at) => [id, { entry: { port: 27000 + at, title: titles[at] ?? null } }])), {}, [columns, rows]) // biome-ignore format: one call

const logOf = (keys: readonly string[], entries: readonly JournalEntry[]): State => {
  const { state } = type(papersOf(['']), ...keys, 'tab', 'z')
  const log = state.log!
  return reduce(state, { type: 'log-lines', unit: log.unit, source: log.source, entries })
}

/** Whatever reaches the terminal, each in the place where most of it is seen. Every text begins with a mark of its own. */
export const screens: Readonly<Record<string, (texts: readonly string[]) => State>> = {
  'lines of a journal': texts =>
    logOf(
      ['l'],
      texts.flatMap(MESSAGE => parseJournalLine(JSON.stringify({ MESSAGE, SYSLOG_IDENTIFIER: 'marimo' })) ?? []),
    ),
  'headers of requests': texts =>
    logOf(
      ['l', 'e'],
      texts.map(text => parseNginxErrorLine(`2026/11/23 07:26:15 [error] 7#7: *1 no answer, host: "${text}"`)),
    ),
  'ids and titles of papers': texts => papersOf(texts, texts),
  'paths and titles of notebooks': texts => listOf(texts, texts),
  'words of other machines': texts => {
    const step = { id: 'x', title: 'Ask', state: 'running', startedAt: now, endedAt: null, effects: [] } as const
    const steps = texts.map(text => ({ ...step, output: [text] }))
    return { ...papersOf(['']), operation: reportOf({ kind: 'running' }, { steps: steps as never }) }
  },
} // biome-ignore format: a table

const listOf = (paths: readonly string[], titles: readonly string[]): State =>
  reduce(type(papersOf(['']), 'p').state, {
    type: 'notebooks',
    notebooks: paths.map((path, at) => ({ path, mtimeMs: now, title: titles[at]! })),
  })
