import type { Duplex } from 'node:stream'
import dbus, { type DBusConnection, type MessageBus } from 'dbus-native'

export type Bus = {
  /** One method call; its answer's values. */
  call(path: string, iface: string, member: string, signature?: string, body?: readonly unknown[]): Promise<unknown>
  onSignal(heard: (signal: { path: string; iface: string; member: string; body: readonly unknown[] }) => void): void
  readonly closed: Promise<Error | null>
  close(): void
}

const systemd = 'org.freedesktop.systemd1'

/**
 * A D-Bus connection over a stream somebody opened, logged in as `uid`: dbus-native offers the uid of this process, which is
 * another one on a remote host.
 */
export const connectBus = async (stream: Duplex, uid: number, timeout = 10_000): Promise<Bus> => {
  const client: MessageBus = dbus.createClient({
    stream: loggedInAs(stream, uid),
    plainValues: true,
    returnBigInt: true,
    authMethods: ['EXTERNAL'],
    direct: true, // its own Hello throws where nobody can catch
    timeout,
  })
  const connection = client.connection as DBusConnection
  const closed = new Promise<Error | null>(resolve => {
    connection.on('error', resolve) // without a listener it would end the console
    connection.on('close', (error?: Error) => resolve(error ?? null))
    connection.on('end', () => resolve(null))
  })
  // A bus that speaks nonsense is over before its stream is; the end of the stream ends what still waits for an answer.
  void closed.then(() => stream.destroy())
  const bus: Bus = {
    call: (path, iface, member, signature, body) =>
      call(client, {
        path,
        interface: iface,
        member,
        destination: destinationOf(iface),
        ...marshalled(signature, body),
      }),
    onSignal: heard => {
      connection.on('message', (message: Signal) => {
        if (message.type === 4)
          heard({
            path: message.path ?? '',
            iface: message.interface ?? '',
            member: message.member ?? '',
            body: message.body ?? [],
          })
      })
    },
    closed,
    close: () => stream.destroy(),
  }
  const lost = closed.then(error => {
    throw error ?? new Error('the bus closed the connection')
  })
  lost.catch(() => {})
  client.name = String(await Promise.race([bus.call('/org/freedesktop/DBus', 'org.freedesktop.DBus', 'Hello'), lost]))
  return bus
}

/** Whether a call failed because the bus went, or was gone already. */
export const isClosing = (thrown: unknown): boolean => thrown instanceof dbus.ConnectionClosedError

type Signal = { type?: number; path?: string; interface?: string; member?: string; body?: unknown[] }

const destinationOf = (iface: string): string => (iface === 'org.freedesktop.DBus' ? iface : systemd)

const marshalled = (signature?: string, body?: readonly unknown[]) =>
  signature === undefined ? {} : { signature, body: [...(body ?? [])] }

const call = (client: MessageBus, message: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    client.invoke(message as never, (error: unknown, ...values: unknown[]) =>
      error ? reject(error instanceof Error ? error : new Error(String(error))) : resolve(values[0]),
    )
  })

/** The stream with the first `AUTH EXTERNAL <hex of uid>` naming the uid of the far side. */
const loggedInAs = (stream: Duplex, uid: number): Duplex => {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean
  const hex = Buffer.from(String(uid)).toString('hex')
  stream.write = ((chunk: unknown, ...rest: unknown[]): boolean => {
    if (typeof chunk !== 'string' || !chunk.startsWith('AUTH EXTERNAL ')) return write(chunk, ...rest)
    stream.write = write as typeof stream.write
    return write(`AUTH EXTERNAL ${hex}\r\n`, ...rest)
  }) as typeof stream.write
  return stream
}
