/**
 * A list that grows at its end and is forgotten from its start; every item keeps its number. A former value stays as it
 * was: growing copies a piece of at most 512 items and the list of pieces, never all there is.
 */
export type Sequence<T> = {
  readonly pieces: readonly (readonly T[])[]
  /** Number of the oldest item that is left. */
  readonly first: number
  /** One more than the number of the newest. */
  readonly end: number
}

const size = 512

export const emptySequence: Sequence<never> = { pieces: [], first: 0, end: 0 }

export const sequenceOf = <T>(items: readonly T[]): Sequence<T> => push(emptySequence, items)

export const lengthOf = ({ first, end }: Sequence<unknown>): number => end - first

export const itemAt = <T>({ pieces, first, end }: Sequence<T>, number: number): T | undefined =>
  number < first || number >= end ? undefined : pieces[pieceOf(number) - pieceOf(first)]?.[number % size]

export const push = <T>(sequence: Sequence<T>, items: readonly T[]): Sequence<T> => {
  if (items.length === 0) return sequence
  const pieces = sequence.pieces.slice()
  let { end } = sequence
  for (let from = 0; from < items.length; ) {
    const taken = items.slice(from, from + size - (end % size))
    if (end % size === 0) pieces.push(taken)
    else pieces[pieces.length - 1] = (pieces.at(-1) ?? []).concat(taken)
    from += taken.length
    end += taken.length
  }
  return { ...sequence, pieces, end }
}

export const withItem = <T>(sequence: Sequence<T>, number: number, item: T): Sequence<T> => {
  if (number < sequence.first || number >= sequence.end) return sequence
  const piece = pieceOf(number) - pieceOf(sequence.first)
  return { ...sequence, pieces: sequence.pieces.with(piece, (sequence.pieces[piece] ?? []).with(number % size, item)) }
}

/** Without the items before that number. */
export const from = <T>(sequence: Sequence<T>, number: number): Sequence<T> => {
  const first = Math.max(sequence.first, Math.min(sequence.end, number))
  if (first === sequence.first) return sequence
  return { ...sequence, pieces: sequence.pieces.slice(pieceOf(first) - pieceOf(sequence.first)), first }
}

/** Without the items from that number on. */
export const until = <T>(sequence: Sequence<T>, number: number): Sequence<T> => {
  const end = Math.max(sequence.first, Math.min(sequence.end, number))
  if (end === sequence.end) return sequence
  const pieces = sequence.pieces.slice(0, pieceOf(end) - pieceOf(sequence.first) + 1)
  const last = (pieces.pop() ?? []).slice(0, end % size)
  return { ...sequence, pieces: last.length === 0 ? pieces : [...pieces, last], end }
}

/** The number of the first item that is not below `value`, of ascending ones; `end` when all are. */
export const lowerBound = (sequence: Sequence<number>, value: number): number => {
  let low = sequence.first
  let high = sequence.end
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((itemAt(sequence, middle) ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

const pieceOf = (number: number): number => Math.floor(number / size)
