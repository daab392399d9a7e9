import { openSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { ReadStream } from 'node:tty'
import type { Globals } from '../cli/program.ts'
import type { Terminal } from '../cli/terminal.ts'

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
  if (!process.stdin.isTTY) return null
  const keyboard = new ReadStream(openSync('/dev/tty', 'r'))
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const line = createInterface({ input: keyboard, output: silent, terminal: true })
  // Only now the terminal shows nothing: who answers at once must not be echoed.
  process.stderr.write(`Passphrase of ${identity}: `)
  try {
    return await line.question('', { signal })
  } finally {
    line.close()
    keyboard.destroy()
    process.stderr.write('\n')
  }
}

const ask = async (question: string, signal: AbortSignal): Promise<string | null> => {
  if (!process.stdin.isTTY) return null
  const line = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await line.question(question, { signal })
  } finally {
    line.close()
  }
}

/** Now; a log's lines from the other side of a clock change are an hour off. */
const zone = (): number => -new Date().getTimezoneOffset()
