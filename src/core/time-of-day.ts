/** `23:02:00` where the clock is `zone` minutes east of UTC. */
export const timeOfDay = (at: number, zone: number): string => dayAndTime(at, zone).slice(11)

/** `2026-11-23 23:02:00` where the clock is `zone` minutes east of UTC; question marks for what is no moment. */
export const dayAndTime = (at: number, zone: number): string => {
  const moment = momentOf(at + zone * 60_000)
  return moment === null ? '????-??-?? ??:??:??' : new Date(moment).toISOString().slice(0, 19).replace('T', ' ')
}

/** Milliseconds since the epoch that another machine told, up to the year 9999; null for what no date can stand for, which `Date` throws at. */
export const momentOf = (ms: number): number | null => (ms >= 0 && ms <= lastMoment ? ms : null)

const lastMoment = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
