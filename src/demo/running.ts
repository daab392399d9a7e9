/** A process of a unit, as the demo's systemd runs it. */
export type Running = {
  readonly pid: number
  /** Of its process group: what must go when the demo does. Null when others share the process. */
  readonly group: number | null
  readonly startedAt: number
  readonly ended: Promise<Exit>
  /** Asks it to end; `hard` ends it. */
  stop(hard?: boolean): void
}

export type Exit = { readonly code: number | null; readonly signal: string | null }

export type Launch = {
  readonly id: string
  readonly argv: readonly string[]
  readonly cwd: string
  /** 1 for the first run of its unit. */
  readonly run: number
  readonly env: Readonly<Record<string, string>>
  /** A line of its stdout or stderr. */
  readonly say: (line: string, pid: number) => void
}
