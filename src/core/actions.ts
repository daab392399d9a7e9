import { problemLine } from './explain.ts'
import type { Request } from './operations.ts'
import { isPaperId } from './paper.ts'
import { lastOf } from './reading.ts'
import { type JudgedPaper, rowAtCursor, rowsOf } from './rows.ts'
import { isRunning, type State } from './state.ts'

/** How an action is confirmed: the graver, the more must be typed. */
export type Confirmation =
  | { readonly kind: 'none' }
  | { readonly kind: 'yes-no'; readonly question: string }
  | { readonly kind: 'type'; readonly question: string; readonly expected: string }

/** Something the operator can do to papers. Key bar, help and input all read this list. */
export type Action = {
  readonly key: string
  readonly name: string
  readonly title: string
  /** Why it cannot be done now; null when it can. */
  readonly disabled: (state: State) => string | null
  readonly confirm: (state: State) => Confirmation
  readonly requests: (state: State) => readonly Request[]
}

/** `p` asks for a notebook first, so it makes no request by itself. */
export const actions: readonly Action[] = [
  {
    key: 'r',
    name: 'restart',
    title: 'restart the paper, or all marked ones',
    disabled: state => whyNotNow(state) ?? whyNoTarget(state),
    confirm: state => {
      const chosen = targets(state)
      if (chosen.length > 1) return typeTheCount(chosen, 'Restart', healthyWords(chosen))
      const [row] = chosen
      return row === undefined || row.verdict.level === 'failing'
        ? { kind: 'none' }
        : { kind: 'yes-no', question: restartQuestion(row) }
    },
    requests: state => targets(state).map(({ paper }) => ({ kind: 'restart', id: paper.id })),
  },
  {
    key: 'R',
    name: 'restart failing',
    title: 'restart every failing paper',
    disabled: state => whyNotNow(state) ?? (failing(state).length === 0 ? 'no paper is failing' : null),
    confirm: state => (failing(state).length > 1 ? typeTheCount(failing(state), 'Restart') : { kind: 'none' }),
    requests: state => failing(state).map(({ paper }) => ({ kind: 'restart', id: paper.id })),
  },
  {
    key: 'u',
    name: 'unpublish',
    title: 'take the paper, or all marked ones, off the site',
    disabled: state => whyNotNow(state) ?? whyNoTarget(state) ?? whyNoEdge(state),
    confirm: state => {
      const chosen = targets(state)
      const [row] = chosen
      return chosen.length > 1 || row === undefined
        ? typeTheCount(chosen, 'Take off the site:')
        : {
            kind: 'type',
            question: `Take ${row.paper.id} off the site? Its page is gone at once; ${viewers(row)}.`,
            expected: row.paper.id,
          }
    },
    requests: state => targets(state).map(({ paper }) => ({ kind: 'unpublish', id: paper.id })),
  },
  {
    key: 'x',
    name: 'repair',
    title: 'finish or undo what was interrupted, mend drift',
    disabled: state => whyNotNow(state) ?? whyNoTarget(state) ?? whyNoEdge(state),
    confirm: state => {
      const chosen = targets(state)
      if (chosen.length > 1) return typeTheCount(chosen, 'Repair')
      const ids = chosen.map(({ paper }) => paper.id).join()
      return { kind: 'yes-no', question: `Repair ${ids}? The registry is believed; what disagrees is mended.` }
    },
    requests: state => targets(state).map(({ paper }) => ({ kind: 'repair', id: paper.id })),
  },
]

export const publishDisabled = (state: State): string | null => whyNotNow(state) ?? whyNoEdge(state)

/** Marked papers, or the one at the cursor. */
export const targets = (state: State): readonly JudgedPaper[] => {
  const marked = rowsOf({ ...state, ui: { ...state.ui, filter: '', faultsOnly: false } }).filter(({ paper }) =>
    state.ui.marks.has(paper.id),
  )
  if (marked.length > 0) return marked
  const row = rowAtCursor(state)
  return row === null ? [] : [row]
}

export const failing = (state: State): readonly JudgedPaper[] =>
  rowsOf({ ...state, ui: { ...state.ui, filter: '', faultsOnly: false } }).filter(
    ({ paper, verdict }) => verdict.level === 'failing' && isPaperId(paper.id),
  )

/** Why nothing at all can be done now: read-only, under way, or the GPU host cannot be reached. */
export const whyNotNow = (state: State): string | null => {
  if (state.ui.options.readOnly) return 'papergen runs with --read-only'
  if (isRunning(state)) return `${underWay(state)} is under way`
  const { link } = state.observed.gpuHost
  return link.kind === 'down' ? `${state.observed.gpuHost.name} cannot be reached: ${problemLine(link.error)}` : null
}

const underWay = ({ operation, queued: [present] }: State): string => {
  if (operation !== null && operation.outcome.kind === 'running') return `${operation.operation} ${operation.id}`
  return present === undefined ? 'an operation' : `${present.kind} ${present.id ?? ''}`.trimEnd()
}

const whyNoEdge = ({ observed: { edgeHost } }: State): string | null =>
  edgeHost.link.kind === 'down' ? `${edgeHost.name} cannot be reached: ${problemLine(edgeHost.link.error)}` : null

const whyNoTarget = (state: State): string | null => {
  const chosen = targets(state)
  if (chosen.length === 0) return 'no paper is selected'
  const odd = chosen.find(({ paper }) => !isPaperId(paper.id))
  return odd === undefined ? null : `${JSON.stringify(odd.paper.id)} is no id papergen acts on`
}

const typeTheCount = (chosen: readonly JudgedPaper[], verb: string, more = ''): Confirmation => ({
  kind: 'type',
  question: `${verb} ${chosen.length} papers: ${chosen.map(({ paper }) => paper.id).join(', ')}${more}`,
  expected: String(chosen.length),
})

/** A stopped paper has no viewers, and one that drifted is not mended by this key. */
const restartQuestion = (row: JudgedPaper): string => {
  const { paper, verdict } = row
  if (verdict.level === 'stopped') return `Start ${paper.id}? It is stopped.`
  const cure = verdict.fix === 'repair' ? ` x repairs that (${verdict.cause}), a restart does not.` : ''
  return `Restart ${paper.id}? It is ${standing[verdict.level] ?? verdict.level}; ${viewers(row)}.${cure}`
}

const standing: Partial<Record<JudgedPaper['verdict']['level'], string>> = {
  drift: 'drifting: its records disagree',
  unknown: 'in an unknown state',
}

/** Those among many that nothing is wrong with, and whom it would cost what. */
const healthyWords = (chosen: readonly JudgedPaper[]): string => {
  const healthy = chosen.filter(({ verdict }) => verdict.level === 'ok')
  return healthy.length === 0 ? '' : `. ${whichAreOk(healthy, chosen)} ok; ${viewers(...healthy)}.`
}

/** By their names as long as they are few. */
const whichAreOk = (healthy: readonly JudgedPaper[], chosen: readonly JudgedPaper[]): string => {
  if (healthy.length === 1) return `${healthy[0]?.paper.id} is`
  if (healthy.length <= 3) return `${healthy.map(({ paper }) => paper.id).join(', ')} are`
  return healthy.length === chosen.length ? 'All are' : `${healthy.length} of them are`
}

const viewers = (...rows: readonly JudgedPaper[]): string => {
  const whom = rows.length === 1 ? 'it' : 'them'
  const counts = rows.map(({ paper }) => lastOf(paper.local)?.viewers ?? null)
  if (counts.includes(null)) return `how many are viewing ${whom} is not known`
  const count = counts.reduce<number>((sum, each) => sum + (each ?? 0), 0)
  return count === 0 ? `nobody is viewing ${whom}` : `${count} viewer${count === 1 ? '' : 's'} would be cut off`
}
