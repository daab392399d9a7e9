import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Who listens on which port of an address of this machine, from /proc. */
export type Sockets = {
  /** `unit` when the process holds the port, `nobody`, or `foreign <pid> <name>`; as `listener` answers it. */
  ownerOf(port: number, pid: number | null): string
  /** Ports somebody listens on. */
  taken(): ReadonlySet<number>
}

/** A look at /proc holds for this many ms at least, and for twenty times as long as it took: busy machines have long tables. */
const holds = 300

/** @param address IPv4; who listens on all addresses counts too */
export const createSockets = (address: string): Sockets => {
  const addresses = [asInProc(address), asInProc('0.0.0.0'), '0'.repeat(32)]
  let listening = new Map<number, readonly string[]>()
  let inodesOf = new Map<number, ReadonlySet<string>>()
  let until = 0
  const look = (): void => {
    const from = Date.now()
    if (from < until) return
    listening = listeningPorts(addresses)
    inodesOf = new Map()
    until = Date.now() + Math.max(holds, 20 * (Date.now() - from))
  }
  const holdsOne = (pid: number, inodes: readonly string[]): boolean => {
    const own = inodesOf.get(pid) ?? socketsOf(pid)
    inodesOf.set(pid, own)
    return inodes.some(inode => own.has(inode))
  }
  const ownUnless = (port: number, pid: number | null): 'unit' | 'nobody' | readonly string[] => {
    look()
    const inodes = listening.get(port)
    if (inodes === undefined) return 'nobody'
    return pid !== null && holdsOne(pid, inodes) ? 'unit' : inodes
  }
  return {
    ownerOf: (port, pid) => {
      let owner = ownUnless(port, pid)
      if (typeof owner === 'string') return owner
      // A paper that just came or went looks like a stranger's to an older look.
      until = 0
      owner = ownUnless(port, pid)
      if (typeof owner === 'string') return owner
      const inodes = owner
      const holder = pids().find(each => holdsOne(each, inodes))
      return holder === undefined ? 'foreign 0 -' : `foreign ${holder} ${nameOf(holder)}`
    },
    taken: () => {
      until = 0
      look()
      return new Set(listening.keys())
    },
  }
}

/** `127.0.0.1` -> `0100007F`: the bytes in the order of this machine. */
const asInProc = (address: string): string =>
  address
    .split('.')
    .reverse()
    .map(byte => Number(byte).toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()

/** Port -> inodes of the sockets in state LISTEN. */
const listeningPorts = (addresses: readonly string[]): Map<number, readonly string[]> => {
  const ports = new Map<number, readonly string[]>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6'])
    for (const row of textOf(table).split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = row.trim().split(/\s+/)
      if (state !== '0A' || local === undefined || inode === undefined) continue
      const [address = '', hex = ''] = local.split(':')
      if (!addresses.includes(address)) continue
      const port = Number.parseInt(hex, 16)
      ports.set(port, [...(ports.get(port) ?? []), inode])
    }
  return ports
}

const socketsOf = (pid: number): ReadonlySet<string> => {
  const inodes = new Set<string>()
  for (const fd of listOf(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
      if (inode !== undefined) inodes.add(inode)
    } catch {
      // Closed while we looked.
    }
  }
  return inodes
}

const pids = (): number[] =>
  listOf('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)

const nameOf = (pid: number): string => textOf(`/proc/${pid}/comm`).replace(/[^\w.-]/g, '') || '-'

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const listOf = (path: string): string[] => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
