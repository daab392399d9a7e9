import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import PQueue from 'p-queue'
import { PapergenError, type Problem, problemOf } from '../core/errors.ts'
import type { UnitFacts, UnitFile } from '../core/facts.ts'
import { unitIdOf } from '../core/paper.ts'
import type { Clock, Files, ServiceManager } from '../core/ports.ts'
import { type Properties, unitFacts, unitObjectPath, unitOfObjectPath } from '../core/systemd.ts'
import { unitWall } from '../core/unit-wall.ts'
import { type Bus, connectBus, isClosing } from './systemd-bus.ts'

export type SystemdOptions = {
  readonly host: string
  /** A fresh connection to the bus socket: `host.dialSocket(...)`. */
  readonly bus: () => Promise<Duplex>
  /** Of the login on that host. */
  readonly uid: () => Promise<number>
  readonly files: Files
  /** `/etc/systemd/system`, or `<home>/.config/systemd/user`. */
  readonly unitFolder: () => Promise<string>
  readonly parseUnitFile: (unit: string, path: string, text: string, dropIn: boolean) => UnitFile
  readonly clock: Clock
}

const manager = '/org/freedesktop/systemd1'
const managerInterface = 'org.freedesktop.systemd1.Manager'
const properties = 'org.freedesktop.DBus.Properties'
const pattern = 'papergen-*.service'

/** systemd over D-Bus, read only. @throws `bus-down` when there is no bus, `connection-lost` when it left meanwhile */
export const createSystemd = (options: SystemdOptions): ServiceManager & { close(): void } => {
  const { host, files, clock } = options
  // The bus allows 128 pending replies a connection.
  const queue = new PQueue({ concurrency: 64 })
  const signals = new Set<(signal: Signal) => void>()
  const stopped = new AbortController()
  let present: Promise<Bus> | null = null

  const connected = async (): Promise<Bus> => {
    if (stopped.signal.aborted)
      throw new PapergenError({ kind: 'connection-lost', host, during: 'the end of papergen' })
    present ??= open(options, signal => {
      for (const heard of signals) heard(signal)
    }).then(bus => {
      const forget = () => {
        present = null
      }
      void bus.closed.then(forget)
      return bus
    })
    present.catch(() => {
      present = null
    })
    return present
  }

  const ask = async <T>(act: (bus: Bus) => Promise<T>): Promise<T> => {
    const bus = await connected()
    return act(bus).catch(thrown => {
      if (thrown instanceof PapergenError) throw thrown
      // Nothing may wait for `closed` here: a bus stays for months, and would keep every question until it goes.
      if (isClosing(thrown)) throw new PapergenError({ kind: 'connection-lost', host, during: 'asking systemd' })
      throw new PapergenError(problemOf(thrown, `ask systemd on ${host}`))
    })
  }

  const told = <T>(
    bus: Bus,
    name: string,
    read: (name: string, unit: Properties, service: Properties) => T,
  ): Promise<T> =>
    queue.add(async () => {
      const path = await objectPathOf(bus, name)
      const of = async (kind: string): Promise<Properties> =>
        (await bus.call(path, properties, 'GetAll', 's', [`org.freedesktop.systemd1.${kind}`])) as Properties
      const [unit, service] = await Promise.all([of('Unit'), of('Service')])
      return read(name, unit, service)
    })
  const factsOf = (bus: Bus, name: string): Promise<UnitFacts> => told(bus, name, unitFacts)

  const unit = (id: string) => ask(bus => factsOf(bus, `papergen-${id}.service`))

  const units = () => ask(async bus => Promise.all((await namesOf(bus)).map(name => factsOf(bus, name))))
  const read = async (concern: Concern) => (typeof concern === 'string' ? [await unit(concern)] : units())

  return {
    unit,
    units,
    unitFiles: () => unitFiles(files, options),
    walls: () => ask(async bus => Promise.all((await namesOf(bus)).map(name => told(bus, name, unitWall)))),
    watch: (changed, lost) => watch({ changed, lost, signals, connected, read, clock, stopped: stopped.signal }),
    close: () => {
      stopped.abort()
      void present?.then(
        bus => bus.close(),
        () => {},
      )
    },
  }
}

type Signal = {
  readonly path: string
  readonly iface: string
  readonly member: string
  readonly body: readonly unknown[]
}

const open = async ({ host, bus, uid }: SystemdOptions, heard: (signal: Signal) => void): Promise<Bus> => {
  let stream: Duplex | null = null
  try {
    stream = await bus()
    const opened = await connectBus(stream, await uid())
    opened.onSignal(heard)
    const rules = [
      `type='signal',sender='org.freedesktop.systemd1',interface='${properties}',path_namespace='${manager}/unit'`,
      `type='signal',sender='org.freedesktop.systemd1',interface='${managerInterface}'`,
    ]
    for (const rule of rules)
      await opened.call('/org/freedesktop/DBus', 'org.freedesktop.DBus', 'AddMatch', 's', [rule])
    await opened.call(manager, managerInterface, 'Subscribe')
    return opened
  } catch (thrown) {
    stream?.destroy()
    throw noBus(host, thrown)
  }
}

/** A host that cannot be reached is told as such; a socket on it that nobody answers is the bus. */
const noBus = (host: string, thrown: unknown): PapergenError => {
  if (!(thrown instanceof PapergenError)) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    return new PapergenError({ kind: 'bus-down', host, socket: null, why }, { cause: thrown })
  }
  const { problem } = thrown
  if (problem.kind !== 'host-unreachable' || !problem.address.startsWith('/')) return thrown
  return new PapergenError({ kind: 'bus-down', host, socket: problem.address, why: problem.why }, { cause: thrown })
}

/** Loaded units and installed files: a stopped unit is no longer loaded, and one without a file may still run. */
const namesOf = async (bus: Bus): Promise<readonly string[]> => {
  const [loaded, installed] = (await Promise.all([
    bus.call(manager, managerInterface, 'ListUnitsByPatterns', 'asas', [[], [pattern]]),
    bus.call(manager, managerInterface, 'ListUnitFilesByPatterns', 'asas', [[], [pattern]]),
  ])) as [readonly (readonly unknown[])[], readonly (readonly unknown[])[]]
  const names = [...loaded.map(row => String(row[0])), ...installed.map(row => String(row[0]).replace(/^.*\//, ''))]
  return [...new Set(names)].filter(name => unitIdOf(name) !== null).sort()
}

/** Loads the unit where it is not: only a loaded unit has an object. Loading starts nothing. */
const objectPathOf = async (bus: Bus, name: string): Promise<string> => {
  const path = await bus.call(manager, managerInterface, 'LoadUnit', 's', [name])
  return typeof path === 'string' ? path : unitObjectPath(name)
}

const unitFiles = async (files: Files, { unitFolder, parseUnitFile }: SystemdOptions): Promise<readonly UnitFile[]> => {
  const folder = await unitFolder()
  const entries = (await files.list(folder)) ?? []
  const dropIns = new Set(entries.flatMap(({ name, kind }) => (kind === 'folder' ? [name] : [])))
  const read = entries.map(async ({ name, kind }) => {
    const unit = unitIdOf(name)
    if (unit === null || kind === 'folder') return null
    const path = join(folder, name)
    const text = await files.read(path)
    return text === null ? null : parseUnitFile(unit, path, text, dropIns.has(`${name}.d`))
  })
  return (await Promise.all(read)).filter(file => file !== null)
}

type Watch = {
  readonly changed: (unit: UnitFacts) => void
  readonly lost: (problem: Problem) => void
  readonly signals: Set<(signal: Signal) => void>
  readonly connected: () => Promise<Bus>
  readonly read: (concern: Concern) => Promise<readonly UnitFacts[]>
  readonly clock: Clock
  readonly stopped: AbortSignal
}

const watch = ({ changed, lost, signals, connected, read, clock, stopped }: Watch): (() => void) => {
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, stopped])
  const again = new Map<Concern, boolean>()
  // What changes while it is being read is read once more, however often it changed.
  const look = async (concern: Concern): Promise<void> => {
    if (again.has(concern)) return void again.set(concern, true)
    again.set(concern, false)
    try {
      for (const facts of await read(concern)) if (!signal.aborted) changed(facts)
    } catch {
      // A lost bus is told by `keepConnected`, and everything is read again after it.
    }
    const more = again.get(concern) === true
    again.delete(concern)
    if (more && !signal.aborted) void look(concern)
  }
  const heard = (message: Signal) => {
    const concern = concernOf(message)
    if (concern !== null) void look(concern)
  }
  signals.add(heard)
  signal.addEventListener('abort', () => signals.delete(heard), { once: true })
  void keepConnected({ connected, lost, clock, back: () => void look(everything) }, signal)
  return () => stop.abort()
}

type Keep = Pick<Watch, 'connected' | 'lost' | 'clock'> & { readonly back: () => void }

/** Redials with back-off for as long as somebody watches; after a gap everything may have changed. */
const keepConnected = async ({ connected, lost, clock, back }: Keep, signal: AbortSignal): Promise<void> => {
  let gaps = 0
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const bus = await connected()
      failures = 0
      if (gaps > 0) back()
      const gone = await closedUnless(bus, signal)
      if (!signal.aborted) lost(problemOf(gone ?? new Error('the bus closed the connection'), 'watch systemd'))
    } catch (thrown) {
      if (!signal.aborted) lost(problemOf(thrown, 'watch systemd'))
    }
    gaps++
    await clock.sleep(Math.min(5_000, 200 * 2 ** failures), signal).catch(() => {})
  }
}

/** How the bus went; null also when nobody watches any more. Of a bus that went nothing stays with the signal, which outlives it. */
const closedUnless = (bus: Bus, signal: AbortSignal): Promise<Error | null> =>
  new Promise(resolve => {
    const stop = (): void => resolve(null)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    void bus.closed.then(error => {
      signal.removeEventListener('abort', stop)
      resolve(error)
    })
  })

const everything = Symbol('every unit')
type Concern = string | typeof everything

/**
 * What a signal speaks of: one of the papers' units, all of them, or none. UnitNew and UnitRemoved are left out: reading a stopped
 * unit loads it, and would answer them for ever. Whatever starts or stops says so by its properties.
 */
const concernOf = ({ path, member, body }: Signal): Concern | null => {
  if (member === 'UnitFilesChanged' || (member === 'Reloading' && body[0] === false)) return everything
  const name = member === 'PropertiesChanged' ? unitOfObjectPath(path) : member === 'JobRemoved' ? body[2] : null
  return typeof name === 'string' ? unitIdOf(name) : null
}
