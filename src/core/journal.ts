/** One line of a journal or log, filtered and ready for a screen. */
export type JournalEntry = {
  /** `journal` from journald, `error` and `access` from nginx on the edge. */
  readonly source: 'journal' | 'error' | 'access'
  /** Milliseconds since the epoch; null when the line carries none. */
  readonly at: number | null
  /** `marimo`, `systemd`, `nginx`: who speaks. */
  readonly who: string
  /** syslog 0..7. */
  readonly priority: number
  /** Free of control and escape sequences. */
  readonly text: string
  readonly cursor: string | null
  readonly invocation: string | null
  readonly pid: number | null
  /** systemd's own line about the unit: start, stop, failure. */
  readonly lifecycle: boolean
}

export type JournalQuery = {
  /** Unit id: `attention`. */
  readonly unit: string
  readonly source: 'journal' | 'error' | 'access'
  /** Lines from the past; null for all. */
  readonly lines: number | null
  readonly follow: boolean
  /** As journalctl takes it. */
  readonly since: string | null
  /** 0..7: this and more urgent. */
  readonly priority: number | null
  readonly afterCursor: string | null
  readonly invocation: string | null
}
