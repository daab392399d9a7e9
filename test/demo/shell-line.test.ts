import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Command, quote } from '../../src/core/command.ts'
import { tethered } from '../../src/core/tether.ts'
import { parseShellLine } from '../../src/demo/shell-line.ts'

/** No command holds a NUL: `quote` refuses it. */
const word = fc
  .oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom("'", '\\', ' ', '\n', '$', '&', 'a') }))
  .filter(text => !text.includes('\0'))
const plain = fc
  .record({
    argv: fc.tuple(fc.stringMatching(/^[a-z][\w'" ]*$/), word, word),
    cwd: fc.option(word, { nil: undefined }),
  })
  .filter(({ argv }) => argv[0] !== 'sudo')

const commandOf = ({ argv, cwd }: { argv: [string, ...string[]]; cwd: string | undefined }): Command =>
  cwd === undefined ? { argv } : { argv, cwd }

describe('parseShellLine', () => {
  it('gives back what quote was given', () => {
    fc.assert(
      fc.property(plain, given => {
        expect(parseShellLine(quote(commandOf(given)))).toEqual({ cwd: given.cwd ?? null, argv: given.argv })
      }),
    )
  })

  it('looks into the tether and past sudo', () => {
    fc.assert(
      fc.property(plain, ({ argv, cwd }) => {
        const asRoot = commandOf({ argv: ['sudo', '-n', ...argv], cwd })
        for (const each of [tethered(commandOf({ argv, cwd })), tethered(asRoot), asRoot])
          expect(parseShellLine(quote(each))).toEqual({ cwd: cwd ?? null, argv })
      }),
    )
  })

  it.each([
    ['a pipe', 'a | b'],
    ['two commands', 'a; b'],
    ['two lines', 'a\nb'],
    ['a condition', 'a && b'],
    ['a folder that is not quoted', 'cd x && a'],
    ['a variable', 'echo $HOME'],
    ['a substitution', 'echo `id`'],
    ['a glob', 'ls *'],
    ['a home folder', 'ls ~/x'],
    ['an assignment', 'A=1 env'],
    ['a redirection', 'a >b'],
    ['a comment', 'a #b'],
    ['a double quote', 'echo "a"'],
    ['an open quote', "echo 'a"],
    ['a backslash', 'echo a\\ b'],
    ['a group', '(a)'],
    ['two spaces', 'a  b'],
  ])('leaves %s to a shell', (_, line) => {
    expect(parseShellLine(line)).toBeNull()
  })
})
