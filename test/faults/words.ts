import { LabError } from '../../lab/run.ts'
import { type FaultName, faultNames, type Operation, operations } from './names.ts'

export type Wanted = {
  readonly operations: readonly Operation[]
  readonly faults: readonly FaultName[]
  /** Every point, or the first of each step; left to each fault when null. */
  readonly points: 'all' | 'steps' | null
  readonly withoutUndo: boolean
}

export const usage = `npm run faults -- [OPERATION...] [--faults FAULT,...] [--points all|steps]
npm run faults -- --without-undo
OPERATION  ${operations.join(' ')}
FAULT      ${faultNames.join(' ')}`

/** The command line. @throws LabError with the usage */
export const readWords = (words: readonly string[]): Wanted => {
  const [faults, points] = [optionOf(words, '--faults'), optionOf(words, '--points')]
  const rest = words.filter((word, at) => !valued.includes(word) && !valued.includes(words[at - 1] ?? ''))
  const withoutUndo = rest.includes('--without-undo')
  return {
    operations: known(
      rest.filter(word => word !== '--without-undo'),
      operations,
    ),
    faults: known(faults?.split(',') ?? [], faultNames),
    points: points === null ? null : known([points], ['all', 'steps'] as const)[0]!,
    withoutUndo,
  }
}

const valued = ['--faults', '--points']

const optionOf = (words: readonly string[], name: string): string | null => {
  const at = words.indexOf(name)
  return at === -1 ? null : (words[at + 1] ?? '')
}

/** None named: all of them. */
const known = <T extends string>(words: readonly string[], all: readonly T[]): readonly T[] => {
  const unknown = words.find(word => !all.includes(word as T))
  if (unknown !== undefined) throw new LabError(`There is no ${unknown}.\n${usage}`)
  return words.length === 0 ? all : all.filter(word => words.includes(word))
}
