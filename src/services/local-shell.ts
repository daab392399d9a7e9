import type { constants } from 'node:os'
import { execa, type Options } from 'execa'
import type { Command } from '../core/command.ts'
import { show } from '../core/command.ts'
import { PapergenError } from '../core/errors.ts'
import { linesOf } from '../core/lines.ts'
import type { Ran, RunOptions, Shell } from '../core/ports.ts'
import { tethered } from '../core/tether.ts'

/** Commands of this machine, without a shell in between. They never see the console's stdin, which would cost keystrokes. */
export const createLocalShell = (host: string, environment: Readonly<Record<string, string>> = {}): Shell => ({
  run: (command, options = {}) => run(host, environment, command, options),
  lines: (command, { signal }) => lines(host, environment, command, signal),
})

const run = async (
  host: string,
  env: Readonly<Record<string, string>>,
  command: Command,
  { stdin, timeout = 15_000, signal, limit = 16 * 1024 * 1024 }: RunOptions,
): Promise<Ran> => {
  signal?.throwIfAborted()
  const [program, ...args] = command.argv
  const child = execa(program, args, {
    ...base(env, command),
    maxBuffer: limit,
    ...(stdin === undefined ? { stdin: 'ignore' as const } : { input: stdin }),
  })
  const watch = watchOver(child.pid, timeout, signal)
  const ended = endsWithUs(child.pid)
  const ran = await Promise.race([child, watch.givenUp])
  watch.stop()
  ended()
  if (watch.cause() === 'time')
    throw new PapergenError({ kind: 'no-answer', host, what: show(command), seconds: timeout / 1000 })
  if (watch.cause() === 'signal' || ran === null) throw signal?.reason
  if (ran.isMaxBuffer) throw tooLong(host, command, limit)
  if (ran.exitCode === undefined && ran.signal === undefined)
    return notRun(ran.code, ran.shortMessage ?? 'it did not start', program)
  return { code: ran.exitCode ?? null, stdout: ran.stdout, stderr: ran.stderr }
}

const base = (env: Readonly<Record<string, string>>, { cwd }: Command) =>
  ({
    env,
    reject: false,
    detached: true, // its own process group, so that a kill reaches the children too
    cleanup: true,
    stripFinalNewline: false,
    ...(cwd === undefined ? {} : { cwd }),
  }) satisfies Options

const watchOver = (pid: number | undefined, timeout: number, signal: AbortSignal | undefined) => {
  let cause: 'time' | 'signal' | null = null
  let grace: NodeJS.Timeout | undefined
  // A process that waits for a broken driver or disk dies of no signal, and one that left the group may hold its output open.
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<null>()
  const stop = (why: 'time' | 'signal') => () => {
    cause ??= why
    killGroup(pid, 'SIGKILL')
    grace ??= setTimeout(() => giveUp(null), 1_000)
  }
  const timer = setTimeout(stop('time'), timeout)
  const aborted = stop('signal')
  signal?.addEventListener('abort', aborted, { once: true })
  return {
    cause: () => cause,
    /** Resolves when it was killed and did not end. */
    givenUp,
    stop: () => {
      clearTimeout(timer)
      clearTimeout(grace)
      signal?.removeEventListener('abort', aborted)
    },
  }
}

const groups = new Set<number>()
process.on('exit', () => {
  for (const pid of groups) killGroup(pid, 'SIGKILL')
})

/** A group of its own outlives us: one that hangs is taken along. @returns what to call when it ended */
const endsWithUs = (pid: number | undefined): (() => void) => {
  if (pid === undefined) return () => {}
  groups.add(pid)
  return () => groups.delete(pid)
}

const killGroup = (pid: number | undefined, signal: keyof typeof constants.signals): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // Gone already, or root's: then the end of its stdin ends it.
  }
}

/** As a shell would answer: over ssh a missing program is exit 127 too. */
const notRun = (code: string | undefined, why: string, program: string): Ran =>
  code === 'ENOENT'
    ? { code: 127, stdout: '', stderr: `${program}: not found\n` }
    : { code: 126, stdout: '', stderr: `${why}\n` }

const tooLong = (host: string, command: Command, limit: number): PapergenError =>
  new PapergenError({
    kind: 'command-failed',
    host,
    command: show(command),
    code: null,
    output: `it printed more than ${limit} bytes`,
  })

async function* lines(
  host: string,
  env: Readonly<Record<string, string>>,
  command: Command,
  signal: AbortSignal,
): AsyncGenerator<string> {
  if (signal.aborted) return
  // Tethered: a console that is killed leaves no `journalctl -f` behind.
  const [program, ...args] = tethered(command).argv
  const child = execa(program, args, { ...base(env, command), stdin: 'pipe', stderr: 'pipe', buffer: false })
  let complaint = ''
  child.stderr.on('data', chunk => {
    complaint = `${complaint}${chunk}`.slice(-8192)
  })
  const stop = () => child.stdin.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    yield* linesOf(child.stdout)
    const ran = await child
    if (!signal.aborted && ran.exitCode !== 0)
      throw new PapergenError({
        kind: 'command-failed',
        host,
        command: show(command),
        code: ran.exitCode ?? null,
        output: complaint,
      })
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
    child.stdout.destroy()
    await child
  }
}
