/** One line of the demo's journal, in journald's fields. */
export type Record = {
  readonly unit: string
  readonly at: number
  readonly cursor: number
  readonly text: string
  readonly priority: number
  readonly pid: number
  readonly invocation: string | null
  /** systemd speaks of the unit; else the unit speaks itself. */
  readonly bySystemd: boolean
}

export type Journal = {
  write(record: Omit<Record, 'at' | 'cursor'>): void
  /** Oldest first. */
  of(unit: string): readonly Record[]
  /** @returns the way to stop */
  /** Null: every unit. */
  watch(unit: string | null, heard: (record: Record) => void): () => void
}

/** Lines kept of each unit. */
const longest = 5_000

export const createJournal = (): Journal => {
  const records = new Map<string, Record[]>()
  const watchers = new Map<string | null, Set<(record: Record) => void>>()
  let cursor = 0
  return {
    write: line => {
      const record = { ...line, at: Date.now(), cursor: ++cursor }
      const of = records.get(line.unit) ?? []
      records.set(line.unit, of)
      of.push(record)
      if (of.length > longest * 1.2) of.splice(0, of.length - longest)
      for (const watched of [line.unit, null]) for (const heard of watchers.get(watched) ?? []) heard(record)
    },
    of: unit => records.get(unit) ?? [],
    watch: (unit, heard) => {
      const set = watchers.get(unit) ?? new Set()
      watchers.set(unit, set.add(heard))
      return () => set.delete(heard)
    },
  }
}
