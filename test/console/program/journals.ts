import type { JournalEntry, JournalQuery } from '../../../src/core/journal.ts'
import { papers, present } from './papers.ts'

/** What the world's journals and edge logs hold, oldest first. */
export const pastOf = ({ unit, source, afterCursor }: JournalQuery): readonly JournalEntry[] => {
  if (source !== 'journal') return edgeLines(unit)
  if (afterCursor !== null) return []
  const paper = papers.find(({ id }) => id === unit)
  const errors = paper?.cellErrors ?? 0
  return [
    entry(-95, `Started papergen-${unit}.service - ${paper?.title ?? unit}.`, { who: 'systemd', lifecycle: true }),
    ...Array.from({ length: 60 }, (_, at) => entry(-90 + at, `GET /thesis/${unit}/ 200, visit ${at + 1}`)),
    ...Array.from({ length: errors }, (_, at) => entry(-25 + at, cellError)),
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

/** As marimo logs a cell that raised. */
const cellError =
  '[E 261123 14:01:35 notification_utils:257] (error_id=abc21e35-57c8-41ff-bdb4-e7223d31baf5) ValueError: boom'

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
