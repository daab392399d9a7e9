import type { Exposure } from './exposure.ts'
import type { EdgeState, Listener, OperationName } from './facts.ts'
import type { PaperId, UnitId } from './paper.ts'

/**
 * The two root entry points as the core sees them. docs/entry-points.md is the protocol; services/entry-point.ts speaks it.
 * A method throws: `locked`, `needs-repair`, `nginx-broken`, `not-set-up`, `foreign`, `request-failed`, `reload-failed`, `connection-lost`.
 */

export type Begin = {
  /** The intent's `op`. */
  readonly op: string
  readonly operation: OperationName
  readonly id: PaperId
  readonly by: string
}

export type Hello = {
  readonly protocol: number
  readonly version: string
  /** The policy setup wrote, to compare with the config. */
  readonly policy: Readonly<Record<string, string>>
}

export type Pending = { readonly op: string; readonly operation: string; readonly id: string; readonly since: string }

interface Entry {
  hello(): Promise<Hello>
  /** Takes the host's lock. @throws `locked` with the holder, `needs-repair` when an interrupted operation lies there. */
  begin(begin: Begin): Promise<void>
  /** Takes the lock to finish or undo the interrupted operation `op`; nothing pending is fine too. */
  resume(begin: Begin): Promise<void>
  /** The interrupted operation this host still has an undo for. */
  pending(): Promise<Pending | null>
  /** Everything of the operation put back; idempotent. */
  undo(): Promise<void>
  /** Forgets the undo and frees the lock. Without a lock nothing happens. */
  end(): Promise<void>
  /** How open the host is. @throws `request-failed` when the program is an older one */
  exposure(): Promise<Exposure>
  /** Who holds the lock; null when nobody. */
  holder(): Promise<string | null>
  close(): Promise<void>
}

export interface GpuEntry extends Entry {
  /** Renders and writes the unit from the release folder, and reloads systemd. Starts nothing. */
  writeUnit(unit: UnitId, port: number, release: string): Promise<void>
  /** Enables (not a `--next`) and starts. `Type=exec`, so a missing program fails here. */
  startUnit(unit: UnitId): Promise<void>
  /** reset-failed and restart. */
  restartUnit(unit: UnitId): Promise<void>
  /** Stops, disables, removes the file. A unit that is not papergen's is refused (`foreign`). */
  removeUnit(unit: UnitId): Promise<void>
  /**
   * Puts this unit's file, enablement and running state back to what they were before the operation, and restarts it when the
   * operation changed its process. A second time changes nothing.
   */
  undoUnit(unit: UnitId): Promise<void>
  /** Who listens on the port: the unit's own cgroup, nobody, or somebody else. */
  listener(unit: UnitId, port: number): Promise<Listener>
}

export interface EdgeEntry extends Entry {
  state(): Promise<EdgeState>
  /** Every `*.conf` of the snippet folder, `_generation.conf` included. */
  snippets(): Promise<readonly { readonly name: string; readonly text: string }[]>
  /** The index page as it is; null when there is none. */
  index(): Promise<string | null>
  /**
   * Routes the paper to the port: candidate tested, swapped, reloaded, proved. Provisional until `confirm`: without it the
   * edge puts the old state back 60 s after the last `setRoute`, `dropRoute`, `setIndex` or `hold`, or when the channel ends.
   * When it throws, the edge has already put back what it had before this call.
   */
  setRoute(id: PaperId, port: number): Promise<void>
  /** Takes the route away and proves it. During `unpublish` this is never undone. */
  dropRoute(id: PaperId): Promise<void>
  /** The fragment between the markers of the index page. */
  setIndex(fragment: string): Promise<void>
  hold(): Promise<void>
  /** The commit point. */
  confirm(): Promise<void>
  /** What became of an operation, as the edge knows it. */
  outcome(op: string): Promise<'confirmed' | 'pending' | 'none'>
  /** Last lines of a log, all or those of one paper. */
  log(which: 'error' | 'access', lines: number, id: PaperId | null): Promise<readonly string[]>
}
