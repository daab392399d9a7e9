import { readFileSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import dbus, { type DBusConnection, type Message } from 'dbus-native'
import { unitObjectPath, unitOfObjectPath } from '../core/systemd.ts'
import type { Systemd, Unit } from './systemd.ts'
import { signalNumbers } from './unit-ending.ts'

/** Speaks D-Bus on a stream as systemd does: the calls that papergen makes, and the signals it hears. */
export const serveBus = (systemd: Systemd, stream: Duplex): void => {
  const connection = dbus.createConnection({ stream, server: true })
  let serial = 0
  const send = (message: Message): void => {
    if (!stream.destroyed) connection.message({ ...message, serial: ++serial, sender: 'org.freedesktop.systemd1' })
  }
  connection.on('error', () => stream.destroy())
  connection.on('message', (call: Message) => {
    if (call.type === dbus.messageType.methodCall) send(answer(systemd, call))
  })
  stopTelling(connection, tellChanges(systemd, send))
}

const stopTelling = (connection: DBusConnection, stops: readonly (() => void)[]): void => {
  const stop = (): void => {
    for (const each of stops) each()
  }
  connection.once('end', stop).once('close', stop)
}

const manager = '/org/freedesktop/systemd1'

const tellChanges = (systemd: Systemd, send: (message: Message) => void): readonly (() => void)[] => {
  const signal = (path: string, iface: string, member: string, body: { signature?: string; body?: unknown[] }): void =>
    send({ type: dbus.messageType.signal, path, interface: iface, member, ...body })
  return [
    systemd.onChange(({ name }) =>
      signal(unitObjectPath(name), 'org.freedesktop.DBus.Properties', 'PropertiesChanged', {
        signature: 'sa{sv}as',
        body: ['org.freedesktop.systemd1.Unit', [], []],
      }),
    ),
    systemd.onReload(() => signal(manager, 'org.freedesktop.systemd1.Manager', 'UnitFilesChanged', {})),
  ]
}

const answer = (systemd: Systemd, call: Message): Message => {
  const about = { replySerial: call.serial ?? 0, destination: call.sender ?? ':1.1' }
  const values = valuesFor(systemd, call)
  if (values !== null) return { type: dbus.messageType.methodReturn, ...about, ...values }
  return {
    type: dbus.messageType.error,
    errorName: 'org.freedesktop.DBus.Error.UnknownMethod',
    signature: 's',
    body: [`the stand-in for systemd does not know ${call.member}`],
    ...about,
  }
}

type Values = { readonly signature?: string; readonly body?: unknown[] }

const valuesFor = (systemd: Systemd, { member, path = '', body = [] }: Message): Values | null => {
  switch (member) {
    case 'Hello':
      return { signature: 's', body: [':1.1'] }
    case 'AddMatch':
    case 'Subscribe':
      return {}
    case 'ListUnitsByPatterns':
      return { signature: 'a(ss)', body: [systemd.loaded().map(({ name }) => [name, ''])] }
    case 'ListUnitFilesByPatterns':
      return { signature: 'a(ss)', body: [systemd.installed().map(name => [name, 'enabled'])] }
    case 'LoadUnit':
      return { signature: 'o', body: [unitObjectPath(String(body[0]))] }
    case 'GetAll': {
      const unit = systemd.unit(unitOfObjectPath(path) ?? '')
      const kind = String(body[0])
      return { signature: 'a{sv}', body: [kind.endsWith('.Service') ? serviceOf(unit) : unitOf(systemd, unit)] }
    }
    default:
      return null
  }
}

type Property = readonly [string, readonly [signature: string, value: unknown]]

const unitOf = (systemd: Systemd, { name, state, sub, since, enabled, invocation }: Unit): readonly Property[] => [
  ['LoadState', ['s', systemd.isInstalled(name) ? 'loaded' : 'not-found']],
  ['ActiveState', ['s', state]],
  ['SubState', ['s', sub]],
  ['StateChangeTimestamp', ['t', BigInt(since ?? 0) * 1000n]],
  ['UnitFileState', ['s', systemd.isInstalled(name) ? (enabled ? 'enabled' : 'disabled') : '']],
  ['InvocationID', ['ay', Buffer.from(invocation ?? '', 'hex')]],
  ['NeedDaemonReload', ['b', false]],
]

const unset = 18446744073709551615n

const serviceOf = ({ result, exit, running, name }: Unit): readonly Property[] => [
  ['Result', ['s', result]],
  ['NRestarts', ['u', 0]],
  // CLD_EXITED, CLD_KILLED
  ['ExecMainCode', ['i', exit === null ? 0 : exit.signal === null ? 1 : 2]],
  ['ExecMainStatus', ['i', exit === null ? 0 : (exit.code ?? signalNumbers[exit.signal ?? ''] ?? 9)]],
  ['MainPID', ['u', running?.pid ?? 0]],
  ['MemoryCurrent', ['t', running === null ? unset : memoryOf(running.pid)]],
  ['ControlGroup', ['s', running === null ? '' : controlGroupOf(name)]],
]

/** What a user manager would put the unit's processes into. */
export const controlGroupOf = (name: string): string =>
  `/user.slice/user-${process.getuid?.() ?? 0}.slice/user@${process.getuid?.() ?? 0}.service/app.slice/${name}`

/** Resident memory of the main process, in bytes. */
const memoryOf = (pid: number): bigint => {
  try {
    return BigInt(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1] ?? 0) * 4096n
  } catch {
    return unset
  }
}
