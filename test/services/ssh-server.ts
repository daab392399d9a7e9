import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type Connection, type ServerChannel, type Session } from 'ssh2'
import { onTestFinished } from 'vitest'
import { serveSftp } from '../../src/demo/sftp.ts'
import { ownFolder } from './folder.ts'

const { Server, utils } = ssh2

/** OpenSSH's own SFTP server, where this machine has one; elsewhere the demo's, since ssh2 has none that knows fsync. */
const sftpServer = ['/usr/lib/openssh/sftp-server', process.env.PAPERGEN_SFTP_SERVER ?? ''].find(existsSync) ?? null

/** An embedded sshd that runs real programs; it allows as many sessions a connection as OpenSSH does. */
export const startSshServer = async (
  options: { readonly port?: number; readonly hostKeys?: readonly string[] } = {},
) => {
  const folder = ownFolder()
  const login = newKey()
  const hostKeys = options.hostKeys ?? [newKey().private]
  const connections = new Set<Connection>()
  const seen = { sessions: 0, mostSessions: 0, connections: 0 }
  const children = new Set<ChildProcess>()
  const ssh = new Server({ hostKeys: [...hostKeys], ident: 'OpenSSH_9.9' }, connection => {
    seen.connections++
    connections.add(connection)
    serve(connection, login.public, seen, children)
    connection.on('close', () => connections.delete(connection)).on('error', () => {})
  })
  // ssh2 leaves Nagle on, which makes 40 ms of every answer; so the sockets are ours.
  const server = createServer({ noDelay: true }, socket => ssh.injectSocket(socket))
  await new Promise<void>(resolve => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const identity = join(folder, 'id')
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(identity, login.private, { mode: 0o600 })
  writeFileSync(knownHosts, hostKeys.map(key => knownHostsLine(port, key)).join(''))
  const drop = () => {
    for (const connection of connections) connection.end()
  }
  const stop = () => {
    drop()
    return new Promise<void>(resolve => server.close(() => resolve()))
  }
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL')
    await stop()
  })
  const reach = { via: 'ssh', address: '127.0.0.1', port, user: 'me', identity, knownHosts } as const
  return { reach, seen, drop, stop, hostKeys, login, folder, children }
}

export const knownHostsLine = (port: number, privateKey: string): string => {
  const key = utils.parseKey(privateKey)
  if (key instanceof Error) throw key
  return `[127.0.0.1]:${port} ${key.type} ${key.getPublicSSH().toString('base64')}\n`
}

type Seen = { sessions: number; mostSessions: number }

const serve = (connection: Connection, publicKey: string, seen: Seen, children: Set<ChildProcess>): void => {
  const allowed = utils.parseKey(publicKey)
  if (allowed instanceof Error) throw allowed
  connection.on('authentication', context => {
    if (context.method !== 'publickey' || !context.key.data.equals(allowed.getPublicSSH()))
      return context.reject(['publickey'])
    if (context.signature === undefined) return context.accept()
    const proved = allowed.verify(context.blob as Buffer, context.signature, context.hashAlgo)
    return proved === true ? context.accept() : context.reject()
  })
  const open = new Set<Session>()
  const own = childrenOf(children)
  const closed = (session: Session): void => {
    if (open.delete(session)) seen.sessions--
  }
  connection.on('session', (accept, reject) => {
    if (open.size >= 10) return reject()
    seen.sessions++
    seen.mostSessions = Math.max(seen.mostSessions, seen.sessions)
    const session = accept()
    open.add(session)
    session.on('close', () => closed(session))
    serveSession(session, child => own.add(child))
  })
  // ssh2 tells no session that its connection was lost, and no channel that was opened in that instant.
  connection.on('close', () => {
    open.forEach(closed)
    own.end()
  })
  connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
    // Port 9 stands for a host that drops packets: no answer at all.
    if (destPort === 9) return
    const socket = connect({ host: destIP, port: destPort })
    socket.once('error', () => reject()).once('connect', () => join2(accept(), socket))
  })
  connection.on(
    'openssh.streamlocal' as 'tcpip',
    ((accept: () => ServerChannel, reject: () => void, info: { socketPath: string }) => {
      const socket = connect({ path: info.socketPath })
      socket.once('error', () => reject()).once('connect', () => join2(accept(), socket))
    }) as never,
  )
}

const join2 = (channel: ServerChannel, socket: ReturnType<typeof connect>): void => {
  socket.pipe(channel).pipe(socket)
  socket.on('error', () => channel.close())
  channel.on('error', () => socket.destroy()).on('close', () => socket.destroy())
}

/**
 * As the end of sshd's pipes does. What a child still says is read by nobody, and must not keep its end from being
 * heard: into a channel that is gone it would be written once, and then wait for good.
 */
const letGo = ({ stdin, stdout, stderr }: ChildProcess): void => {
  stdin?.end()
  stdout?.unpipe().resume()
  stderr?.unpipe().resume()
}

/** The children of one connection, among all; those that come after its end are told at once. */
const childrenOf = (all: Set<ChildProcess>) => {
  const own = new Set<ChildProcess>()
  let isOver = false
  const add = (child: ChildProcess): void => {
    for (const set of [all, own]) set.add(child)
    child.once('close', () => {
      for (const set of [all, own]) set.delete(child)
    })
    if (isOver) letGo(child)
  }
  const end = (): void => {
    isOver = true
    own.forEach(letGo)
  }
  return { add, end }
}

const serveSession = (session: Session, add: (child: ChildProcess) => void): void => {
  session.on('exec', (accept, _reject, { command }) => runIn(accept(), spawn('sh', ['-c', command]), add))
  const sftp = (channel: ServerChannel): void =>
    sftpServer === null ? serveSftp(channel, homedir()) : runIn(channel, spawn(sftpServer), add)
  session.on('subsystem' as 'sftp', ((accept: () => ServerChannel) => sftp(accept())) as never)
}

/** As sshd does: a closed channel closes the pipes, and kills nobody. */
const runIn = (channel: ServerChannel, child: ReturnType<typeof spawn>, add: (child: ChildProcess) => void): void => {
  channel.pipe(child.stdin!)
  child.stdin!.on('error', () => {})
  child.stdout!.pipe(channel, { end: false })
  child.stderr!.pipe(channel.stderr, { end: false })
  add(child)
  channel.on('close', () => letGo(child)).on('error', () => {})
  child.once('close', (code, signal) => {
    if (code === null) channel.exit(signal ?? 'KILL')
    else channel.exit(code)
    channel.end()
  })
}

/** ssh2 makes an Ed25519 key that nobody can read once in some hundred times; such a one is thrown away. */
export const newKey = (options: { passphrase?: string; cipher?: string; rounds?: number } = {}): KeyPair => {
  for (;;) {
    const key = utils.generateKeyPairSync('ed25519', options as Parameters<typeof utils.generateKeyPairSync>[1])
    if (!(utils.parseKey(key.private, options.passphrase) instanceof Error)) return key
  }
}

type KeyPair = ReturnType<typeof utils.generateKeyPairSync>
