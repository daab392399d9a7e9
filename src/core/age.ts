/** How long ago, coarse so that a quiet screen stays quiet: 10 s steps under a minute, then minutes, hours, days. */
export const age = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${Math.floor(seconds / 10) * 10} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** For a sentence: `just now`, `40 s ago`, `2 h ago`. */
export const ago = (ms: number): string => (ms < 10_000 ? 'just now' : `${age(ms)} ago`)

/** MiB as GiB with one decimal: `12.4 GiB`. */
export const gib = (mib: number): string => `${inGib(mib)} GiB`

/** The number alone, where the unit follows. */
export const inGib = (mib: number): string => (mib / 1024).toFixed(1)

/** Used of total, in GiB: `31.0 / 125.8 GiB`; `–` for an unknown part. Both in MiB. */
export const gibOf = (used: number | null, total: number | null): string =>
  `${used === null ? '–' : inGib(used)} / ${total === null ? '–' : gib(total)}`

/** 0..1 as a percentage; `–` when unknown. */
export const percent = (part: number | null): string => (part === null ? '–' : `${Math.round(part * 100)} %`)
