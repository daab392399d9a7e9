import { spawn } from 'node:child_process'
import { type AddressInfo, connect, createServer } from 'node:net'
import type { Duplex } from 'node:stream'
import ssh2, { type Connection, type ServerChannel, type Session } from 'ssh2'
import type { ProgramIo, Programs } from './programs.ts'
import { serveSftp } from './sftp.ts'
import { parseShellLine } from './shell-line.ts'
import type { SshKey } from './ssh-keys.ts'

export type SshServerOptions = {
  readonly hostKey: SshKey
  /** The only key that may log in. */
  readonly login: SshKey
  readonly address: string
  readonly home: string
  readonly programs: Programs
  /** The only address this host connects to for others. */
  readonly reaches: string
  /** Speaks to whoever dials a Unix socket of this host; null: there is none. */
  readonly socket: ((path: string, stream: Duplex) => void) | null
}

export type SshServer = { readonly port: number; close(): Promise<void> }

/** Clients ask for OpenSSH's extensions only where they are told of OpenSSH. */
const ident = 'OpenSSH_9.9 papergen-demo'

/** OpenSSH's limit of sessions a connection. */
const mostSessions = 10

/** A real sshd in this process: keys, channels, forwarded connections to the papers and SFTP; the programs of its host answer. */
export const startSshServer = async (options: SshServerOptions): Promise<SshServer> => {
  const connections = new Set<Connection>()
  const ssh = new ssh2.Server({ hostKeys: [options.hostKey.private], ident }, connection => {
    connections.add(connection)
    connection.on('close', () => connections.delete(connection)).on('error', () => {})
    authenticate(connection, options.login)
    serve(connection, options)
  })
  // ssh2 leaves Nagle on, which makes 40 ms of every answer; so the sockets are ours.
  const server = createServer({ noDelay: true }, socket => ssh.injectSocket(socket))
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, options.address, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const connection of connections) connection.end()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

const authenticate = (connection: Connection, login: SshKey): void => {
  const key = ssh2.utils.parseKey(login.private)
  if (key instanceof Error) throw key
  connection.on('authentication', context => {
    if (context.method !== 'publickey' || !context.key.data.equals(login.publicSsh))
      return context.reject(['publickey'])
    if (context.signature === undefined) return context.accept()
    const proved = key.verify(context.blob as Buffer, context.signature, context.hashAlgo) === true
    return proved ? context.accept() : context.reject()
  })
}

const serve = (connection: Connection, options: SshServerOptions): void => {
  let sessions = 0
  connection.on('session', (accept, reject) => {
    if (sessions >= mostSessions) return reject()
    sessions++
    const session = accept()
    session.on('close', () => sessions--)
    serveSession(session, options)
  })
  connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
    if (destIP !== options.reaches) return reject()
    const socket = connect({ host: destIP, port: destPort, noDelay: true })
    socket.once('error', () => reject())
    socket.once('connect', () => join(accept(), socket))
  })
  connection.on(
    'openssh.streamlocal' as 'tcpip',
    ((accept: () => ServerChannel, reject: () => void, { socketPath }: { socketPath: string }) => {
      if (options.socket === null) return reject()
      options.socket(socketPath, accept())
    }) as never,
  )
}

const join = (channel: ServerChannel, socket: ReturnType<typeof connect>): void => {
  socket.pipe(channel).pipe(socket)
  socket.on('error', () => channel.close())
  channel.on('error', () => socket.destroy()).on('close', () => socket.destroy())
}

const serveSession = (session: Session, options: SshServerOptions): void => {
  session.on('exec', (accept, _reject, { command }) => {
    const channel = accept()
    const argv = parseShellLine(command)?.argv ?? []
    const program = argv.length === 0 ? null : options.programs(argv)
    if (program === null) return runInShell(channel, command, options.home)
    const running = program(argv, ioOf(channel))
    // Its end is only heard while somebody reads.
    channel.resume()
    void running.then(
      code => end(channel, code),
      () => end(channel, 1),
    )
  })
  session.on(
    'subsystem' as 'sftp',
    ((accept: () => ServerChannel, reject: () => void, info: { name: string }) => {
      if (info.name === 'sftp') serveSftp(accept(), options.home)
      else reject()
    }) as never,
  )
}

const end = (channel: ServerChannel, code: number): void => {
  channel.exit(code)
  channel.end()
}

const ioOf = (channel: ServerChannel): ProgramIo => {
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  channel.on('end', leave).on('close', leave).on('error', leave)
  return {
    stdin: channel,
    out: text => void (channel.writable && channel.write(text)),
    err: text => void (channel.writable && channel.stderr.write(text)),
    gone: gone.signal,
  }
}

/** As sshd does: a closed channel closes the pipes, and the tether of the command ends it. */
const runInShell = (channel: ServerChannel, command: string, home: string): void => {
  const child = spawn('sh', ['-c', command], { cwd: home, env: { ...process.env, HOME: home } })
  channel.pipe(child.stdin)
  child.stdin.on('error', () => {})
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr, { end: false })
  channel.on('close', () => child.stdin.end()).on('error', () => {})
  child.once('error', () => end(channel, 127))
  child.once('close', (code, signal) => {
    if (code === null) channel.exit(signal ?? 'KILL')
    else channel.exit(code)
    channel.end()
  })
}
