import { insideTether } from '../core/tether.ts'

/** What a channel was asked to run: the words of one simple command, as `quote` (core/command.ts) writes them. */
export type ShellLine = { readonly cwd: string | null; readonly argv: readonly string[] }

/** The command inside a line of papergen's: without its tether, its `sudo -n` and its `cd`. Null for any other shell program. */
export const parseShellLine = (line: string): ShellLine | null => {
  const folder = /^cd ('(?:[^']|'\\'')*') && (.*)$/s.exec(line)
  const words = folder?.[2] ?? line
  const argv = isAssignment(words) ? null : wordsOf(words)
  if (argv === null) return null
  const inside = insideTether(argv)
  const plain = inside[0] === 'sudo' && inside[1] === '-n' ? inside.slice(2) : inside
  return { cwd: folder === null ? null : (wordsOf(folder[1]!)?.[0] ?? null), argv: plain }
}

/** `NAME=value program` sets a variable where the name is not quoted. */
const isAssignment = (line: string): boolean => /^[A-Za-z_]\w*=/.test(line)

const wordShape = /(?:'[^']*'|\\'|[\w@%+=:,./-])+/y

/** Single-quoted or plain words only; anything a shell would interpret makes it null. */
const wordsOf = (line: string): string[] | null => {
  const words: string[] = []
  let at = 0
  while (at < line.length) {
    wordShape.lastIndex = at
    const found = wordShape.exec(line)
    if (found === null) return null
    words.push(found[0].replace(/'([^']*)'|\\'/g, (_, inside: string | undefined) => inside ?? "'"))
    at = wordShape.lastIndex
    if (at < line.length && line[at] !== ' ') return null
    at++
  }
  return words
}
