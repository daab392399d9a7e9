import { describe, expect, it, vi } from 'vitest'
import { command } from '../../src/core/command.ts'
import type { JournalEntry, JournalQuery } from '../../src/core/journal.ts'
import { createJournal } from '../../src/demo/journal.ts'
import { createJournalctl } from '../../src/demo/journalctl.ts'
import { analyzeTimestamp } from '../../src/demo/moment.ts'
import { createJournal as createReader } from '../../src/services/journal.ts'
import { until } from '../until.ts'
import { nameOf } from './papers.ts'
import { demoHost } from './ssh.ts'

/** papergen's journal over ssh to a demo host that has these lines. */
const reader = async (...texts: string[]) => {
  const journal = createJournal()
  const write = (text: string, more: { priority?: number; invocation?: string; unit?: string } = {}): void =>
    journal.write({
      unit: nameOf('a'),
      text,
      priority: 6,
      pid: 7,
      invocation: '1'.repeat(32),
      bySystemd: false,
      ...more,
    })
  for (const text of texts) write(text)
  const programs = { journalctl: createJournalctl(journal), 'systemd-analyze': analyzeTimestamp }
  const { host } = await demoHost({ programs: argv => programs[argv[0] as keyof typeof programs] ?? null })
  const { read, heard } = createReader({ shell: host.shell, scope: 'user', edgeLines: async function* () {} })
  const abort = new AbortController()
  const asked = (query: Partial<JournalQuery>) =>
    read(
      {
        ...{ unit: 'a', source: 'journal', follow: false, lines: null, since: null, priority: null },
        ...{ afterCursor: null, invocation: null, ...query },
      } as JournalQuery,
      abort.signal,
    )
  const all = async (query: Partial<JournalQuery> = {}): Promise<JournalEntry[]> => {
    const entries: JournalEntry[] = []
    for await (const entry of asked(query)) entries.push(entry)
    return entries
  }
  const texted = async (query: Partial<JournalQuery> = {}) => (await all(query)).map(({ text }) => text)
  return { write, asked, heard, all, texted, abort, journal, host }
}

describe("the demo's journalctl", () => {
  it('gives entries whole and in order, with who, when and which run', async () => {
    const { write, all } = await reader('one')
    write('확산 "two"', { priority: 3 })
    const [one, two] = await all()
    expect(one).toMatchObject({ text: 'one', who: 'marimo', priority: 6, pid: 7, invocation: '1'.repeat(32) })
    expect(two).toMatchObject({ text: '확산 "two"', priority: 3 })
    expect(Math.abs(Date.now() - (one?.at ?? 0))).toBeLessThan(10_000)
    expect(one?.cursor).not.toBe(two?.cursor)
  })

  it('keeps units, runs, priorities and the last lines apart', async () => {
    const { write, texted } = await reader('1', '2', '3')
    write('bad', { priority: 3 })
    write('again', { invocation: '2'.repeat(32) })
    write('elsewhere', { unit: nameOf('b') })
    expect(await texted({ lines: 2 })).toEqual(['bad', 'again'])
    expect(await texted({ lines: 0 })).toEqual([])
    expect(await texted({ priority: 3 })).toEqual(['bad'])
    expect(await texted({ invocation: '2'.repeat(32) })).toEqual(['again'])
    expect(await texted({ unit: 'none' })).toEqual([])
  })

  it('begins after a cursor, or at a moment, and refuses words that name none', async () => {
    const { all, texted, host } = await reader('1', '2', '3')
    const [first] = await all()
    expect(await texted({ afterCursor: first?.cursor ?? '' })).toEqual(['2', '3'])
    expect(await texted({ since: '-1h' })).toEqual(['1', '2', '3'])
    expect(await texted({ since: '-1h', lines: 1 })).toEqual(['3'])
    await expect(texted({ since: 'soon' })).rejects.toMatchObject({ problem: { kind: 'bad-argument' } })
    const direct = await host.shell.run(command('journalctl', '--user', `--user-unit=${nameOf('a')}`, '--since=soon'))
    expect(direct).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('soon') })
    expect((await host.shell.run(command('journalctl', '--help'))).code).toBe(1)
  })

  it('follows after the last lines, and is forgotten when the reader leaves', async () => {
    const { write, asked, abort, journal } = await reader('old', 'last')
    const watch = vi.spyOn(journal, 'watch')
    const heard: string[] = []
    const following = (async () => {
      for await (const { text } of asked({ follow: true, lines: 1 })) {
        heard.push(text)
        if (text === 'new 999') abort.abort()
      }
    })()
    await until(() => expect(watch).toHaveBeenCalled())
    for (let at = 0; at < 1000; at++) write(`new ${at}`)
    await following
    expect(heard).toEqual(['last', ...Array.from({ length: 1000 }, (_, at) => `new ${at}`)])
  })
})

it('says over ssh whose each line is as it comes, whatever unit it is of', async () => {
  const { write, heard, abort, journal } = await reader('old')
  const watch = vi.spyOn(journal, 'watch')
  const papers: (string | null)[] = []
  const following = (async () => {
    for await (const paper of heard(abort.signal)) {
      papers.push(paper)
      if (papers.length === 3) abort.abort()
    }
  })()
  await until(() => expect(watch).toHaveBeenCalled())
  for (const id of ['a', 'b', 'a--next']) write('new', { unit: nameOf(id) })
  await following
  expect(papers).toEqual(['a', 'b', 'a'])
})

describe('createJournal', () => {
  it('keeps no more than some thousand lines of a unit, and tells a watcher each', () => {
    const journal = createJournal()
    let heard = 0
    const stop = journal.watch('a', () => void heard++)
    const line = { unit: 'a', text: '', priority: 6, pid: 1, invocation: null, bySystemd: true }
    for (let at = 0; at < 7000; at++) journal.write(line)
    stop()
    journal.write(line)
    expect(heard).toBe(7000)
    expect(journal.of('a').length).toBeLessThanOrEqual(6000)
    expect(journal.of('a').at(-1)?.cursor).toBe(7001)
  })
})
