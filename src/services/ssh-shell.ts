import PQueue from 'p-queue'
import type { Client, ClientChannel } from 'ssh2'
import { type Command, quote, show } from '../core/command.ts'
import { PapergenError } from '../core/errors.ts'
import { linesOf } from '../core/lines.ts'
import type { Clock, Ran, RunOptions, Shell } from '../core/ports.ts'
import { tethered } from '../core/tether.ts'
import type { HostChannel } from './host.ts'

type Connection = { readonly name: string; readonly client: () => Promise<Client>; readonly clock: Clock }

/** sshd allows ten sessions a connection, and one is the file transfer's. */
const sessions = 9
const atOnce = 6

/** Commands over one connection, six at once at most; what stays open for long takes its place from them. */
export const createSshShell = (connection: Connection) => {
  const queue = new PQueue({ concurrency: atOnce })
  let staying = 0
  const stay = (by: number) => {
    staying += by
    queue.concurrency = Math.max(1, Math.min(atOnce, sessions - staying))
  }
  const staysOpen = async (line: string): Promise<Running> => {
    stay(1)
    try {
      const running = await open(connection, line)
      void running.ended.then(() => stay(-1))
      return running
    } catch (thrown) {
      stay(-1)
      throw thrown
    }
  }
  const shell: Shell = {
    run: (command, options = {}) =>
      new Promise((resolve, reject) => {
        // The answer may come before the place is free again: a killed command needs a moment to leave.
        void queue.add(() => run(connection, command, options, resolve).catch(reject))
      }),
    lines: (command, { signal }) => lines(connection.name, staysOpen, command, signal),
  }
  return { shell, channel: (argv: Command['argv']) => hostChannel(staysOpen, argv) }
}

const run = async (
  connection: Connection,
  command: Command,
  { stdin, timeout = 15_000, signal, limit = 16 * 1024 * 1024 }: RunOptions,
  resolve: (ran: Ran) => void,
): Promise<void> => {
  signal?.throwIfAborted()
  // A command that reads its stdin ends with it anyway.
  const running = await open(connection, quote(stdin === undefined ? tethered(command) : command))
  const { channel, ended } = running
  if (stdin !== undefined) channel.end(stdin)
  const host = connection.name
  const what = show(command)
  const output = collect(channel, limit)
  const cut = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => reject(new PapergenError({ kind: 'no-answer', host, what, seconds: timeout / 1000 })),
      timeout,
    )
    const aborted = () => reject(signal?.reason)
    signal?.addEventListener('abort', aborted, { once: true })
    void ended.then(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', aborted)
    })
    output.over.then(() => {
      const told = `it printed more than ${limit} bytes`
      reject(new PapergenError({ kind: 'command-failed', host, command: what, code: null, output: told }))
    })
  })
  channel.on('error', () => {}) // `ended` tells
  try {
    const exit = await Promise.race([ended, cut])
    if (exit === null) throw new PapergenError({ kind: 'connection-lost', host, during: what })
    resolve({ code: exit.code, stdout: output.stdout(), stderr: output.stderr() })
  } catch (thrown) {
    letGo(running)
    throw thrown
  }
}

/** Ends the tethered command by the end of its stdin; a link that does not even close the channel is not waited for. */
const letGo = ({ channel, ended }: Running): void => {
  if (channel.writableEnded) channel.signal('TERM')
  channel.end()
  drain(channel)
  const timer = setTimeout(() => channel.destroy(), 5_000)
  // Of a channel that has closed already no event tells it again.
  void ended.then(() => clearTimeout(timer))
}

/** A channel closes once all it still holds was read. Where somebody iterated over it, what is left of that would keep it from flowing. */
const drain = (channel: ClientChannel): void =>
  void channel
    .removeAllListeners('readable')
    .on('data', () => {})
    .resume()

type Running = { readonly channel: ClientChannel; readonly ended: Promise<Exit | null> }

type Exit = { readonly code: number | null }

/** Null when the channel closed without telling how the command ended: the link is gone. */
const exitOf = (channel: ClientChannel): Promise<Exit | null> =>
  new Promise(resolve => {
    let exit: Exit | null = null
    channel.once('exit', (code: number | null) => {
      exit = { code }
    })
    channel.once('close', () => resolve(exit))
  })

const collect = (channel: ClientChannel, limit: number) => {
  const out: Buffer[] = []
  const err: Buffer[] = []
  let bytes = 0
  const over = new Promise<void>(resolve => {
    channel.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limit) return resolve()
      out.push(chunk)
    })
  })
  // Both must be drained, or `close` never comes.
  channel.stderr.on('data', (chunk: Buffer) => {
    if (err.length < 4096) err.push(chunk)
  })
  return { over, stdout: () => Buffer.concat(out).toString(), stderr: () => Buffer.concat(err).toString() }
}

const hostChannel = async (
  staysOpen: (line: string) => Promise<Running>,
  argv: Command['argv'],
): Promise<HostChannel> => {
  const { channel: stream, ended } = await staysOpen(quote({ argv }))
  const complaint = complaintOf(stream)
  stream.on('error', () => {}) // `ended` tells
  stream.once('end', () => stream.end())
  const destroy = stream.destroy.bind(stream)
  stream.destroy = () => {
    drain(stream)
    return destroy()
  }
  return { stream, stderr: complaint, ended: ended.then(exit => exit?.code ?? null) }
}

const complaintOf = (channel: ClientChannel): (() => string) => {
  let text = ''
  channel.stderr.on('data', chunk => {
    text = `${text}${chunk}`.slice(-8192)
  })
  return () => text
}

async function* lines(
  host: string,
  staysOpen: (line: string) => Promise<Running>,
  command: Command,
  signal: AbortSignal,
): AsyncGenerator<string> {
  if (signal.aborted) return
  const running = await staysOpen(quote(tethered(command)))
  const { channel, ended } = running
  const complaint = complaintOf(channel)
  channel.on('error', () => {})
  const stop = () => letGo(running)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    for await (const line of linesOf(channel.iterator({ destroyOnReturn: false }))) {
      if (signal.aborted) return
      yield line
    }
    const exit = await ended
    if (signal.aborted) return
    const during = show(command)
    if (exit === null) throw new PapergenError({ kind: 'connection-lost', host, during })
    if (exit.code !== 0)
      throw new PapergenError({ kind: 'command-failed', host, command: during, code: exit.code, output: complaint() })
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

/** A refused session is sshd's limit, met by what others opened: waited for a little, then told. */
const open = async ({ name, client, clock }: Connection, line: string): Promise<Running> => {
  for (let attempt = 1; ; attempt++) {
    const connected = await client()
    try {
      return await execOn(connected, line)
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      if (!/open failure/i.test(why))
        throw new PapergenError({ kind: 'connection-lost', host: name, during: 'opening a channel' }, { cause: thrown })
      if (attempt === 8)
        throw new PapergenError({ kind: 'session-refused', host: name, why: refusedWhy(why) }, { cause: thrown })
      await clock.sleep(250)
    }
  }
}

/** `(SSH) Channel open failure: open failed`: the library's frame says nothing. */
const refusedWhy = (words: string): string => words.replace(/^.*open failure:? ?/i, '') || 'no reason given'

/** The channel, with its end watched from the first moment: a fast command's exit arrives in the same packet as its start. */
const execOn = (client: Client, line: string): Promise<Running> =>
  new Promise((resolve, reject) => {
    const gone = () => reject(new Error('the connection closed'))
    client.once('close', gone)
    try {
      client.exec(line, (error, channel) => {
        client.removeListener('close', gone)
        if (error === undefined) resolve({ channel, ended: exitOf(channel) })
        else reject(error)
      })
    } catch {
      gone()
    }
  })
