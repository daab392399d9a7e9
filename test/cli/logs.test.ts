import { describe, expect, it } from 'vitest'
import { type LogsOptions, logs } from '../../src/cli/logs.ts'
import type { JournalEntry, JournalQuery } from '../../src/core/journal.ts'
import { journalLine } from '../core/fake-values.ts'
import { FakeWorld } from '../core/fake-world.ts'
import { sessionOn } from './session.ts'

/** Ten lines from each source, a second apart, as a journal that obeys the query gives them. */
const journal = {
  read: async function* ({ source, lines }: JournalQuery): AsyncGenerator<JournalEntry> {
    const offset = { journal: 0, error: 300, access: 600 }[source]
    const all = Array.from({ length: 10 }, (_, n) => n)
    for (const n of lines === null ? all : all.slice(-lines))
      yield { ...journalLine, source, at: n * 1000 + offset, text: `${source} ${n}` }
  },
}

const print = async (options: Partial<LogsOptions>, read = journal) => {
  const fake = new FakeWorld()
  const { session, said } = sessionOn(fake, { ...fake.world(), journal: { ...fake.world().journal, ...read } })
  const defaults: LogsOptions = {
    follow: false,
    lines: 100,
    since: null,
    priority: null,
    grep: null,
    source: 'journal',
    json: true,
  }
  expect(await logs(session, 'attention', { ...defaults, ...options })).toBe(0)
  return { texts: said.stdout.map(text => JSON.parse(text).text), stderr: said.stderr }
}

describe('logs', () => {
  it.each<[Partial<LogsOptions>, string[]]>([
    [{ lines: 2 }, ['journal 8', 'journal 9']],
    [{ lines: 1, grep: ' [34]$' }, ['journal 4']],
    [{ lines: 3, source: 'all' }, ['journal 9', 'error 9', 'access 9']],
    [{ lines: 3, source: 'edge' }, ['access 8', 'error 9', 'access 9']],
    [{ lines: 0 }, []],
    [{ lines: null, grep: ' 7$', source: 'all' }, ['journal 7', 'error 7', 'access 7']],
  ])('prints the last lines of all that match: %j', async (options, expected) => {
    expect((await print(options)).texts).toEqual(expected)
  })

  it('says so when there is nothing', async () => {
    expect((await print({ grep: 'nowhere' })).stderr).toEqual([
      expect.stringMatching(/^No lines of attention were found: .*\n {2}Next: journalctl --disk-usage/),
    ])
  })

  it('sorts out a follow line by line, its past too', async () => {
    expect((await print({ follow: true, lines: 5, grep: ' [69]$' })).texts).toEqual(['journal 6', 'journal 9'])
  })
})
