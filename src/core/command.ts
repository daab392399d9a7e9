import { PapergenError } from './errors.ts'

/** A program and its arguments as a value. Builders return these; only an adapter runs them. */
export type Command = {
  readonly argv: readonly [string, ...string[]]
  /** Absolute folder to run in; the adapter's default when absent. */
  readonly cwd?: string
}

export const command = (program: string, ...args: string[]): Command => ({ argv: [program, ...args] })

/**
 * One POSIX shell line, every word quoted: for the ssh adapter, the only place where a shell reads our words.
 * @throws PapergenError `bad-argument` for a NUL, which no word of a command can hold: the line would end there
 */
export const quote = ({ argv, cwd }: Command): string => {
  const line = argv.map(passed).join(' ')
  return cwd === undefined ? line : `cd ${passed(cwd)} && ${line}`
}

/** The command as a person would type it; quoted only where a shell would need it. */
export const show = ({ argv }: Command): string =>
  argv.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoteWord(word))).join(' ')

const passed = (word: string): string => {
  if (!word.includes('\0')) return quoteWord(word)
  const what = `the word ${JSON.stringify(word)} of a command`
  throw new PapergenError({ kind: 'bad-argument', what, why: 'it holds a NUL', hint: 'take the NUL out of it' })
}

const quoteWord = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
