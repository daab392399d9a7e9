import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Handlers, runProgram } from '../../src/cli/program.ts'
import type { Problem } from '../../src/core/errors.ts'

const called: string[] = []
const handler = (name: string) => async (): Promise<number> => {
  called.push(name)
  return 0
}
const handlers = Object.fromEntries(
  'console status publish rollback restart unpublish repair logs doctor migrate setup config demo completion'
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

  it.each([
    'demo extra',
    'publish a.py b.py --yes',
    'rollback a b --yes',
    'logs a b',
    'doctor x',
    'migrate x --yes',
    'setup gpu edge',
    'config check x',
    'completion bash zsh',
  ])('refuses the word too many in %j, and says so', async line => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const code = await runProgram(line.split(' '), '0', handlers)
    const words = said.mock.calls.join()
    said.mockRestore()
    expect([code, called]).toEqual([2, []])
    expect(words).toContain('too many arguments')
  })
})
