import { expect, it } from 'vitest'
import { parseTimestamp, timestampArgs } from '../../src/core/journal.ts'
import { analyzeTimestamp, parseMoment } from '../../src/demo/moment.ts'

const now = new Date('2026-11-23T12:00:00').getTime()
const at = (words: string): number => new Date(words).getTime()

it.each([
  ['now', now],
  ['today', at('2026-11-23T00:00:00')],
  ['yesterday', at('2026-11-22T00:00:00')],
  ['-1h', now - 3_600_000],
  ['-90s', now - 90_000],
  ['10 min ago', now - 600_000],
  ['2 hours ago', now - 7_200_000],
  ['1 day ago', now - 86_400_000],
  ['2026-11-23', at('2026-11-23T00:00:00')],
  ['2026-11-23 07:00', at('2026-11-23T07:00:00')],
  ['2026-11-23 07:00:09', at('2026-11-23T07:00:09')],
  ['5 min', null],
  ['soon', null],
  ['2026-13-01', null],
  ['', null],
])('%j is %d', (words, moment) => {
  expect(parseMoment(words, now)).toBe(moment)
})

const analyze = async (words: string): Promise<{ code: number; said: string; complained: string }> => {
  const told = { said: '', complained: '' }
  const io = {
    stdin: process.stdin,
    out: (text: string) => {
      told.said += text
    },
    err: (text: string) => {
      told.complained += text
    },
    gone: new AbortController().signal,
  }
  return { code: await analyzeTimestamp(timestampArgs(words).argv, io), ...told }
}

it('answers as systemd-analyze does', async () => {
  expect(parseTimestamp((await analyze('2026-11-23 07:00')).said)).toBe(at('2026-11-23T07:00:00'))
  expect(await analyze('soon')).toEqual({ code: 1, said: '', complained: 'Failed to parse "soon"\n' })
})
