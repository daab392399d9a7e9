import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { clipped } from '../../src/core/clipboard.ts'
import { notification } from '../../src/core/notification.ts'
import { cells, clean } from '../../src/core/text.ts'
import { createDesktop } from '../../src/services/desktop.ts'
import { hostileText, some, steers } from './arbitrary.ts'
import { alone, atOnce, emulator, opened, rowsOf, screens } from './terminal-screen.ts'

/** With CI in its environment Ink draws nothing. */
vi.hoisted(() => {
  delete process.env.CI
})
const { openScreen } = await import('../../src/views/console.tsx')

let at: ReturnType<typeof opened>
beforeAll(async () => {
  at = opened(openScreen)
  await at.drawn()
  at.console.setTitle('papergen')
})
afterAll(() => at.store.close())

const count = 2000

/** What takes no room by one measure and some by another; Ink leaves some of it out. */
const roomless = /[\p{M}\p{Default_Ignorable_Code_Point}]/gu
let wide = 0

/** To the last cell, wide characters too, a row is what a terminal shows that was given this row alone. */
const isRow = (line: string, shown: string, alone: string): boolean => {
  const odd = line.match(roomless)?.length ?? 0
  if (odd === 0) {
    if (cells(line) > line.length) wide++
    return shown === alone && (!/^[ -~─▏│…–·→↓↑▁-█▸•✓✗●○◐▲■?━]*$/.test(line) || shown.trimEnd() === line.trimEnd())
  }
  const [short, long] = [shown, alone]
    .map(row => row.replace(roomless, '').trimEnd())
    .sort((a, b) => a.length - b.length)
  // What the one leaves out may let the other show more of its end.
  return long!.startsWith([...short!].slice(0, -2 * odd).join(''))
}

test.each(Object.keys(screens))(
  '%s: 2,000 hostile ones leave the terminal as it was, and each in its place',
  {
    timeout: 60_000,
  },
  async kind => {
    const before = JSON.stringify(at.terminal.modes)
    const texts = some(hostileText, count)
    for (let from = 0; from < count; from += atOnce) {
      const marks = Array.from({ length: atOnce }, (_, n) => `#${1000 + from + n}:`)
      await at.show(screens[kind]!(marks.map((mark, n) => `${mark}${texts[from + n]}`)))
      const { meant, shown } = rowsOf(at)
      expect(meant.filter(line => steers.test(line))).toEqual([])
      const all = shown.join('\n')
      expect(marks.filter(mark => !all.includes(mark))).toEqual([])
      const single = await alone(meant)
      const astray = meant.flatMap((line, row) =>
        isRow(line, shown[row]!, single[row]!) ? [] : [[line, shown[row], single[row]]],
      )
      expect(astray).toEqual([])
      expect(JSON.stringify(at.terminal.modes)).toBe(before)
      expect(at.terminal.buffer.active.type).toBe('alternate')
    }
  },
)

test('rows with wide characters were among those compared to the last cell', () => expect(wide).toBeGreaterThan(100))

test('afterwards the terminal is given back, and was told nothing but the title', async () => {
  at.console.close()
  await at.console.ended
  await at.write('')
  expect(at.terminal.modes.wraparoundMode).toBe(true)
  expect(at.terminal.buffer.active.type).toBe('normal')
  expect(at.told.filter(each => !/^CSI 2[23];2 t$|^2;papergen$/.test(each))).toEqual([])
})

test('a sequence that came through would be seen', async () => {
  const told = async (text: string) => {
    const one = emulator()
    await one.write(`\u001b[3;1H${text}`)
    return {
      told: one.told,
      row: (await alone(['', '', text]))[2]!.trimEnd(),
      modes: one.terminal.modes,
      isAlternate: one.terminal.buffer.active.type === 'alternate',
    }
  }
  expect((await told('a\u001b]52;c;eA==\u0007')).told).toEqual(['52;c;eA=='])
  expect((await told('a\u001b[?1049hb')).isAlternate).toBe(true)
  expect((await told('a\u001b[?2004hb')).modes.bracketedPasteMode).toBe(true)
  expect((await told('ab\u001b[Hc')).row).toBe('ab')
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
