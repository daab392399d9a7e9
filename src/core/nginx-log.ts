import type { JournalEntry } from './journal.ts'
import { clean } from './text.ts'

/**
 * A line of nginx's error log: `2026/11/23 07:26:15 [emerg] 6290#6290: *12 words`.
 * @param zone minutes the edge's clock is east of UTC: the log says the local time without telling where
 */
export const parseNginxErrorLine = (line: string, zone = 0): JournalEntry => {
  const match = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d) \[(\w+)\] (\d+)#\d+: (.*)$/s.exec(line)
  if (match === null) return entry('error', null, 6, null, line)
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six
  const at = Date.UTC(year, month - 1, day, hour, minute, second) - zone * 60_000
  const priority = levels.indexOf(match[7]!)
  return entry('error', at, priority < 0 ? 6 : priority, Number(match[8]), match[9]!)
}

/** A line of nginx's access log in the combined format; server errors are errors, client errors warnings. */
export const parseAccessLine = (line: string): JournalEntry => {
  const match = /^(\S+) \S+ (.*?) \[([^\]]+)\] "(.*?)" (\d{3}) (\d+|-)(.*)$/s.exec(line)
  if (match === null) return entry('access', null, 6, null, line)
  const [, client, , time, request, status, bytes, rest] = match as unknown as string[]
  const code = Number(status)
  const priority = code >= 500 ? 3 : code >= 400 ? 4 : 6
  return entry('access', timeOf(time!), priority, null, `${client} "${request}" ${status} ${bytes}${rest}`)
}

type Six = [number, number, number, number, number, number]

const levels = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug']

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `23/Nov/2026:07:26:15 +0900`. */
const timeOf = (text: string): number | null => {
  const match = /^(\d\d)\/(\w{3})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text)
  if (match === null || !months.includes(match[2]!)) return null
  const [day, year, hour, minute, second, zoneHours, zoneMinutes] = [1, 3, 4, 5, 6, 8, 9].map(at => Number(match[at]))
  const zone = (zoneHours! * 60 + zoneMinutes!) * (match[7] === '-' ? -1 : 1)
  return Date.UTC(year!, months.indexOf(match[2]!), day!, hour!, minute!, second!) - zone * 60_000
}

const entry = (
  source: 'error' | 'access',
  at: number | null,
  priority: number,
  pid: number | null,
  text: string,
): JournalEntry => ({
  source,
  at,
  who: 'nginx',
  priority,
  text: clean(text).replaceAll('\n', ' ').trimEnd(),
  cursor: null,
  invocation: null,
  pid,
  lifecycle: false,
})
