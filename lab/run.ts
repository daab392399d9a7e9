import { spawnSync } from 'node:child_process'

export type Run = { code: number; stdout: string; stderr: string }
export type RunOptions = {
  input?: string
  env?: NodeJS.ProcessEnv
  show?: boolean
  /** Milliseconds. */
  timeout?: number
  /** Open files, from descriptor 3 on. */
  files?: number[]
}

/** Runs a program to its end; a lab command that fails ends the lab command, with what the program said. */
export const run = (argv: readonly string[], options: RunOptions = {}): string => {
  const done = attempt(argv, options)
  if (done.code !== 0) throw new LabError(`${argv.join(' ')}\nended with ${done.code}\n${done.stdout}${done.stderr}`)
  return done.stdout
}

/** The same, for programs whose failure is an answer. A program ended by a signal or the timeout (ms) has code -1. */
export const attempt = ([program, ...args]: readonly string[], options: RunOptions = {}): Run => {
  const done = spawnSync(program!, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: [
      options.input === undefined ? 'ignore' : 'pipe',
      options.show ? 2 : 'pipe',
      options.show ? 2 : 'pipe',
      ...(options.files ?? []),
    ],
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
  })
  return {
    code: done.status ?? -1,
    stdout: done.stdout ?? '',
    stderr: (done.stderr ?? '') + (done.error === undefined ? '' : `\n${done.error.message}`),
  }
}

/** What `read` answers, or undefined when it throws: for files of processes that may end while they are looked at. */
export const quietly = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** A condition of the machine that the lab cannot work with; its message is for the person at the terminal. */
export class LabError extends Error {}
