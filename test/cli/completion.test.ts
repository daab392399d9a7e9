import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { completion } from '../../src/cli/completion.ts'
import { type Handlers, runProgram } from '../../src/cli/program.ts'

const scriptFor = async (shell: 'bash' | 'zsh' | 'fish'): Promise<string> => {
  let script = ''
  const handlers = {
    completion: async (of: 'bash', program: Parameters<Handlers['completion']>[1]) => {
      script = completion(of, program)
      return 0
    },
  } as unknown as Handlers
  await runProgram(['completion', shell], '0', handlers)
  return script
}

/** What bash offers for a command line, the cursor at its end. */
const offered = (script: string, ...words: string[]): string[] => {
  const line = ['papergen', ...words].map(word => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _papergen; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' })
    .trim()
    .split('\n')
}

describe('completion', () => {
  it('is a bash script without a syntax error', async () => {
    execFileSync('bash', ['-n'], { input: await scriptFor('bash') })
  })

  it.each([
    [['resta'], ['restart']],
    [['restart', '--f'], ['--failing']],
    [
      ['setup', ''],
      ['gpu', 'edge', '--apply', '--account', '--yes'],
    ],
    [['--read-only', 'config', 'sh'], ['show']],
    [['--as'], ['--ascii']],
  ])('bash offers after %j: %j', async (words, wanted) => {
    expect(offered(await scriptFor('bash'), ...words)).toEqual(wanted)
  })

  it.each(['bash', 'zsh', 'fish'] as const)('%s knows every command', async shell => {
    const script = await scriptFor(shell)
    for (const verb of ['status', 'publish', 'rollback', 'restart', 'unpublish', 'repair', 'logs', 'doctor', 'setup'])
      expect(script).toContain(verb)
  })
})
