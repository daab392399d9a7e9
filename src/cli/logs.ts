import { PapergenError } from '../core/errors.ts'
import type { JournalEntry, JournalQuery } from '../core/journal.ts'
import { parsePaperId } from '../core/paper.ts'
import { dayAndTime } from '../core/time-of-day.ts'
import type { Session } from './terminal.ts'

export type LogsOptions = {
  readonly follow: boolean
  /** From the past; null for all. */
  readonly lines: number | null
  readonly since: string | null
  readonly priority: number | null
  readonly grep: string | null
  readonly source: 'journal' | 'edge' | 'all'
  readonly json: boolean
}

/** `papergen logs ID`: the unit's journal, the edge's lines about the paper, or both merged by time. */
export const logs = async (session: Session, id: string, options: LogsOptions): Promise<number> => {
  const unit = parsePaperId(id)
  const wanted = matcher(options.grep)
  const queries = sourcesOf(options.source).map(
    (source): JournalQuery => ({
      unit,
      source,
      // The last lines that match are wanted, not those that match among the last.
      lines: options.grep === null || options.follow ? options.lines : null,
      follow: options.follow,
      since: options.since,
      priority: options.priority,
      afterCursor: null,
      invocation: null,
    }),
  )
  const print = (entry: JournalEntry): void =>
    session.terminal.print(options.json ? JSON.stringify(entry) : line(entry, session.terminal.zone))
  if (options.follow) {
    const printWanted = (entry: JournalEntry): void => (wanted(entry.text) ? print(entry) : undefined)
    await Promise.all(queries.map(query => each(session, query, printWanted)))
    return 0
  }
  const found = (await merged(session, queries)).filter(({ text }) => wanted(text))
  for (const entry of lastOf(found, options.lines)) print(entry)
  if (found.length === 0) session.terminal.progress(noneWords(unit, session.world.config.gpu.name))
  return 0
}

const noneWords = (unit: string, host: string): string =>
  `No lines of ${unit} were found: none were written, none match, or they were removed by now.\n  Next: journalctl --disk-usage on ${host} shows what journald keeps`

const lastOf = (entries: readonly JournalEntry[], lines: number | null): readonly JournalEntry[] =>
  lines === null ? entries : entries.slice(Math.max(0, entries.length - lines))

const sourcesOf = (source: LogsOptions['source']): readonly JournalQuery['source'][] =>
  source === 'journal' ? ['journal'] : source === 'edge' ? ['error', 'access'] : ['journal', 'error', 'access']

const each = async (session: Session, query: JournalQuery, act: (entry: JournalEntry) => void): Promise<void> => {
  for await (const entry of session.world.journal.read(query, session.signal)) act(entry)
}

const merged = async (session: Session, queries: readonly JournalQuery[]): Promise<readonly JournalEntry[]> => {
  const entries: JournalEntry[] = []
  for (const query of queries) await each(session, query, entry => entries.push(entry))
  return queries.length === 1 ? entries : entries.sort((a, b) => (a.at ?? 0) - (b.at ?? 0))
}

const line = (entry: JournalEntry, zone: number): string => {
  const at = entry.at === null ? ' '.repeat(19) : dayAndTime(entry.at, zone)
  return `${at}  ${entry.who.padEnd(10)} ${entry.text}`
}

const matcher = (pattern: string | null): ((text: string) => boolean) => {
  if (pattern === null) return () => true
  try {
    const expression = new RegExp(pattern, 'i')
    return text => expression.test(text)
  } catch (thrown) {
    throw new PapergenError({
      kind: 'bad-argument',
      what: `--grep ${JSON.stringify(pattern)}`,
      why: thrown instanceof Error ? thrown.message : 'it is no regular expression',
      hint: null,
    })
  }
}
