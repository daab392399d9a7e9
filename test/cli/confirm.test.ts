import { describe, expect, it } from 'vitest'
import { confirm, type Terminal } from '../../src/cli/terminal.ts'
import { PapergenError } from '../../src/core/errors.ts'

/** A terminal at which this is typed; null when nobody is there. */
const answering = (answer: string | null) => {
  const asked: string[] = []
  const ask = async (question: string): Promise<string | null> => {
    asked.push(question)
    return answer
  }
  const silent = { print: () => {}, progress: () => {} }
  const terminal: Terminal = { ...silent, ask, columns: 80, ascii: true, color: false, zone: 0 }
  return { terminal, asked }
}

const outcome = (answer: string | null, yes = false, expected?: string): Promise<string> =>
  confirm(answering(answer).terminal, yes, 'Really?', expected).then(
    () => 'goes on',
    thrown => (thrown instanceof PapergenError && thrown.problem.kind === 'bad-argument' ? 'refused' : 'bug'),
  )

describe('confirm', () => {
  it.each([
    ['y', 'goes on'],
    ['Y ', 'goes on'],
    ['n', 'refused'],
    ['', 'refused'],
    ['yes', 'refused'],
  ])('the answer %j: %s', async (answer, what) => expect(await outcome(answer)).toBe(what))

  it.each([
    ['attention', 'goes on'],
    ['attentio', 'refused'],
    ['y', 'refused'],
  ])('an id to be typed, and %j typed: %s', async (answer, what) =>
    expect(await outcome(answer, false, 'attention')).toBe(what),
  )

  it('refuses where nobody is there to confirm, and names --yes', async () => {
    const refused = confirm(answering(null).terminal, false, 'Really?')
    await expect(refused).rejects.toMatchObject({
      problem: { kind: 'bad-argument', hint: expect.stringContaining('--yes') },
    })
  })

  it('asks nothing with --yes', async () => {
    const { terminal, asked } = answering(null)
    await confirm(terminal, true, 'Really?')
    expect(asked).toEqual([])
  })

  it('says what must be typed', async () => {
    const { terminal, asked } = answering('attention')
    await confirm(terminal, false, 'Take attention off the site?', 'attention')
    expect(asked).toEqual(['Take attention off the site?\nType attention to go on: '])
  })
})
