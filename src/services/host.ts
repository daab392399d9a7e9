import type { Duplex } from 'node:stream'
import type { Link } from '../core/facts.ts'
import type { Files, Shell } from '../core/ports.ts'

/**
 * One machine, reached locally or over one persistent ssh connection. Types only: local-host.ts and ssh-host.ts implement it,
 * every other service takes one as a value. All methods may throw `host-unreachable`, `connection-lost` and the key problems.
 */
export interface Host {
  readonly name: string
  readonly via: 'local' | 'ssh'
  readonly shell: Shell
  readonly files: Files
  /** A TCP connection made *from* this machine; rejects with `host-unreachable` after `timeout` ms at most. */
  dial(address: string, port: number, timeout: number): Promise<Duplex>
  /** A connection to a Unix socket on this machine: the D-Bus of a remote host. */
  dialSocket(path: string): Promise<Duplex>
  /** Whether this login may have the machine listen for it: a port of its own loopback, given back at once. */
  mayListen(): Promise<boolean>
  /**
   * A long-lived program with its stdin and stdout as one stream; stderr is kept for `stderr()`. Destroying the stream ends it.
   */
  channel(argv: readonly [string, ...string[]]): Promise<HostChannel>
  /** Numeric uid of the login, for the D-Bus handshake. */
  uid(): Promise<number>
  link(): Link
  watch(changed: () => void): () => void
  close(): Promise<void>
}

export type HostChannel = {
  readonly stream: Duplex
  /** The last 8 KiB of what it said on stderr. */
  stderr(): string
  /** Exit code once it ended; null when a signal or the link ended it. */
  readonly ended: Promise<number | null>
}
