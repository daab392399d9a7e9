import { openSync } from 'node:fs'
import { createInterface, type Interface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { ReadStream } from 'node:tty'
import type { Globals } from '../cli/program.ts'
import type { Terminal } from '../cli/terminal.ts'
import { PapergenError } from '../core/errors.ts'

/** The terminal this program was started on. `signal` ends a question that nobody answered yet. */
export const openTerminal = (globals: Globals, signal: AbortSignal): Terminal => ({
  print: text => void process.stdout.write(`${text}\n`),
  progress: text => void process.stderr.write(`${text}\n`),
  ask: question => ask(question, signal),
  columns: process.stdout.columns ?? 160,
  ascii: globals.ascii,
  color: globals.color && (process.env.NO_COLOR ?? '') === '',
  zone: zone(),
})

/** Both ways it belongs to a person: the console can be shown on it. */
export const isInteractive = (): boolean => process.stdout.isTTY && process.stdin.isTTY

/** Nothing that is typed is shown. The terminal is opened anew: a console that reads stdin afterwards finds it untouched. */
export const askPassphrase = async (identity: string, signal: AbortSignal): Promise<string | null> => {
  // Who interrupted it is not asked again at the next attempt to log in.
  if (!process.stdin.isTTY || signal.aborted) return null
  const keyboard = new ReadStream(openSync('/dev/tty', 'r'))
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const line = createInterface({ input: keyboard, output: silent, terminal: true })
  // Only now the terminal shows nothing: who answers at once must not be echoed.
  process.stderr.write(`Passphrase of ${identity}: `)
  try {
    return await answerTo('', line, signal)
  } finally {
    keyboard.destroy()
    process.stderr.write('\n')
  }
}

const ask = async (question: string, signal: AbortSignal): Promise<string | null> => {
  if (!process.stdin.isTTY) return null
  const line = createInterface({ input: process.stdin, output: process.stderr })
  let answer: string | null = null
  try {
    answer = await answerTo(question, line, signal)
  } finally {
    // What is said next has a line of its own.
    if (answer === null) process.stderr.write('\n')
  }
  return answer ?? ''
}

/** What is typed; null for Ctrl-D. @throws `interrupted` */
const answerTo = async (question: string, line: Interface, signal: AbortSignal): Promise<string | null> => {
  // While a line is read Ctrl-C is a key like any other: it shall do what it does everywhere.
  line.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return await line.question(question, { signal })
  } catch (thrown) {
    if (signal.aborted) throw new PapergenError({ kind: 'interrupted', during: 'a question' }, { cause: thrown })
    if (thrown instanceof Error && thrown.name === 'AbortError') return null
    throw thrown
  } finally {
    line.close()
  }
}

/** Now; a log's lines from the other side of a clock change are an hour off. */
const zone = (): number => -new Date().getTimezoneOffset()
