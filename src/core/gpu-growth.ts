/** GPU memory of a paper that only ever rises while it is watched, in MiB. */
export type Growth = { readonly from: number; readonly to: number }

/** A paper that loads its models rises too, in a few leaps; this many rises one after the other are none. */
const leastRises = 6
/** Of what it began with, and in MiB: less is what visitors' sessions take. */
const leastPart = 0.15
const leastMib = 256

/** Null while it goes up and down, or not enough is known. `history`: the last samples, the oldest first. */
export const growthOf = (history: readonly number[]): Growth | null => {
  const rising = history.slice(beginOfRise(history))
  const [from = 0, to = 0] = [rising[0], rising.at(-1)]
  const rises = rising.filter((mib, at) => at > 0 && mib > (rising[at - 1] ?? mib)).length
  return rises >= leastRises && to - from >= Math.max(leastMib, from * leastPart) ? { from, to } : null
}

/** After the last fall, and after the paper was not on the GPU at all: from nothing to its models is a start. */
const beginOfRise = (history: readonly number[]): number =>
  history.findLastIndex((mib, at) => mib === 0 || mib > (history[at + 1] ?? mib)) + 1
