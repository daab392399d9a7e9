/** `23:02:00` where the clock is `zone` minutes east of UTC. */
export const timeOfDay = (at: number, zone: number): string => dayAndTime(at, zone).slice(11)

/** `2026-11-23 23:02:00` where the clock is `zone` minutes east of UTC. */
export const dayAndTime = (at: number, zone: number): string =>
  new Date(at + zone * 60_000).toISOString().slice(0, 19).replace('T', ' ')
