import type { Column } from './state.ts'

/** What a text means; the views' theme turns it into a colour, `--no-color` into none: the words alone say it all. */
export type Meaning = 'ok' | 'bad' | 'warn' | 'dim' | 'plain'

/** A piece of text with its meaning; free of control characters. */
export type Span = { readonly text: string; readonly meaning: Meaning }

export const span = (text: string, meaning: Meaning = 'plain'): Span => ({ text, meaning })

/** The two lines about the hosts. Spans of a list stand apart from each other. */
export type HeaderModel = {
  readonly hosts: readonly Span[]
  readonly counts: readonly Span[]
  /** A line a device. */
  readonly gpus: readonly (readonly Span[])[]
  readonly stats: readonly Span[]
  /** Named stand-ins and `--read-only`; empty in earnest. */
  readonly warnings: readonly Span[]
}

export type GridColumn = 'sign' | Column

export type GridCell = Span & { readonly column: GridColumn }

export type GridRow = {
  readonly id: string
  /** Each exactly as wide as its heading. */
  readonly cells: readonly GridCell[]
  readonly selected: boolean
  readonly marked: boolean
}

export type GridModel = {
  readonly title: string
  readonly header: readonly GridCell[]
  /** The rows in sight; the cursor's is among them. */
  readonly rows: readonly GridRow[]
  readonly total: number
  /** How many pass the filter. */
  readonly shown: number
  /** What stands in the place of rows when there are none; else null. */
  readonly empty: string | null
}

export type LogModel = {
  readonly title: string
  readonly lines: readonly (readonly Span[])[]
  readonly empty: string | null
}

export type KeyBarModel = {
  /** Said in place of the keys' own words: why a key did nothing, what a dialog waits for. */
  readonly notice: Span | null
  readonly keys: readonly { readonly key: string; readonly name: string; readonly meaning: Meaning }[]
}

export type OperationModel = {
  readonly title: Span
  readonly steps: readonly {
    readonly sign: Span
    readonly title: string
    readonly time: string
    /** The last line of output of a step that runs or failed. */
    readonly output: string | null
  }[]
  /** How things stand, then what a person must do; empty while it runs. */
  readonly summary: readonly Span[]
  readonly keys: string
}

export type HelpModel = readonly {
  readonly title: string
  readonly keys: readonly { readonly key: string; readonly words: string; readonly disabled: string | null }[]
}[]

export type HopsModel = {
  readonly title: string
  readonly hops: readonly { readonly name: string; readonly sign: string; readonly words: Span }[]
  /** The verdict in one line. */
  readonly cause: Span
  readonly fix: string | null
}
