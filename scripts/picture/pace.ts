import type { Recording } from './recording.ts'

/** When a moving picture shows what a recording holds, in milliseconds. */
export type Pace = {
  readonly at: (recorded: number) => number
  readonly end: number
  readonly isHurried: (recorded: number) => boolean
  /** The waits that are shown faster than they were. */
  readonly hurried: readonly { readonly what: string; readonly took: number; readonly shown: number }[]
}

/** No wait is shown longer, and the end stays for as long as one needs to read it. */
const longest = 3_000
const reading = 4_000

/** All is shown in its own time but long waits: the picture names each of them. */
export const paced = ({ waits, end }: Pick<Recording, 'waits' | 'end'>): Pace => {
  const long = waits.filter(({ from, to }) => to - from > longest)
  const at = (recorded: number): number =>
    long.reduce((shown, { from, to }) => {
      const passed = Math.min(Math.max(recorded - from, 0), to - from)
      return shown - passed * (1 - longest / (to - from))
    }, recorded)
  const hurried = long.map(({ from, to, what }) => ({ what, took: to - from, shown: longest }))
  const isHurried = (recorded: number): boolean => long.some(({ from, to }) => recorded >= from && recorded < to)
  return { at, end: at(end) + reading, isHurried, hurried }
}
