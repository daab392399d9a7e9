import { type Command, command } from './command.ts'
import { unitIdOf } from './paper.ts'
import { clean, oneLine } from './text.ts'
import { momentOf } from './time-of-day.ts'

/** One line of a journal or log, filtered and ready for a screen. */
export type JournalEntry = {
  /** `journal` from journald, `error` and `access` from nginx on the edge. */
  readonly source: 'journal' | 'error' | 'access'
  /** Milliseconds since the epoch; null when the line carries none. */
  readonly at: number | null
  /** `marimo`, `systemd`, `nginx`: who speaks. */
  readonly who: string
  /** syslog 0..7. */
  readonly priority: number
  /** Free of control and escape sequences. */
  readonly text: string
  readonly cursor: string | null
  readonly invocation: string | null
  readonly pid: number | null
  /** systemd's own line about the unit: start, stop, failure. */
  readonly lifecycle: boolean
  /** Whose line it is, where several papers are read together. */
  readonly unit?: string
}

export type JournalQuery = {
  /** Unit id: `attention`. */
  readonly unit: string
  readonly source: 'journal' | 'error' | 'access'
  /** Lines from the past; null for all. */
  readonly lines: number | null
  readonly follow: boolean
  /** As journalctl takes it. */
  readonly since: string | null
  /** 0..7: this and more urgent. */
  readonly priority: number | null
  readonly afterCursor: string | null
  readonly invocation: string | null
}

export { parseAccessLine, parseNginxErrorLine } from './nginx-log.ts'

/** Where the papers' units run: `systemd = "system" | "user"` of the config. */
export type Scope = 'system' | 'user'

/**
 * The journalctl call for a query of source `journal`.
 *
 * `-f -n N` loses the first lines of a unit that has none yet, and `-n N` beside a start shows the *oldest* N (systemd 252). So
 * `-n` is only given for a look back without a start: the last `lines` of a longer answer are the caller's to keep. A follow
 * shows everything since its cursor or time; without one since now, or from the first line on when `lines` is null. To see
 * the past and follow: read without `follow`, then follow from the last cursor.
 */
export const journalArgs = (query: JournalQuery, scope: Scope): Command => {
  const unit = `papergen-${query.unit}.service`
  const start = startOf(query)
  const lines = start.length > 0 || query.lines === null ? 'all' : String(query.lines)
  return command(
    'journalctl',
    ...(scope === 'user' ? ['--user', `--user-unit=${unit}`] : [`--unit=${unit}`]),
    '--output=json',
    '--all',
    `--output-fields=${fields.join(',')}`,
    '--no-pager',
    '--quiet',
    ...(query.follow ? ['--follow'] : []),
    `--lines=${lines}`,
    ...start,
    ...(query.priority === null ? [] : [`--priority=${query.priority}`]),
    ...invocationMatch(query.invocation, scope),
  )
}

/** Whether journalctl said that this login sees no lines but its own. */
export const lacksOthers = (complaint: string): boolean =>
  /not seeing messages from other users|insufficient permissions/.test(complaint)

/** Stands before a log from which lines are missing: who may not read the whole journal sees none of systemd's. */
export const onlyOwnLines: JournalEntry = {
  source: 'journal',
  at: null,
  who: 'papergen',
  priority: 4,
  text: "systemd's lines are missing: this login may not read the whole journal. Next: sudo usermod -aG systemd-journal USER, then log in again",
  cursor: null,
  invocation: null,
  pid: null,
  lifecycle: true,
}

/**
 * The journalctl call that tells for each line as it comes whose it is, and nothing else: `speakerIn` reads it.
 *
 * The lines of the whole host, because `--unit=papergen-*` knows only the units that were there when it began, and because
 * journalctl with a thousand units keeps up with 1,500 lines a second where it takes 20,000 at an eighth of a core without any.
 */
export const speakersArgs = (scope: Scope): Command =>
  command(
    'journalctl',
    ...(scope === 'user' ? ['--user'] : []),
    '--output=cat',
    // The second is systemd's own word for the unit that its line is about.
    `--output-fields=${scope === 'user' ? '_SYSTEMD_USER_UNIT,USER_UNIT' : '_SYSTEMD_UNIT,UNIT'}`,
    '--no-pager',
    '--quiet',
    '--follow',
    '--lines=0',
  )

/** The paper whose unit it is, also while its next version starts beside it; null for any other unit. */
export const speakerIn = (unitName: string): string | null => unitIdOf(unitName)?.replace(/--next$/, '') ?? null

/** Asks systemd for the moment that words like `yesterday` or `-1h` name; journalctl reads the same words. */
export const timestampArgs = (words: string): Command => command('systemd-analyze', 'timestamp', '--', words)

/** The moment that `systemd-analyze timestamp` printed, in milliseconds, down to the second as logs have it; null when it knew none. */
export const parseTimestamp = (stdout: string): number | null => {
  const seconds = /^ *UNIX seconds: @(\d+)/m.exec(stdout)?.[1]
  return seconds === undefined ? null : Number(seconds) * 1000
}

/** One line of `journalctl -o json`; null for a line that is none. */
export const parseJournalLine = (line: string): JournalEntry | null => {
  const record = jsonOf(line)
  if (record === null) return null
  const lifecycle = isSystemd(record)
  return {
    source: 'journal',
    at: microToMilli(first(record.__REALTIME_TIMESTAMP)),
    who: oneLine(first(record.SYSLOG_IDENTIFIER) ?? first(record._COMM) ?? 'journal'),
    priority: priorityOf(first(record.PRIORITY)),
    text: clean(messageOf(record.MESSAGE)).replaceAll('\n', ' ').trimEnd(),
    cursor: wordOf(first(record.__CURSOR)),
    invocation: wordOf(
      lifecycle
        ? (first(record.INVOCATION_ID) ?? first(record.USER_INVOCATION_ID))
        : first(record._SYSTEMD_INVOCATION_ID),
    ),
    pid: integerOf(first(record._PID)),
    lifecycle,
  }
}

/** marimo's line about a cell that raised for a visitor; its priority is that of any other line. */
export const isCellError = (text: string): boolean => cellErrorHead.test(text)

/** What the cell said, without marimo's head before it. */
export const cellErrorWords = (text: string): string => text.replace(cellErrorHead, '').trim()

/** A line that names a Python exception, as the last one of a traceback does, or why the server could not listen; null for any other. */
export const exceptionIn = (text: string): string | null =>
  /^ERROR: +(\[Errno \d+\] .*)/.exec(text)?.[1] ??
  /^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Warning|Iteration)\b(?::.*)?$/.exec(
    text.trim(),
  )?.[0] ??
  null

const cellErrorHead = /^\[E \d{6} \d\d:\d\d:\d\d \w+:\d+\] \(error_id=[^)]*\)?/

const fields = [
  'MESSAGE',
  'PRIORITY',
  'SYSLOG_IDENTIFIER',
  '_COMM',
  '_PID',
  '_SYSTEMD_INVOCATION_ID',
  'INVOCATION_ID',
  'USER_INVOCATION_ID',
  'USER_UNIT',
]

const startOf = ({ afterCursor, since, follow, lines }: JournalQuery): string[] => {
  if (afterCursor !== null) return [`--after-cursor=${afterCursor}`]
  if (since !== null) return [`--since=${since}`]
  return follow && lines !== null ? ['--since=now'] : []
}

/** The run's own lines, or systemd's lines about it. */
const invocationMatch = (invocation: string | null, scope: Scope): string[] =>
  invocation === null
    ? []
    : [
        `_SYSTEMD_INVOCATION_ID=${invocation}`,
        '+',
        `${scope === 'user' ? 'USER_INVOCATION_ID' : 'INVOCATION_ID'}=${invocation}`,
      ]

type Fields = Readonly<Record<string, unknown>>

const jsonOf = (line: string): Fields | null => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
  } catch {
    return null
  }
}

/** A field is a string, null, an array of bytes, or, when it was given more than once, an array of those. */
const textOf = (value: unknown): string | null => {
  const whole = oneTextOf(value)
  if (whole !== null || !Array.isArray(value)) return whole
  const parts = value.map(oneTextOf).filter(part => part !== null)
  return parts.length === 0 ? null : parts.join(' ')
}

const oneTextOf = (value: unknown): string | null => {
  if (typeof value === 'string') return value
  if (!Array.isArray(value) || value.length === 0) return null
  const isBytes = value.every(byte => Number.isInteger(byte) && byte >= 0 && byte <= 255)
  return isBytes ? new TextDecoder().decode(Uint8Array.from(value as number[])) : null
}

const first = (value: unknown): string | null =>
  Array.isArray(value) && typeof value[0] !== 'number' ? textOf(value[0]) : textOf(value)

const messageOf = (value: unknown): string =>
  value === null ? '(a message journalctl did not show: too long)' : (textOf(value) ?? '')

// Fields that begin with an underscore are journald's own: a paper cannot forge them.
const isSystemd = (record: Fields): boolean =>
  first(record._PID) === '1' || (first(record._COMM) === 'systemd' && record.USER_UNIT !== undefined)

/** What journald itself made up: letters, digits and signs of ASCII. */
const wordOf = (text: string | null): string | null => (text !== null && /^[!-~]+$/.test(text) ? text : null)

const integerOf = (text: string | null): number | null =>
  text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null

const priorityOf = (text: string | null): number => (text !== null && /^[0-7]$/.test(text) ? Number(text) : 6)

const microToMilli = (text: string | null): number | null =>
  text !== null && /^\d{1,20}$/.test(text) ? momentOf(Math.floor(Number(text) / 1000)) : null
