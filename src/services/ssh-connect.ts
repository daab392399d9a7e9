import { readFile } from 'node:fs/promises'
import { type Socket, connect as tcpConnect } from 'node:net'
import ssh2, {
  type AnyAuthMethod,
  type Client,
  type NextAuthHandler,
  type ParsedKey,
  type ServerHostKeyAlgorithm,
} from 'ssh2'
import type { Reach } from '../core/config.ts'
import { PapergenError, type Problem } from '../core/errors.ts'
import { checkHostKey, fingerprint } from '../core/known-hosts.ts'
import { plainError } from '../core/plain-error.ts'

export type SshTarget = {
  readonly name: string
  readonly reach: Extract<Reach, { via: 'ssh' }>
  /** `$SSH_AUTH_SOCK`; null without an agent. */
  readonly agent: string | null
  /** Asked for the passphrase of an encrypted identity after the agent had nothing; null when nobody knows it. */
  readonly passphrase?: Ask | undefined
}

type Ask = (identity: string) => Promise<string | null>

/** A dropped SYN is answered by nobody: our own limit, short enough to be back soon after the link is. */
const connectLimit = 4_000
const handshakeLimit = 10_000
/** A connection whose other end answers nothing for so long is given up, milliseconds. */
export const silence = 15_000

/**
 * One attempt. The host key is checked against known_hosts, nothing is accepted in silence.
 * @throws `host-unreachable`, `host-key-unknown`, `host-key-changed`, `key-refused`
 */
export const connectSsh = async (target: SshTarget): Promise<Client> => {
  const { reach } = target
  const known = await readFile(reach.knownHosts, 'utf8').catch(() => '')
  const socket = await openSocket(target)
  const tried: string[] = []
  let refusedKey: Problem | null = null
  const client = new ssh2.Client()
  return new Promise<Client>((resolve, reject) => {
    let greeted = false
    const fail = (error: Error & { level?: string }) => {
      limit.stop()
      client.on('error', () => {}) // a second word about the same end would end the console
      client.destroy()
      socket.destroy()
      const problem = !greeted && isClosed(error) ? noHandshake(target, 'closed') : problemOf(target, tried, error)
      reject(new PapergenError(refusedKey ?? problem, { cause: error }))
    }
    const limit = limited(handshakeLimit, () => {
      refusedKey ??= noHandshake(target, greeted ? 'no login' : 'silent')
      fail(new Error('no answer in time'))
    })
    client.once('handshake', () => {
      greeted = true
    })
    client.once('error', fail)
    client.once('close', () => fail(new Error('the host closed the connection during the handshake')))
    client.once('ready', () => {
      limit.stop()
      client.removeAllListeners('error').removeAllListeners('close')
      client.on('error', () => {}) // the close that follows tells
      client.setMaxListeners(0) // each open channel waits for the end of its connection
      resolve(client)
    })
    client.connect({
      sock: socket,
      username: reach.user,
      readyTimeout: 0, // `limit`: a passphrase takes a person's time, a host that says nothing must not
      keepaliveInterval: silence / 3,
      keepaliveCountMax: 3,
      algorithms: { serverHostKey: keyTypesFirst(knownTypes(known, reach.address, reach.port)) },
      hostVerifier: (key: Buffer) => {
        refusedKey = judgeKey(target, known, key)
        return refusedKey === null
      },
      authHandler: authenticate({ ...target, passphrase: limit.pausedFor(target.passphrase) }, tried),
    })
  })
}

/** A time limit that stands still while a person is asked. */
const limited = (ms: number, over: () => void) => {
  const start = () => setTimeout(over, ms)
  let timer: NodeJS.Timeout | null = start()
  const stop = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  const pausedFor = (ask: Ask | undefined): Ask | undefined =>
    ask === undefined
      ? undefined
      : async identity => {
          const wasRunning = timer !== null
          stop()
          const answer = await ask(identity)
          if (wasRunning) timer = start()
          return answer
        }
  return { stop, pausedFor }
}

const isClosed = (error: Error): boolean =>
  ('code' in error && error.code === 'ECONNRESET') || /before handshake|closed the connection/.test(error.message)

/** Between the TCP connection and the login: something is there, and it is no sshd that lets us try. */
const noHandshake = ({ name, reach }: SshTarget, how: keyof typeof handshakeWords): Problem => ({
  kind: 'host-unreachable',
  host: name,
  address: `${reach.address}:${reach.port}`,
  why: handshakeWords[how],
  next: `on ${name}: systemctl status ssh and journalctl -u ssh say why; papergen doctor tells more`,
})

const handshakeWords = {
  silent: `it took the connection, and then no ssh handshake came within ${handshakeLimit / 1000} s: sshd hangs, or something else listens there`,
  closed:
    'it closed the connection before the ssh handshake: sshd turns connections away (MaxStartups), or something else listens there',
  'no login': `the login was neither accepted nor refused within ${handshakeLimit / 1000} s`,
}

const openSocket = ({ name, reach }: SshTarget): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = tcpConnect({ host: reach.address, port: reach.port, noDelay: true })
    const fail = (why: string) => {
      clearTimeout(timer)
      socket.destroy()
      reject(
        new PapergenError({ kind: 'host-unreachable', host: name, address: `${reach.address}:${reach.port}`, why }),
      )
    }
    const timer = setTimeout(() => fail(`no answer within ${connectLimit / 1000} s`), connectLimit)
    socket.once('error', error => fail(plainError(error)))
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(socket)
    })
  })

const judgeKey = ({ name, reach }: SshTarget, known: string, key: Buffer): Problem | null => {
  const verdict = checkHostKey(known, reach.address, reach.port, key)
  if (verdict.kind === 'known') return null
  const { address, port, knownHosts: file } = reach
  const facts = { host: name, address, port, fingerprint: fingerprint(key), file }
  if (verdict.kind === 'unknown') return { kind: 'host-key-unknown', ...facts }
  const expected = verdict.kind === 'changed' ? verdict.expected.join(', ') : 'another key: this one is marked @revoked'
  return { kind: 'host-key-changed', ...facts, expected }
}

/** The types of the keys that known_hosts holds for this host, so that a host with several shows one we can check. */
const knownTypes = (known: string, address: string, port: number): string[] =>
  known.split('\n').flatMap(line => {
    const blob = line.split(/[ \t]+/).find(word => /^AAAA[A-Za-z0-9+/]+=*$/.test(word))
    const key = Buffer.from(blob ?? '', 'base64')
    if (key.length < 8 || checkHostKey(known, address, port, key).kind !== 'known') return []
    return [key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')]
  })

const keyTypesFirst = (known: readonly string[]): ServerHostKeyAlgorithm[] => {
  const usable: ServerHostKeyAlgorithm[] = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ]
  const isKnown = (algorithm: string) => known.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm)
  return [...usable.filter(isKnown), ...usable.filter(algorithm => !isKnown(algorithm))]
}

/** The identity, then the agent's keys; an encrypted identity after the agent, which may well hold it. */
const authenticate = (target: SshTarget, tried: string[]) => {
  const plain = () => identityKey(target, tried)
  const agent = async (): Promise<AnyAuthMethod | null> => {
    if (target.agent === null) return null
    tried.push('the keys of the ssh agent')
    return { type: 'agent', agent: target.agent, username: target.reach.user }
  }
  const encrypted = () => unlockedKey(target, tried)
  const methods = [plain, agent, encrypted]
  return (_left: unknown, _partial: unknown, next: NextAuthHandler): void => {
    const attempt = async (): Promise<AnyAuthMethod | false> => {
      for (let method = methods.shift(); method !== undefined; method = methods.shift()) {
        const auth = await method()
        if (auth !== null) return auth
      }
      return false
    }
    // The types know no `false`, the library's word for "nothing left".
    const tell = next as (method: AnyAuthMethod | false) => void
    void attempt().then(tell, () => tell(false))
  }
}

const identityKey = async ({ reach }: SshTarget, tried: string[]): Promise<AnyAuthMethod | null> => {
  const text = await readFile(reach.identity).catch(() => null)
  if (text === null) tried.push(`${reach.identity} (cannot be read)`)
  const key = text === null ? null : parse(text)
  if (key === null || key instanceof Error) return null
  tried.push(reach.identity)
  return { type: 'publickey', key, username: reach.user }
}

const unlockedKey = async ({ reach, passphrase }: SshTarget, tried: string[]): Promise<AnyAuthMethod | null> => {
  const text = await readFile(reach.identity).catch(() => null)
  const key = text === null ? null : parse(text)
  if (text === null || !(key instanceof Error)) return null
  if (!/encrypted|passphrase/i.test(key.message)) {
    tried.push(`${reach.identity} (${key.message})`)
    return null
  }
  const secret = (await passphrase?.(reach.identity)) ?? null
  const unlocked = secret === null ? null : parse(text, secret)
  if (unlocked === null || unlocked instanceof Error) {
    const cure = 'unlock it with ssh-add'
    tried.push(`${reach.identity} (it has a passphrase${secret === null ? '' : ', and another one'}: ${cure})`)
    return null
  }
  tried.push(reach.identity)
  return { type: 'publickey', key: unlocked, username: reach.user }
}

/** Whether the key file needs a passphrase; a file that is not there, or is no key, needs none. */
export const isLockedKey = async (identity: string): Promise<boolean> => {
  const text = await readFile(identity).catch(() => null)
  const key = text === null ? null : parse(text)
  return key instanceof Error && /encrypted|passphrase/i.test(key.message)
}

const parse = (text: Buffer, passphrase?: string): ParsedKey | Error => {
  const parsed: unknown = ssh2.utils.parseKey(text, passphrase)
  return (Array.isArray(parsed) ? parsed[0] : parsed) as ParsedKey | Error
}

const problemOf = ({ name, reach }: SshTarget, tried: readonly string[], error: Error & { level?: string }): Problem =>
  error.level === 'client-authentication'
    ? { kind: 'key-refused', host: name, user: reach.user, tried }
    : { kind: 'host-unreachable', host: name, address: `${reach.address}:${reach.port}`, why: plainError(error) }
