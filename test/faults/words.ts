import { LabError } from '../../lab/run.ts'
import { type FaultName, faultNames, operations } from './names.ts'
import { outlines } from './outlines.ts'

export type Wanted = {
  /** Names of scenarios; an operation stands for all of its own. */
  readonly scenarios: readonly string[]
  readonly faults: readonly FaultName[]
  /** Every point, or the first of each step; left to each fault when null. */
  readonly points: 'all' | 'steps' | null
  readonly withoutUndo: boolean
  /** How many at once. */
  readonly labs: number
}

export const usage = `npm run faults -- [OPERATION|SCENARIO...] [--faults FAULT,...] [--points all|steps] [--labs N]
npm run faults -- --without-undo [OPERATION|SCENARIO...] [--labs N]
OPERATION  ${operations.join(' ')}
SCENARIO   ${outlines
  .filter(({ name }) => name.includes(' '))
  .map(({ name }) => `'${name}'`)
  .join(' ')}
FAULT      ${faultNames.join(' ')}`

/** The command line. @throws LabError with the usage */
export const readWords = (words: readonly string[]): Wanted => {
  const [faults, points] = [optionOf(words, '--faults'), optionOf(words, '--points')]
  const rest = words.filter((word, at) => !valued.includes(word) && !valued.includes(words[at - 1] ?? ''))
  const withoutUndo = rest.includes('--without-undo')
  return {
    scenarios: scenariosOf(rest.filter(word => word !== '--without-undo')),
    faults: known(faults?.split(',') ?? [], faultNames),
    points: points === null ? null : known([points], ['all', 'steps'] as const)[0]!,
    withoutUndo,
    labs: labsOf(optionOf(words, '--labs') ?? '2'),
  }
}

const valued = ['--faults', '--points', '--labs']

const labsOf = (text: string): number => {
  if (!/^[1-9]$/.test(text)) throw new LabError(`There is no number of labs ${text}: 1 to 9.\n${usage}`)
  return Number(text)
}

const scenariosOf = (words: readonly string[]): readonly string[] => {
  const named = known(words, [...operations, ...outlines.map(({ name }) => name)])
  return outlines
    .filter(({ operation, name }) => named.includes(operation) || named.includes(name))
    .map(({ name }) => name)
}

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
