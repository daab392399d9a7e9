import { connect } from 'node:net'
import { join } from 'node:path'
import dbus, { type DBusBroker, type MessageBus } from 'dbus-native'
import { onTestFinished } from 'vitest'
import { ownFolder } from './folder.ts'

type Unit = { unit: Record<string, unknown>; service: Record<string, unknown>; loaded: boolean; installed: boolean }

/** systemd's part of a bus: the calls papergen makes and the signals it hears, on a real bus in this process. */
export const startSystemd = async () => {
  const socket = join(ownFolder(), 'bus')
  const broker: DBusBroker = dbus.createBroker()
  await new Promise<void>((resolve, reject) => broker.listen({ socket }, error => (error ? reject(error) : resolve())))
  const bus: MessageBus = dbus.createClient({ stream: connect({ path: socket }) })
  bus.connection.on('error', () => {})
  onTestFinished(async () => {
    bus.connection.end()
    await (broker as unknown as { close(done?: () => void): void }).close()
  })
  await bus.requestName('org.freedesktop.systemd1', 0)
  const units = new Map<string, Unit>()
  const seen = { subscribed: 0, loads: [] as string[] }
  const pathOf = (name: string) =>
    `/org/freedesktop/systemd1/unit/${name.replace(/[^A-Za-z0-9]/g, c => `_${c.charCodeAt(0).toString(16)}`)}`
  const manager = dbus.defineInterface({
    name: 'org.freedesktop.systemd1.Manager',
    methods: {
      Subscribe: () => void seen.subscribed++,
      ListUnitsByPatterns: {
        in: { states: 'as', patterns: 'as' },
        out: { units: 'a(ss)' },
        handler: () => [...units].filter(([, unit]) => unit.loaded).map(([name]) => [name, '']),
      },
      ListUnitFilesByPatterns: {
        in: { states: 'as', patterns: 'as' },
        out: { files: 'a(ss)' },
        handler: () =>
          [...units].filter(([, unit]) => unit.installed).map(([name]) => [`/etc/systemd/system/${name}`, 'enabled']),
      },
      LoadUnit: {
        in: { name: 's' },
        out: { path: 'o' },
        handler: ({ name }: { name: string }) => {
          seen.loads.push(name)
          if (!units.has(name)) put(name, { LoadState: 'not-found', ActiveState: 'inactive' }, {}, { installed: false })
          return pathOf(name)
        },
      },
    },
  } as never)
  bus.exportInterface(manager.impl as never, '/org/freedesktop/systemd1', manager.descriptor as never)
  const variants = (values: Record<string, unknown>) =>
    Object.entries(values).map(([key, value]) => [
      key,
      typeof value === 'bigint'
        ? ['t', value]
        : typeof value === 'number'
          ? ['i', value]
          : typeof value === 'boolean'
            ? ['b', value]
            : ['s', value],
    ])
  const put = (
    name: string,
    unit: Record<string, unknown>,
    service: Record<string, unknown> = {},
    more: Partial<Unit> = {},
  ) => {
    units.set(name, { unit, service, loaded: true, installed: true, ...more })
    const interfaceOf = (iface: string, values: Record<string, unknown>) => ({
      name: iface,
      properties: Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, variants({ value })[0]![1]![0 as never]]),
      ),
    })
    for (const [iface, values] of [
      ['Unit', unit],
      ['Service', service],
    ] as const)
      bus.exportInterface(
        { ...values } as never,
        pathOf(name),
        interfaceOf(`org.freedesktop.systemd1.${iface}`, values) as never,
      )
  }
  const changed = (name: string) =>
    bus.sendSignal(pathOf(name), 'org.freedesktop.DBus.Properties', 'PropertiesChanged', 'sa{sv}as', [
      'org.freedesktop.systemd1.Unit',
      [],
      [],
    ] as never)
  const filesChanged = () => bus.sendSignal('/org/freedesktop/systemd1', manager.name, 'UnitFilesChanged')
  return { socket, put, changed, filesChanged, seen }
}
