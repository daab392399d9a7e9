import { expect, test } from 'vitest'
import { tellFailure } from '../../src/cli/failure.ts'
import { PapergenError } from '../../src/core/errors.ts'

const told = (thrown: unknown, isDebugging = false) => {
  const printed: string[] = []
  const code = tellFailure(thrown, text => printed.push(text), isDebugging)
  return { code, printed }
}

const bug = new TypeError('x is \u001b[2Jundefined')
const session = { kind: 'unexpected', what: 'this session', why: bug.message } as const

test.each([
  ['a refusal', new PapergenError({ kind: 'read-only', action: 'restart' }), false, 1],
  ['a refusal, looked at closely', new PapergenError({ kind: 'read-only', action: 'restart' }), true, 1],
  ['something foreign', bug, false, 1],
  ['something foreign, looked at closely', bug, true, 2],
  ['a defect', new PapergenError(session, { cause: bug }), false, 2],
  ['something unexpected that is told in full', new PapergenError(session), false, 1],
  ['what is no error at all', 'out of order', true, 1],
])('%s is told in words, and where it was when that helps', (_, thrown, isDebugging, parts) => {
  const { printed } = told(thrown, isDebugging)
  expect(printed).toHaveLength(parts)
  expect(printed[0]).toMatch(/^✗ /)
  if (parts === 2) expect(printed[1]).toMatch(/^TypeError: x is undefined\n +at /)
  expect(printed.join('')).not.toContain('\u001b')
})

test('the exit code is that of the problem', () => {
  expect(told(bug).code).toBe(1)
  expect(told(new PapergenError({ kind: 'bad-argument', what: 'x', why: 'y', hint: null })).code).toBe(2)
})
