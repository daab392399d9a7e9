import { type Batch, batchWords, noBatch, withNext, withRefusal, withReport } from './batch.ts'
import type { Column } from './columns.ts'
import { type Draft, type DryRun, withDrafts } from './dry-run.ts'
import type { Problem } from './errors.ts'
import { type PastAnswer, type Ran, withPast, withRan } from './history.ts'
import type { JournalEntry, JournalQuery } from './journal.ts'
import { appendLines, type LogPane, openPane } from './log-pane.ts'
import { type LogRequest, onePaper } from './log-request.ts'
import { type Observation, type Observed, observe } from './observed.ts'
import type { Request } from './operations.ts'
import type { NotebookFile } from './ports.ts'
import { keepSelection, onShownRow } from './selection.ts'
import type { OperationReport } from './step.ts'
import type { ThemeName } from './themes.ts'

/** Everything the console shows, as one value. Views are functions of it; `reduce` and `press` (keys.ts) are the only ways it changes. */
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
      readonly index: number
      readonly naming: { readonly path: string; readonly why: string; readonly typed: string } | null
    }
  /** `chosen`: the words of the entry at its cursor; null while that is the best. */
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

export type Event =
  | { readonly type: 'observation'; readonly observation: Observation }
  | { readonly type: 'moving'; readonly papers: ReadonlySet<string> }
  | { readonly type: 'tick'; readonly at: number }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'operation'; readonly report: OperationReport }
  | { readonly type: 'ran'; readonly ran: Ran }
  | { readonly type: 'past'; readonly past: PastAnswer }
  | { readonly type: 'operation-closed' }
  /** Told by the handler of `run`: until each was told `next-request`, no other action is offered. None: the rest is given up. */
  | { readonly type: 'requested'; readonly requests: readonly Request[] }
  /** A request that was refused before anything began. */
  | { readonly type: 'refused'; readonly text: string; readonly problem: Problem }
  /** What a question is about, prepared: told once for all its requests. */
  | { readonly type: 'prepared'; readonly requests: readonly Request[]; readonly drafts: readonly Draft[] }
  | { readonly type: 'next-request' }
  | { readonly type: 'log-opened'; readonly unit: string; readonly source: JournalQuery['source'] }
  | { readonly type: 'log-closed' }
  | { readonly type: 'notebooks'; readonly notebooks: readonly NotebookFile[] }
  | {
      readonly type: 'log-lines'
      readonly unit: string
      readonly source: JournalQuery['source']
      readonly entries: readonly JournalEntry[]
    }
  | {
      readonly type: 'log-failed'
      readonly unit: string
      readonly source: JournalQuery['source']
      readonly text: string
    }
  | { readonly type: 'notice'; readonly notice: Notice | null }
  /** It was there long enough to be read. */
  | { readonly type: 'notice-read'; readonly notice: Notice }
  /** Something that nobody at the keys asked for. */
  | { readonly type: 'alarm'; readonly text: string }

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

/** What was told, applied. An event that changes nothing returns the same object. */
export const reduce = (state: State, event: Event): State => reduceAll(state, [event])

/** A burst of events in their order. */
export const reduceAll = (state: State, events: readonly Event[]): State => {
  const after = events.reduce(applied, state)
  // Once for a whole burst: it asks for every paper's place.
  return after.observed === state.observed ? after : keepSelection(state, after)
}

const applied = (state: State, event: Event): State => {
  switch (event.type) {
    case 'observation': {
      const observed = observe(state.observed, event.observation)
      return observed === state.observed ? state : { ...state, observed }
    }
    case 'moving':
      return { ...state, moving: event.papers }
    case 'tick':
      return onShownRow(state, { ...state, at: event.at })
    case 'resize':
      return { ...state, ui: { ...state.ui, columns: event.columns, rows: event.rows } }
    case 'operation': {
      const begins = state.operation?.op !== event.report.op
      const ui = begins ? { ...state.ui, front: 'operation' as const, reading: null } : state.ui
      // What was said to a key meanwhile is read; what told of the former standing is over.
      const notice = begins || event.report.outcome.kind !== 'running' ? null : state.notice
      return withPublished({ ...state, ui, operation: event.report, notice })
    }
    case 'ran':
      return withRan({ ...state, batch: withReport(state.batch, event.ran.report) }, event.ran)
    case 'past':
      return withPast(state, event.past)
    case 'operation-closed':
      return isRunning(state) ? state : { ...state, operation: null }
    case 'requested':
      return event.requests.length === 0
        ? withBatchTold({ ...state, queued: [] })
        : { ...state, operation: null, queued: event.requests, batch: { requests: event.requests, ends: [] } }
    case 'refused': {
      const notice = { tone: 'bad', text: event.text } as const
      return { ...state, operation: null, notice, batch: withRefusal(state.batch) }
    }
    case 'prepared':
      return withDrafts(state, event.requests, event.drafts)
    case 'next-request':
      return {
        ...state,
        queued: state.queued.slice(1),
        batch: withNext(state.batch, Math.max(0, state.queued.length - 1)),
      }
    case 'notebooks':
      return { ...state, notebooks: event.notebooks }
    case 'log-opened':
      return withLog(state, onePaper(event.unit, event.source))
    case 'log-closed':
      return withoutLog(state)
    case 'log-lines':
      return onPane(state, event, pane => appendLines(pane, event.entries))
    case 'log-failed':
      return onPane(state, event, pane => ({ ...pane, failed: event.text }))
    case 'notice':
      return { ...state, notice: event.notice }
    case 'notice-read': {
      // While a request is checked nothing else says that anything goes on.
      const isChecking = isRunning(state) && state.operation === null
      return state.notice === event.notice && !isChecking ? { ...state, notice: null } : state
    }
    case 'alarm': {
      const notice = { tone: 'bad', text: event.text } as const
      return state.ui.dialog === null ? { ...state, notice } : { ...state, missed: notice }
    }
  }
}

/** Where no operation is left to tell it, how all that was asked for ended is told in the key bar. */
const withBatchTold = (state: State): State => {
  const words = batchWords(state.batch)
  if (words === null || state.operation !== null) return state
  const why = state.notice?.tone === 'bad' ? `  ${state.notice.text}` : ''
  return { ...state, notice: { tone: state.notice?.tone ?? 'info', text: `${words}.${why}` } }
}

/** What came for a log goes to the pane that shows it; a pane that is gone wants nothing. */
const onPane = (
  state: State,
  { unit, source }: Pick<LogRequest, 'unit' | 'source'>,
  change: (pane: LogPane) => LogPane,
): State => {
  const shows = (pane: LogPane | null): pane is LogPane => pane?.unit === unit && pane.source === source
  if (shows(state.log)) return { ...state, log: change(state.log) }
  return shows(state.beside) ? { ...state, beside: change(state.beside) } : state
}

/** A log pane opened on a paper, or on several, empty. */
export const withLog = (state: State, request: LogRequest): State => ({
  ...state,
  log: openPane(request),
  beside: null,
  ui: { ...state.ui, front: 'log' },
})

/** The grid has the screen and the keys to itself again. */
export const withoutLog = (state: State): State => ({
  ...state,
  log: null,
  beside: null,
  ui: { ...state.ui, focus: 'grid', zoomed: false, front: 'operation' },
})

/** Who has just published a paper goes on with that one. */
const withPublished = (state: State): State => {
  const { operation, observed, ui } = state
  const isNew = operation?.operation === 'publish' && operation.outcome.kind === 'done'
  return isNew && observed.papers.has(operation.id) ? { ...state, ui: { ...ui, cursor: operation.id } } : state
}

/** The look in force. */
export const themeOf = ({ ui: { theme, options } }: State): ThemeName => theme ?? options.theme

/** An operation is under way, or about to begin: the end of what was asked for was not told yet. */
export const isRunning = ({ operation, queued }: State): boolean =>
  queued.length > 0 || (operation !== null && operation.outcome.kind === 'running')
