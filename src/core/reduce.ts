import { withBatchTold, withNext, withRefusal, withReport } from './batch.ts'
import { withDrafts } from './dry-run.ts'
import type { Event } from './event.ts'
import { withPast, withRan } from './history.ts'
import { appendLines } from './log-pane.ts'
import { onePaper } from './log-request.ts'
import { observe } from './observed.ts'
import { onPane, withLog, withoutLog } from './open-log.ts'
import { keepSelection, onShownRow } from './selection.ts'
import { isRunning, type State } from './state.ts'

/** What was told, applied. An event that changes nothing returns the same object. */
export const reduce = (state: State, event: Event): State => reduceAll(state, [event])

/** A burst of events in their order. */
export const reduceAll = (state: State, events: readonly Event[]): State => {
  const after = events.reduce(applied, state)
  if (after === state) return state
  // Once for a whole burst: both ask for every paper's place. Only before the burst is it known where a row that went was.
  return onShownRow(state, after.observed === state.observed ? after : keepSelection(state, after))
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
      return { ...state, at: event.at }
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

/** Who has just published a paper goes on with that one. */
const withPublished = (state: State): State => {
  const { operation, observed, ui } = state
  const isNew = operation?.operation === 'publish' && operation.outcome.kind === 'done'
  return isNew && observed.papers.has(operation.id) ? { ...state, ui: { ...ui, cursor: operation.id } } : state
}
