import type { Request } from './operations.ts'
import { endingOf } from './outcome-words.ts'
import type { State } from './state.ts'
import type { OperationReport } from './step.ts'

/** Requests that were made at once and run one after the other, and how those that ended did. The first that fails is the last. */
export type Batch = { readonly requests: readonly Request[]; readonly ends: readonly End[] }

type End = { readonly isDone: boolean; readonly words: string }

export const noBatch: Batch = { requests: [], ends: [] }

export const withReport = (batch: Batch, { outcome }: OperationReport): Batch => {
  const { words } = endingOf(outcome.kind, 'problem' in outcome && outcome.problem.kind === 'interrupted')
  return withEnd(batch, { isDone: outcome.kind === 'done', words })
}

export const withRefusal = (batch: Batch): Batch => withEnd(batch, { isDone: false, words: 'refused' })

/** The present request is over, of which `left` are not: what told nothing of itself had nothing to do. */
export const withNext = (batch: Batch, left: number): Batch =>
  batch.ends.length < batch.requests.length - left ? withEnd(batch, { isDone: true, words: 'nothing to do' }) : batch

const withEnd = (batch: Batch, end: End): Batch => ({ ...batch, ends: [...batch.ends, end] })

/** `2nd of 3`; null for a request that is alone. */
export const placeIn = ({ requests }: Batch, left: number): string | null =>
  requests.length < 2 ? null : `${ordinal(requests.length - left + 1)} of ${requests.length}`

const ordinal = (place: number): string => {
  const ending = place % 100 > 10 && place % 100 < 14 ? undefined : ['th', 'st', 'nd', 'rd'][place % 10]
  return `${place}${ending ?? 'th'}`
}

/** `1 of 3 done: attention; failed: flow; not begun: sampling`; null for a request that is alone. */
export const batchWords = ({ requests, ends }: Batch): string | null => {
  if (requests.length < 2) return null
  const ids = requests.map(({ kind, id }) => id ?? kind)
  const done = ends.flatMap(({ isDone, words }, at) =>
    isDone ? [words === 'done' ? ids[at] : `${ids[at]} (${words})`] : [],
  )
  const others = ends.flatMap(({ isDone, words }, at) => (isDone ? [] : [`${words}: ${ids[at]}`]))
  const rest = ids.slice(ends.length)
  return [
    `${done.length} of ${ids.length} done${done.length === 0 ? '' : `: ${done.join(', ')}`}`,
    ...others,
    ...(rest.length === 0 ? [] : [`not begun: ${rest.join(', ')}`]),
  ].join('; ')
}

/** Where no operation is left to tell it, how all that was asked for ended is told in the key bar. */
export const withBatchTold = (state: State): State => {
  const words = batchWords(state.batch)
  if (words === null || state.operation !== null) return state
  const why = state.notice?.tone === 'bad' ? `  ${state.notice.text}` : ''
  return { ...state, notice: { tone: state.notice?.tone ?? 'info', text: `${words}.${why}` } }
}

export const isAllDone = ({ requests, ends }: Batch): boolean =>
  ends.filter(({ isDone }) => isDone).length === requests.length
