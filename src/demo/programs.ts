/** A stand-in for a program of a host: answered in this process, over the same channel a real one would use. */
export type Program = (argv: readonly string[], io: ProgramIo) => Promise<number>

export type ProgramIo = {
  readonly stdin: NodeJS.ReadableStream
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Aborts when the other end closed the channel or its stdin. */
  readonly gone: AbortSignal
}

/** What a host answers itself; null: the line is run by the real shell of this machine. */
export type Programs = (argv: readonly string[]) => Program | null
