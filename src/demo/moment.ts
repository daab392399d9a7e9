import type { Program } from './programs.ts'

const units: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3600,
  hour: 3600,
  d: 86_400,
  day: 86_400,
}

/** The moment that words such as `now`, `-1h`, `10 min ago`, `yesterday` or `2026-11-23 07:00` name; null for others. */
export const parseMoment = (words: string, now: number): number | null => {
  if (words === 'now') return now
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  if (words === 'today') return midnight
  if (words === 'yesterday') return midnight - 86_400_000
  const span = /^-?(\d+) ?(s|sec|m|min|h|hour|d|day)s?( ago)?$/.exec(words)
  if (span !== null && (words.startsWith('-') || span[3] !== undefined))
    return now - Number(span[1]) * (units[span[2]!] ?? 1) * 1000
  const date = /^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?$/.test(words)
    ? Date.parse(words.length === 10 ? `${words}T00:00` : words.replace(' ', 'T'))
    : Number.NaN
  return Number.isNaN(date) ? null : date
}

/** `systemd-analyze timestamp -- WORDS`. */
export const analyzeTimestamp: Program = async (argv, { out, err }) => {
  const words = argv.at(-1) ?? ''
  const moment = parseMoment(words, Date.now())
  if (moment === null) err(`Failed to parse "${words}"\n`)
  else out(`UNIX seconds: @${Math.floor(moment / 1000)}\n`)
  return moment === null ? 1 : 0
}
