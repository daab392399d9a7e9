import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { PapergenError } from '../core/errors.ts'
import { plainError } from '../core/plain-error.ts'
import type { Host, HostChannel } from './host.ts'
import { createLocalFiles } from './local-files.ts'
import { createLocalShell } from './local-shell.ts'

/** This machine as a Host. `environment` is added to every command. */
export const createLocalHost = (name: string, environment: Readonly<Record<string, string>> = {}): Host => {
  const open = new Set<Duplex>()
  return {
    name,
    via: 'local',
    shell: createLocalShell(name, environment),
    files: createLocalFiles(name),
    dial: (address, port, timeout) =>
      connected(connect({ host: address, port }), { host: name, address: `${address}:${port}`, timeout }),
    dialSocket: path => connected(connect({ path }), { host: name, address: path, timeout: 5_000 }),
    mayListen: async () => true,
    channel: argv => channel(name, environment, open, argv),
    uid: async () => process.getuid?.() ?? 0,
    link: () => ({ kind: 'local' }),
    watch: () => () => {},
    close: async () => {
      for (const stream of open) stream.destroy()
    },
  }
}

const connected = (
  socket: Socket,
  { host, address, timeout }: { host: string; address: string; timeout: number },
): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer)
      socket.destroy()
      reject(new PapergenError({ kind: 'host-unreachable', host, address, why }))
    }
    const timer = setTimeout(() => fail(`no answer within ${timeout / 1000} s`), timeout)
    socket.once('error', error => fail(plainError(error)))
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      socket.on('error', () => {}) // whoever reads from it is told by its end
      socket.setNoDelay(true)
      resolve(socket)
    })
  })

const channel = async (
  host: string,
  environment: Readonly<Record<string, string>>,
  open: Set<Duplex>,
  [program, ...args]: readonly [string, ...string[]],
): Promise<HostChannel> => {
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...environment },
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', error =>
      reject(new PapergenError({ kind: 'command-failed', host, command: program, code: 127, output: error.message })),
    )
  })
  let complaint = ''
  child.stderr.on('data', chunk => {
    complaint = `${complaint}${chunk}`.slice(-8192)
  })
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin })
  stream.on('error', () => {}) // `ended` tells; a broken pipe is how a program leaves
  open.add(stream)
  stream.once('close', () => {
    open.delete(stream)
    child.stdin.destroy()
    child.stdout.destroy()
    endLater(child.pid, ended)
  })
  return { stream, stderr: () => complaint, ended }
}

/** The end of its stdin is the request to leave; who does not heed it within two seconds is told again. */
const endLater = (pid: number | undefined, ended: Promise<unknown>): void => {
  const timer = setTimeout(() => {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGTERM')
    } catch {
      // Gone, or root's.
    }
  }, 2_000)
  timer.unref()
  void ended.then(() => clearTimeout(timer))
}
