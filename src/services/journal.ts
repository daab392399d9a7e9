import { command } from '../core/command.ts'
import { PapergenError } from '../core/errors.ts'
import {
  type JournalEntry,
  type JournalQuery,
  journalArgs,
  lacksOthers,
  onlyOwnLines,
  parseAccessLine,
  parseJournalLine,
  parseNginxErrorLine,
  parseTimestamp,
  type Scope,
  speakerIn,
  speakersArgs,
  timestampArgs,
} from '../core/journal.ts'
import type { Journal, Shell } from '../core/ports.ts'

type EdgeLog = 'error' | 'access'

export type JournalOptions = {
  /** The shell of the GPU host. */
  readonly shell: Shell
  readonly scope: Scope
  /** nginx's log lines of one paper, through the edge's entry point; follows when `follow`. */
  readonly edgeLines: (
    which: EdgeLog,
    lines: number,
    id: string,
    options: { readonly follow: boolean; readonly signal: AbortSignal },
  ) => AsyncIterable<string>
  /** Minutes the edge's clock is east of UTC: nginx's error log tells the local time without telling where. */
  readonly edgeZone?: number
}

/** Lines of a unit from journald, and of nginx's logs on the edge. */
export const createJournal = (options: JournalOptions): Journal => {
  let own: Promise<boolean> | null = null
  const isOwnOnly = (): Promise<boolean> => {
    own ??= seesOnlyOwn(options)
    own.catch(() => {
      own = null
    })
    return own
  }
  return { read: reading(options, isOwnOnly), heard: hearing(options) }
}

const reading = (options: JournalOptions, isOwnOnly: () => Promise<boolean>): Journal['read'] =>
  async function* (query, signal) {
    if (query.source === 'journal' && query.afterCursor === null && (await isOwnOnly())) yield onlyOwnLines
    const from = query.since === null ? null : await momentOf(options.shell, query.since)
    yield* query.source === 'journal'
      ? fromJournald(options, query, signal)
      : limited(fromEdge(options, query, from, signal), query)
  }

const hearing = ({ shell, scope }: JournalOptions): Journal['heard'] =>
  async function* (signal) {
    for await (const line of shell.lines(speakersArgs(scope), { signal })) yield speakerIn(line)
  }

/** A login without the right reads its own lines and is told nothing of the rest, which a log must not keep to itself. */
const seesOnlyOwn = async ({ shell, scope }: JournalOptions): Promise<boolean> =>
  scope === 'system' && lacksOthers((await shell.run(command('journalctl', '--lines=0', '--no-pager'))).stderr)

/** A time as journalctl takes it, in milliseconds. @throws PapergenError `bad-argument` for words that name none */
const momentOf = async (shell: Shell, since: string): Promise<number> => {
  const { stdout } = await shell.run(timestampArgs(since))
  const moment = parseTimestamp(stdout)
  if (moment !== null) return moment
  throw new PapergenError({
    kind: 'bad-argument',
    what: `time ${JSON.stringify(since)}`,
    why: 'it names no moment',
    hint: 'as journalctl takes it: "2026-11-23 07:00", yesterday, "10 min ago", -1h',
  })
}

const fromJournald = async function* ({ shell, scope }: JournalOptions, query: JournalQuery, signal: AbortSignal) {
  // journalctl cannot show the last lines and follow without losing the first of a unit that has none yet: read, then follow.
  if (!query.follow || query.lines === null || query.afterCursor !== null)
    return yield* limited(entriesOf(shell, query, scope, signal), query)
  let cursor: string | null = null
  for await (const entry of limited(entriesOf(shell, { ...query, follow: false }, scope, signal), {
    ...query,
    follow: false,
  })) {
    cursor = entry.cursor ?? cursor
    yield entry
  }
  // A unit without entries has nothing but new ones.
  const onward = cursor === null ? (query.lines === 0 ? { since: 'now' } : {}) : { afterCursor: cursor, since: null }
  yield* entriesOf(shell, { ...query, lines: null, ...onward }, scope, signal)
}

async function* entriesOf(
  shell: Shell,
  query: JournalQuery,
  scope: Scope,
  signal: AbortSignal,
): AsyncGenerator<JournalEntry> {
  for await (const line of shell.lines(journalArgs(query, scope), { signal })) {
    const entry = parseJournalLine(line)
    if (entry !== null) yield entry
  }
}

/** With a start given, journalctl would show the oldest lines: the last ones are kept here. */
async function* limited(entries: AsyncIterable<JournalEntry>, query: JournalQuery): AsyncGenerator<JournalEntry> {
  if (query.follow || query.lines === null) return yield* entries
  const kept: JournalEntry[] = []
  for await (const entry of entries) {
    kept.push(entry)
    if (kept.length > query.lines * 2 + 64) kept.splice(0, kept.length - query.lines)
  }
  yield* query.lines === 0 ? [] : kept.slice(-query.lines)
}

async function* fromEdge(
  options: JournalOptions,
  query: JournalQuery,
  from: number | null,
  signal: AbortSignal,
): AsyncGenerator<JournalEntry> {
  const which = query.source as EdgeLog
  // What is sorted out here must not count as one of the last lines.
  const last = Math.min(allLines, query.priority === null && from === null ? (query.lines ?? allLines) : allLines)
  const lines = options.edgeLines(which, last, query.unit, { follow: query.follow, signal })
  for await (const line of lines) {
    const entry = which === 'error' ? parseNginxErrorLine(line, options.edgeZone) : parseAccessLine(line)
    if (query.priority !== null && entry.priority > query.priority) continue
    if (from === null || entry.at === null || entry.at >= from) yield entry
  }
}

/** As far back as the entry point looks. */
const allLines = 20_000
