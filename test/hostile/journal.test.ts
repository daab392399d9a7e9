import fc from 'fast-check'
import { expect } from 'vitest'
import type { JournalEntry } from '../../src/core/journal.ts'
import { parseAccessLine, parseJournalLine, parseNginxErrorLine } from '../../src/core/journal.ts'
import { linesOf } from '../../src/core/lines.ts'
import { allShown, bareTextOf, savePath, textOf } from '../../src/core/log-text.ts'
import { reduce } from '../../src/core/reduce.ts'
import { screenLines } from '../../src/core/screen.ts'
import { clean } from '../../src/core/text.ts'
import { dayAndTime } from '../../src/core/time-of-day.ts'
import { consoleOf, type } from '../core/console-world.ts'
import { hostileLines, hostileText, steers } from './arbitrary.ts'
import { isDrawable, property } from './cases.ts'

const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)]

/** As journald gives a field: a text, its bytes, none of it, one given twice; and what it never gave yet. */
const field: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 2, arbitrary: hostileText.map(bytesOf) },
  fc.constant(null),
  fc.array(fc.oneof(hostileText, hostileText.map(bytesOf)), { maxLength: 3 }),
  fc.array(fc.integer({ min: -1, max: 300 }), { maxLength: 4 }),
  fc.json().map(text => JSON.parse(text) as unknown),
  fc.constantFrom('1', '6', '3', '99999999999999999999', '1795418620100000', '-1', '7', '8'),
)

const names = ['MESSAGE', 'PRIORITY', 'SYSLOG_IDENTIFIER', '_COMM', '_PID', '_SYSTEMD_INVOCATION_ID', 'INVOCATION_ID', 'USER_UNIT', '__REALTIME_TIMESTAMP', '__CURSOR'] // biome-ignore format: one list

const record = fc.record(Object.fromEntries(names.map(name => [name, field])), { requiredKeys: [] })

const look = ({ at, who, text, priority, pid, cursor, invocation }: JournalEntry): void => {
  expect(who).toSatisfy(isDrawable)
  expect(text).toSatisfy(isDrawable)
  // `logs --json` prints all of it.
  expect(`${cursor} ${invocation}`).toSatisfy(isDrawable)
  expect([0, 1, 2, 3, 4, 5, 6, 7]).toContain(priority)
  expect(pid === null || Number.isSafeInteger(pid)).toBe(true)
  if (at !== null) expect(dayAndTime(at, 540)).toSatisfy(isDrawable)
}

property('journal lines', record, fields => {
  const entry = parseJournalLine(JSON.stringify(fields))!
  look(entry)
  // What the paper wrote is what is shown, whichever way journald gave it.
  if (typeof fields.MESSAGE !== 'string') return
  const shown = clean(fields.MESSAGE).replaceAll('\n', ' ').trimEnd()
  expect(entry.text).toBe(shown)
  expect(parseJournalLine(JSON.stringify({ MESSAGE: bytesOf(fields.MESSAGE) }))!.text).toBe(shown)
})

const deep = fc.integer({ min: 1, max: 100_000 }).map(depth => `{"MESSAGE":${'['.repeat(depth)}${']'.repeat(depth)}}`)

property(
  'lines that are no journal lines',
  fc.oneof({ weight: 40, arbitrary: hostileText }, { weight: 10, arbitrary: fc.json() }, deep),
  line => {
    const entry = parseJournalLine(line)
    if (entry !== null) look(entry)
  },
)

const digits = fc.stringMatching(/^\d{1,20}$/)
const errorLine = fc.tuple(digits, hostileText).map(([number, text]) => `${number.padStart(4, '2').slice(0, 4)}/11/23 07:26:15 [error] ${number}#1: ${text}`) // biome-ignore format: one chain
const accessLine = fc.tuple(hostileText, digits, hostileText).map(([client, number, text]) => `${client} - - [23/Nov/${number.padStart(4, '0').slice(0, 4)}:07:26:15 +0900] "GET /${text} HTTP/1.1" 502 ${number} "-" "${text}"`) // biome-ignore format: one chain

property('lines of nginx', fc.oneof(errorLine, accessLine, hostileText), line => {
  look(parseNginxErrorLine(line, 540))
  look(parseAccessLine(line))
})

const marimo = fc.constantFrom('Traceback (most recent call last):', '  File "a.py", line 1', 'ValueError: boom', '[E 261123 14:02:00 runtime:1] (error_id=1) ') // biome-ignore format: one list

/** A pane with such lines, moved to the right, wrapped, searched and selected; drawn, copied and saved. */
property(
  'logs on the screen',
  fc.tuple(
    fc.array(
      fc.oneof(
        record,
        marimo.map(MESSAGE => ({ MESSAGE, _PID: '5' })),
        hostileText.map(MESSAGE => ({ MESSAGE, _PID: '5' })),
      ),
      { maxLength: 30 },
    ),
    fc.constantFrom('w', 't', 'right', '/', 'enter', 'v'),
    fc.constantFrom('.', '한', 'e', '\\p{L}', '[^a]'),
    fc.integer({ min: 40, max: 160 }),
  ),
  ([fields, key, find, columns]) => {
    const entries = fields.flatMap(each => parseJournalLine(JSON.stringify(each)) ?? [])
    const opened = type(consoleOf({ attention: {} }, { zone: 540 }, [columns, 24]), 'l', 'tab').state
    const filled = reduce(opened, { type: 'log-lines', unit: 'attention', source: 'journal', entries })
    const { state } = type(filled, '/', ...find, 'enter', key, 'k')
    for (const { spans } of screenLines(state)) for (const { text } of spans) expect(text).toSatisfy(isDrawable)
    const pane = state.log!
    expect(textOf(pane, allShown(pane), 540)).not.toMatch(steers)
    expect(bareTextOf(pane, allShown(pane))).not.toMatch(steers)
    expect(savePath({ ...pane, units: [find] }, Date.UTC(2026, 1), 0)).toMatch(/^~\/papergen-[\w-]*-\d{8}-\d{6}\.log$/)
  },
)

property(
  'bytes as lines',
  fc.tuple(hostileLines, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 })),
  async ([text, sizes]) => {
    const bytes = new TextEncoder().encode(text)
    const chunks = async function* () {
      for (let at = 0, next = 0; at < bytes.length; next++) {
        const end = at + sizes[next % sizes.length]!
        yield bytes.subarray(at, end)
        at = end
      }
    }
    const found: string[] = []
    for await (const line of linesOf(chunks())) found.push(line)
    const whole = new TextDecoder().decode(bytes)
    expect(found).toEqual((whole.endsWith('\n') ? whole.slice(0, -1) : whole).split('\n').slice(whole === '' ? 1 : 0))
  },
)
