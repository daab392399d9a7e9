import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { linesOf } from '../core/lines.ts'
import type { Exit, Launch, Running } from './running.ts'

/** One process for one unit, in a group of its own. @throws when the program cannot be started, as `Type=exec` does */
export const launch = async ({ argv, cwd, env, say }: Launch): Promise<Running> => {
  const [program = '', ...args] = argv
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = endOf(child)
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  const pid = child.pid ?? 0
  for (const stream of [child.stdout, child.stderr]) void tell(stream, line => say(line, pid))
  const stop = (hard = false): void => endGroup(pid, hard ? 'SIGKILL' : 'SIGTERM')
  return { pid, group: pid, startedAt: Date.now(), ended, stop }
}

const endGroup = (pid: number, signal: 'SIGKILL' | 'SIGTERM'): void => {
  try {
    process.kill(-pid, signal)
  } catch {
    // It was faster.
  }
}

/** Milliseconds that last words may take: somebody outside the group may hold the pipes for ever. */
const lastWords = 1_000

/** The main process is the unit: its children go with it, as with a control group, and the last words are waited for. */
const endOf = async (child: ChildProcess): Promise<Exit> => {
  const closed = exitOf(child)
  const exit = await new Promise<Exit>(resolve => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    void closed.then(resolve)
  })
  if (child.pid !== undefined) endGroup(child.pid, 'SIGKILL')
  const patience = setTimeout(() => {
    for (const stream of [child.stdout, child.stderr]) stream?.destroy()
  }, lastWords)
  await closed
  clearTimeout(patience)
  return exit
}

export const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise(resolve => child.once('close', (code, signal) => resolve({ code, signal })))

const tell = async (stream: Readable, say: (line: string) => void): Promise<void> => {
  try {
    for await (const line of linesOf(stream)) say(line)
  } catch {
    // The process ended in the middle of a line.
  }
}
