import { type Batch, noBatch } from './batch.ts'
import type { Column } from './columns.ts'
import type { DryRun } from './dry-run.ts'
import type { PastAnswer, Ran } from './history.ts'
import type { LogPane } from './log-pane.ts'
import type { Observed } from './observed.ts'
import type { Request } from './operations.ts'
import type { NotebookFile } from './ports.ts'
import type { OperationReport } from './step.ts'
import type { ThemeName } from './themes.ts'

/** Everything the console shows, as one value. Views are functions of it; `reduce` (reduce.ts) and `press` (keys.ts) are the only ways it changes. */
export type State = {
  readonly observed: Observed
  /** The clock as last told: ages are counted from here, so that a quiet screen is not redrawn. */
  readonly at: number
  readonly ui: Ui
  readonly operation: OperationReport | null
  /** Requests that have not ended, the present one first: one restart after the other of a bulk restart. */
  readonly queued: readonly Request[]
  /** What the present request was made together with, and how that went; the last one's once nothing runs. */
  readonly batch: Batch
  /** What this session ran, the newest last, for the list of past operations. */
  readonly ran: readonly Ran[]
  /** The log that the keys act on when the logs have the focus. */
  readonly log: LogPane | null
  /** Another log of the same paper, where the screen has room for two. */
  readonly beside: LogPane | null
  /** Papers whose journal moved in the last few seconds. */
  readonly moving: ReadonlySet<string>
  /** For the publish dialog; null while they are being listed. */
  readonly notebooks: readonly NotebookFile[] | null
  /** One line in the key bar: why a key did nothing, how an operation ended. */
  readonly notice: Notice | null
  /** What happened while a dialog was open, whose keys the bar had to show: told when it closes. */
  readonly missed: Notice | null
  /** Keys handled so far, told to a driver that waits for the console to be idle. */
  readonly handled: number
}

export type Notice = { readonly tone: 'info' | 'warning' | 'bad'; readonly text: string }

export type Options = {
  readonly readOnly: boolean
  readonly ascii: boolean
  readonly color: boolean
  /** As configured, or as it suits the terminal. */
  readonly theme: ThemeName
  /** Minutes the operator's clock is east of UTC. */
  readonly zone: number
  /** What else the operator should know of this world, in a few words; null: nothing. */
  readonly note: string | null
  /** Where papers are public; ends with a slash. */
  readonly site: string
  /** The columns of the grid, in their order. */
  readonly chosen: readonly Column[]
}

export type Ui = {
  readonly options: Options
  readonly columns: number
  readonly rows: number
  readonly focus: 'grid' | 'log'
  /** The cursor stays on its paper when rows move. */
  readonly cursor: string | null
  readonly marks: ReadonlySet<string>
  readonly filter: string
  readonly editingFilter: boolean
  readonly faultsOnly: boolean
  readonly sort: { readonly column: Column; readonly descending: boolean }
  readonly zoomed: boolean
  /** Which of the two has the place below the papers where both are there: what was asked for last. */
  readonly front: 'operation' | 'log'
  /** The first line shown of a finished operation that is read through; null: what matters most of it. */
  readonly reading: number | null
  /** Rows the log pane takes more (or less) than its share. */
  readonly logGrowth: number
  /** What the operator chose in the console; null: nothing else than was configured. */
  readonly theme: ThemeName | null
  readonly dialog: Dialog | null
}

export type Dialog =
  /** `from`: the first line shown, where the screen does not hold all; so for the hosts and the hops. `over`: what it goes back to. */
  | { readonly kind: 'help'; readonly from: number; readonly over?: Dialog }
  | { readonly kind: 'hosts'; readonly from: number }
  | { readonly kind: 'hops'; readonly id: string; readonly from?: number }
  /** `naming`: the id that is asked for, of a notebook that has none by itself. */
  | {
      readonly kind: 'publish'
      readonly filter: string
      /** Null until it was moved. */
      readonly index: number | null
      readonly naming: { readonly path: string; readonly why: string; readonly typed: string } | null
    }
  /** `chosen`: the name of the entry at its cursor; null while that is the best. */
  | { readonly kind: 'palette'; readonly query: string; readonly chosen: string | null }
  /** `past` is null while it is read; `from`: the first line shown of the one that is open, null in the list. */
  | {
      readonly kind: 'history'
      readonly past: PastAnswer | null
      readonly index: number
      readonly from: number | null
    }
  | { readonly kind: 'quit' }
  | {
      readonly kind: 'confirm'
      readonly question: string
      /** What must be typed; null for a plain y/N. */
      readonly expected: string | null
      readonly typed: string
      readonly requests: readonly Request[]
      /** What a yes would run, to be looked at; null where the question says it all. */
      readonly dryRun: DryRun | null
    }

export const initialState = (observed: Observed, at: number, options: Options, columns = 120, rows = 40): State => ({
  observed,
  at,
  ui: {
    options,
    columns,
    rows,
    focus: 'grid',
    cursor: null,
    marks: new Set(),
    filter: '',
    editingFilter: false,
    faultsOnly: false,
    sort: { column: 'verdict', descending: false },
    zoomed: false,
    front: 'operation',
    reading: null,
    logGrowth: 0,
    theme: null,
    dialog: null,
  },
  operation: null,
  queued: [],
  batch: noBatch,
  ran: [],
  log: null,
  beside: null,
  moving: new Set(),
  notebooks: null,
  notice: null,
  missed: null,
  handled: 0,
})

/** The look in force. */
export const themeOf = ({ ui: { theme, options } }: State): ThemeName => theme ?? options.theme

/** The operation has the place below the papers, and a log behind it no keys. What is being typed at a log is typed to its end first. */
export const isOperationInFront = ({ operation, log, ui }: State): boolean => {
  const isTyping = ui.focus === 'log' && log !== null && log.prompt !== null
  return operation !== null && (log === null || (ui.front === 'operation' && !isTyping))
}

/** An operation is under way, or about to begin: the end of what was asked for was not told yet. */
export const isRunning = ({ operation, queued }: State): boolean =>
  queued.length > 0 || (operation !== null && operation.outcome.kind === 'running')
