import { beforeEach, describe, expect, it } from 'vitest'
import { type Handlers, runProgram } from '../../src/cli/program.ts'
import type { Problem } from '../../src/core/errors.ts'

const called: string[] = []
const handler = (name: string) => async (): Promise<number> => {
  called.push(name)
  return 0
}
const handlers = Object.fromEntries(
  'console status publish rollback restart unpublish repair logs doctor migrate setup config completion'
    .split(' ')
    .map(name => [name, handler(name)]),
) as unknown as Handlers

const refusal = (...argv: string[]): Promise<Problem> =>
  runProgram(argv, '0', handlers).then(
    code => Promise.reject(new Error(`not refused: ${code}`)),
    thrown => thrown.problem,
  )

describe('runProgram', () => {
  beforeEach(() => {
    called.length = 0
  })

  it.each([
    ['frobnicate', 'papergen --help lists the commands'],
    ['--frobnicate', 'papergen --help lists the commands'],
    ['publsh', 'did you mean papergen publish? papergen --help lists the commands'],
  ])('refuses the unknown word %s', async (word, hint) => {
    expect(await refusal(word, 'x.py', '--yes')).toMatchObject({ kind: 'bad-argument', hint })
    expect(called).toEqual([])
  })

  it.each([
    [[], 'console'],
    [['status', 'alpha', 'beta'], 'status'],
    [['publish', 'x.py', '--yes'], 'publish'],
  ] as const)('runs what %j names', async (argv, name) => {
    expect(await runProgram([...argv], '0', handlers)).toBe(0)
    expect(called).toEqual([name])
  })
})
