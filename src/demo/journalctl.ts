import type { Journal, Record } from './journal.ts'
import { parseMoment } from './moment.ts'
import type { Program, ProgramIo } from './programs.ts'

/** The journalctl of the demo's GPU host: what `journalArgs` and `speakersArgs` (core/journal.ts) ask. */
export const createJournalctl =
  (journal: Journal): Program =>
  async (argv, { out, err, gone }) => {
    if (argv.includes('--output=cat')) return speakers(journal, { out, gone })
    const query = parse(argv)
    if (typeof query === 'string') {
      err(`${query}\n`)
      return 1
    }
    const wanted = (record: Record): boolean => fits(query, record)
    const past = journal.of(query.unit).filter(wanted)
    out((query.lines === null ? past : past.slice(-query.lines || past.length)).map(lineOf).join(''))
    if (!query.follow) return 0
    return untilGone(
      gone,
      journal.watch(query.unit, record => void (wanted(record) && out(lineOf(record)))),
    )
  }

/** What `speakersArgs` asks: of each line as it comes only whose it is. */
const speakers = (journal: Journal, { out, gone }: Pick<ProgramIo, 'out' | 'gone'>): Promise<number> =>
  untilGone(
    gone,
    journal.watch(null, ({ unit }) => out(`${unit}\n`)),
  )

const untilGone = async (gone: AbortSignal, stop: () => void): Promise<number> => {
  await new Promise<void>(resolve => {
    if (gone.aborted) resolve()
    else gone.addEventListener('abort', () => resolve(), { once: true })
  })
  stop()
  return 0
}

type Query = {
  readonly unit: string
  readonly follow: boolean
  /** Null: all. */
  readonly lines: number | null
  readonly after: number | null
  readonly since: number | null
  readonly priority: number
  readonly invocation: string | null
}

/** The query, or why it is none. */
const parse = (argv: readonly string[]): Query | string => {
  const value = (name: string): string | null =>
    argv.find(word => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
  const unit = value('--user-unit') ?? value('--unit')
  const since = value('--since')
  const from = since === null ? null : parseMoment(since, Date.now())
  if (unit === null) return 'Failed to parse the arguments: the stand-in for journalctl knows those of papergen only.'
  if (since !== null && from === null) return `Failed to parse timestamp: ${since}`
  const lines = value('--lines')
  const after = value('--after-cursor')
  return {
    unit,
    follow: argv.includes('--follow'),
    lines: lines === null || lines === 'all' ? null : Number(lines),
    after: after === null ? null : Number(after.replace(/^d=/, '')),
    since: from,
    priority: Number(value('--priority') ?? 7),
    invocation: value('_SYSTEMD_INVOCATION_ID'),
  }
}

const fits = ({ after, since, priority, invocation }: Query, record: Record): boolean =>
  (after === null || record.cursor > after) &&
  (since === null || record.at >= since) &&
  record.priority <= priority &&
  (invocation === null || record.invocation === invocation)

const lineOf = ({ unit, at, cursor, text, priority, pid, invocation, bySystemd }: Record): string => {
  const common = {
    __CURSOR: `d=${cursor}`,
    __REALTIME_TIMESTAMP: String(at * 1000),
    MESSAGE: text,
    PRIORITY: String(priority),
    _PID: String(pid),
  }
  const whose = bySystemd
    ? { SYSLOG_IDENTIFIER: 'systemd', _COMM: 'systemd', USER_UNIT: unit, USER_INVOCATION_ID: invocation ?? undefined }
    : { SYSLOG_IDENTIFIER: 'marimo', _COMM: 'marimo', _SYSTEMD_INVOCATION_ID: invocation ?? undefined }
  return `${JSON.stringify({ ...common, ...whose })}\n`
}
