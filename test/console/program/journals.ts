import { type JournalEntry, type JournalQuery, parseJournalLine } from '../../../src/core/journal.ts'
import { papers, present } from './papers.ts'

/** What the world's journals and edge logs hold, oldest first. */
export const pastOf = ({ unit, source, afterCursor, lines }: JournalQuery): readonly JournalEntry[] => {
  if (source !== 'journal') return edgeLines(unit)
  if (afterCursor !== null) return []
  const paper = papers.find(({ id }) => id === unit)
  const errors = paper?.cellErrors ?? 0
  return [
    ...(lines === null || lines > 500 ? runBefore(unit) : []),
    entry(-95, `Started papergen-${unit}.service - ${paper?.title ?? unit}.`, { who: 'systemd', lifecycle: true }),
    ...Array.from({ length: 60 }, (_, at) => entry(-90 + at, `GET /thesis/${unit}/ 200, visit ${at + 1}`)),
    ...Array.from({ length: errors }, (_, at) => raised(-25 + at)).flat(),
    ...(paper?.unit?.state === 'failed' || paper === undefined ? crash(unit) : []),
  ]
}

/** Far more than a screen can show, at once. */
export const burst = (lines: number): readonly JournalEntry[] =>
  Array.from({ length: lines }, (_, at) => entry(0, `burst line ${at + 1} of ${lines}`))

export const entry = (seconds: number, text: string, more: Partial<JournalEntry> = {}): JournalEntry => ({
  source: 'journal',
  at: present + seconds * 1000,
  who: 'marimo',
  priority: 6,
  text,
  cursor: `s=${seconds}`,
  invocation: 'f00d',
  pid: 4711,
  lifecycle: false,
  ...more,
})

/** As marimo logs a cell that raised, with what another thread of it said in between. */
export const raised = (seconds: number): readonly JournalEntry[] =>
  [
    'Traceback (most recent call last):',
    '  File "/home/son/prj/thesis/papers/graph.py", line 41, in <module>',
    '    fit(graph, epochs=3)',
    'INFO: 127.0.0.1 - "GET /health HTTP/1.1" 200 OK',
    '  File "/home/son/prj/thesis/papers/graph.py", line 12, in fit',
    "    raise ValueError('boom')",
    'ValueError: boom',
    '[E 261123 14:01:35 notification_utils:257] (error_id=0b1c2d3e-57c8-41ff-bdb4-e7223d31baf5) ValueError: boom',
  ].map(text => entry(seconds, text))

/** A new run of whichever unit is read. */
export const restarted: readonly JournalEntry[] = [
  entry(1, 'Started the unit anew.', { who: 'systemd', lifecycle: true, invocation: 'beef' }),
  entry(2, 'the second life', { invocation: 'beef' }),
]

/** Further back than the last lines. */
const runBefore = (unit: string): readonly JournalEntry[] => [
  entry(-5_000, `Started papergen-${unit}.service - long ago.`, {
    who: 'systemd',
    lifecycle: true,
    invocation: 'cafe',
  }),
  entry(-4_990, 'the first life', { invocation: 'cafe' }),
]

/** What journald hands over of a paper that means harm, through the parser that the real one goes through. */
export const hostile: readonly JournalEntry[] = [
  '\u001b]52;c;ZXZpbA==\u0007clipboard',
  '\u001b]0;evil\u0007title',
  '\u001b[2J\u001b[Hcleared',
  '\u009b31mC1',
  'a\u202eb\u2066c bidi',
  '한국어 日本語 wide',
  'bell\u0007 back\b\b\b\u0000nul',
].map((MESSAGE, at) => parsed({ MESSAGE: at % 2 === 0 ? MESSAGE : [...new TextEncoder().encode(MESSAGE)] }))

/** A line much longer than a screen is wide, with its end marked. */
export const long: readonly JournalEntry[] = [entry(1, `begin ${'0123456789'.repeat(30)} the-end`)]

function parsed(fields: Record<string, unknown>): JournalEntry {
  const line = { __REALTIME_TIMESTAMP: String(present * 1000), PRIORITY: '6', SYSLOG_IDENTIFIER: 'marimo', ...fields }
  return parseJournalLine(JSON.stringify(line)) ?? entry(0, 'no line of a journal')
}

const crash = (unit: string): readonly JournalEntry[] => [
  entry(-20, "ModuleNotFoundError: No module named 'einops'", { priority: 3 }),
  entry(-20, `papergen-${unit}.service: Main process exited, code=exited, status=1/FAILURE`, {
    who: 'systemd',
    lifecycle: true,
    priority: 5,
  }),
]

const edgeLines = (unit: string): readonly JournalEntry[] => [
  entry(
    -30,
    `connect() failed (111: Connection refused) while connecting to upstream, request: "GET /thesis/${unit}/"`,
    {
      source: 'error',
      who: 'nginx',
      priority: 3,
      pid: null,
    },
  ),
]
