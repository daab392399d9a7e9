import { type Action, actions, publishDisabled } from './actions.ts'
import type { JournalQuery } from './journal.ts'
import { logOf } from './log-chosen.ts'
import { closeLog, only, type Pressed, say, withDialog } from './pressed.ts'
import { rowsOf } from './rows.ts'
import { type Column, isRunning, type State, withLog } from './state.ts'

/** Keys that act on the papers, and those that open what is beside them. */
export const pressInGrid = (state: State, key: string): Pressed => {
  const action = actions.find(candidate => candidate.key === key)
  if (action !== undefined) return act(state, action)
  const moved = move(state, key)
  if (moved !== null) return only(moved)
  switch (key) {
    case 'p':
      return openPublish(state)
    case 'l':
      return toggleLog(state, 'journal')
    case 'e':
      return toggleLog(state, 'error')
    case 'enter':
      return state.ui.cursor === null ? only(state) : only(withDialog(state, { kind: 'hops', id: state.ui.cursor }))
    case 'h':
      return only(withDialog(state, { kind: 'hosts' }))
    case '?':
      return only(withDialog(state, { kind: 'help', from: 0 }))
    case 'q':
      return isRunning(state) ? only(withDialog(state, { kind: 'quit' })) : only(state, { kind: 'quit' })
    case 'esc':
      return stepBack(state)
    default:
      return only(arrange(state, key))
  }
}

/** Keys that change what is listed and how. */
const arrange = (state: State, key: string): State => {
  const { ui } = state
  switch (key) {
    case '/':
      return { ...state, ui: { ...ui, editingFilter: true, focus: 'grid' } }
    case 'f':
      return { ...state, ui: { ...ui, faultsOnly: !ui.faultsOnly } }
    case 's':
      return { ...state, ui: { ...ui, sort: { ...ui.sort, column: nextColumn(ui.sort.column) } } }
    case 'S':
      return { ...state, ui: { ...ui, sort: { ...ui.sort, descending: !ui.sort.descending } } }
    case ' ':
      return ui.cursor === null ? state : { ...state, ui: { ...ui, marks: toggled(ui.marks, ui.cursor) } }
    case '*':
      return markAll(state)
    case 'tab':
      return state.log === null
        ? say(state, 'No log pane is open: l opens the journal, e the edge log.')
        : focusOther(state)
    case 'z':
      return { ...state, ui: { ...ui, zoomed: !ui.zoomed } }
    case '+':
    case '-':
      return { ...state, ui: { ...ui, logGrowth: Math.max(-8, Math.min(20, ui.logGrowth + (key === '+' ? 2 : -2))) } }
    default:
      return key.length === 1 ? say(state, `${key} does nothing here; ? shows what does.`) : state
  }
}

const act = (state: State, action: Action): Pressed => {
  const why = action.disabled(state)
  if (why !== null) return only(say(state, `${action.key} ${action.name}: ${why}`))
  const requests = action.requests(state)
  const confirmation = action.confirm(state)
  if (confirmation.kind === 'none') return only(state, { kind: 'run', requests })
  const expected = confirmation.kind === 'type' ? confirmation.expected : null
  return only(withDialog(state, { kind: 'confirm', question: confirmation.question, expected, typed: '', requests }))
}

const openPublish = (state: State): Pressed => {
  const why = publishDisabled(state)
  if (why !== null) return only(say(state, `p publish: ${why}`))
  return only(
    { ...withDialog(state, { kind: 'publish', filter: '', index: 0 }), notebooks: null },
    { kind: 'list-notebooks' },
  )
}

/** The same key opens and closes its pane; on another paper it moves there. A finished operation makes room, a running one waits behind. */
const toggleLog = (before: State, source: JournalQuery['source']): Pressed => {
  const request = logOf(before, source)
  if (typeof request === 'string') return only(say(before, request))
  const { unit } = request
  const isBehind = before.operation !== null && before.ui.front === 'operation'
  const state = isRunning(before) ? before : { ...before, operation: null }
  if (state.log?.unit !== unit || state.log.source !== source)
    return only(withLog(state, request), { kind: 'open-log', ...request })
  return isBehind ? only({ ...state, ui: { ...state.ui, front: 'log' } }) : closeLog(state)
}

/** Esc closes one thing: the finished operation, the filter, the marks, the log pane. */
const stepBack = (state: State): Pressed => {
  const { ui } = state
  if (state.operation !== null && !isRunning(state)) return only({ ...state, operation: null })
  if (ui.focus === 'log') return only(focusOther(state))
  if (ui.filter !== '' || ui.faultsOnly) return only({ ...state, ui: { ...ui, filter: '', faultsOnly: false } })
  if (ui.marks.size > 0) return only({ ...state, ui: { ...ui, marks: new Set() } })
  return state.log === null ? only(state) : closeLog(state)
}

/** Keys while a filter is typed: every character narrows at once. */
export const editFilter = (state: State, key: string): Pressed => {
  const { ui } = state
  const edited = (filter: string, editingFilter = true): Pressed =>
    only({ ...state, ui: { ...ui, filter, editingFilter } })
  if (key === 'enter') return edited(ui.filter, false)
  if (key === 'esc') return edited('', false)
  if (key === 'backspace') return edited([...ui.filter].slice(0, -1).join(''))
  const moved = key.length > 1 ? move(state, key) : null
  if (moved !== null) return only(moved)
  return [...key].length === 1 ? edited(ui.filter + key) : only(state)
}

/** Moves the cursor; null when the key does not move. */
const move = (state: State, key: string): State | null => {
  const page = Math.max(1, state.ui.rows - 8)
  const by = {
    j: 1,
    down: 1,
    k: -1,
    up: -1,
    pagedown: page,
    pageup: -page,
    g: -Infinity,
    home: -Infinity,
    G: Infinity,
    end: Infinity,
  }[key]
  if (by === undefined) return null
  const ids = rowsOf(state).map(({ paper }) => paper.id)
  if (ids.length === 0) return state
  const from = Math.max(0, ids.indexOf(state.ui.cursor ?? ''))
  const cursor = ids[Math.max(0, Math.min(ids.length - 1, from + by))] ?? null
  return { ...state, ui: { ...state.ui, cursor } }
}

const markAll = (state: State): State => {
  const shown = rowsOf(state).map(({ paper }) => paper.id)
  const all = shown.every(id => state.ui.marks.has(id))
  return { ...state, ui: { ...state.ui, marks: new Set(all ? [] : shown) } }
}

const columns: readonly Column[] = ['verdict', 'paper', 'title', 'port', 'unit', 'up', 'gpu', 'edge']
const nextColumn = (column: Column): Column => columns[(columns.indexOf(column) + 1) % columns.length] ?? 'verdict'

const toggled = (marks: ReadonlySet<string>, id: string): ReadonlySet<string> => {
  const next = new Set(marks)
  if (!next.delete(id)) next.add(id)
  return next
}

const focusOther = (state: State): State => ({
  ...state,
  ui: { ...state.ui, focus: state.ui.focus === 'grid' ? 'log' : 'grid' },
})
