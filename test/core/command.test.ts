import { expect, test } from 'vitest'
import { command, quote, show } from '../../src/core/command.ts'

test.each([
  [command('ls', '-l', 'a b'), `'ls' '-l' 'a b'`, `ls -l 'a b'`],
  [command('ls', "it's", ''), `'ls' 'it'\\''s' ''`, `ls 'it'\\''s' ''`],
  [{ ...command('ls', '$(id)'), cwd: '/a b' }, `cd '/a b' && 'ls' '$(id)'`, `ls '$(id)'`],
  [command('rm', '~/x', 'a\nb'), `'rm' '~/x' 'a\nb'`, `rm '~/x' 'a\nb'`],
])('%j as a line of a shell, and as a person types it', (ran, quoted, shown) => {
  expect(quote(ran)).toBe(quoted)
  expect(show(ran)).toBe(shown)
})

test.each([[command('ls', 'a\0b')], [{ ...command('ls'), cwd: '/a\0' }]])(
  '%j is refused: at a NUL the line would end within its quotation',
  ran => expect(() => quote(ran)).toThrow(/bad-argument.*a NUL/),
)
