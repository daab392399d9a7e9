import { type Action, actions, publishDisabled } from './actions.ts'
import { ask } from './asking.ts'
import type { Column } from './columns.ts'
import { whyNot } from './grid-keys.ts'
import type { JournalQuery } from './journal.ts'
import { logOf } from './log-chosen.ts'
import { closeOne, focusNext, isOpen, openLog } from './log-split.ts'
import { zoom } from './log-zoom.ts'
import { hidesPapers, isReadable, lastReading } from './operation-room.ts'
import { closeLog, only, type Pressed, say, tell, withDialog } from './pressed.ts'
import { sortBy } from './row-order.ts'
import { rowsOf } from './rows.ts'
import { scrollBy } from './scroll.ts'
import { isOperationInFront, isRunning, type State, themeOf } from './state.ts'
import { nextTheme } from './themes.ts'

/** Keys that act on the papers, and those that open what is beside them. */
export const pressInGrid = (state: State, key: string): Pressed => {
  const read = isReadable(state) ? readThrough(state, key) : null
  if (read !== null) return only(read)
  if (hidesPapers(state) && actsOnHidden(key)) return only(say(state, 'Esc first: the papers lie behind this.'))
  const why = whyNot(state, key)
  if (why !== null) return only(say(state, why))
  const action = actions.find(candidate => candidate.key === key)
  if (action !== undefined) return act(state, action)
  const moved = move(state, key)
  if (moved !== null) return only(moved)
  switch (key) {
    case 'p':
      return openPublish(state)
    case ':':
      return openPalette(state)
    case 'l':
      return toggleLog(state, 'journal', paperToRead(state))
    case 'e':
      return toggleLog(state, 'error', paperToRead(state))
    case 'o':
      return only(state, { kind: 'open-url', id: state.ui.cursor ?? '' })
    case 'y':
      return only(state, { kind: 'copy-url', id: state.ui.cursor ?? '' })
    case 'enter':
      return state.ui.cursor === null ? only(state) : only(withDialog(state, { kind: 'hops', id: state.ui.cursor }))
    case 'h':
      return only(withDialog(state, { kind: 'hosts', from: 0 }))
    case 'H':
      return only(withDialog(state, { kind: 'history', past: null, index: 0, from: null }), { kind: 'list-past' })
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

/** A finished operation that is longer than its place is scrolled by what else moves the cursor; null where it is not. */
const readThrough = (state: State, key: string): State | null => {
  const by = scrollBy(key, state.ui.rows)
  const last = lastReading(state)
  if (by === undefined || last === 0) return null
  const from = state.ui.reading ?? (by > 0 ? -1 : 0)
  return { ...state, ui: { ...state.ui, reading: Math.max(0, Math.min(last, from + by)) } }
}

/** What would change a paper that nobody sees. */
const actsOnHidden = (key: string): boolean =>
  [' ', '*', 'enter', 'o', 'y', ...actions.map(each => each.key)].includes(key)

/** Keys that change what is listed and how. */
const arrange = (state: State, key: string): State => {
  const { ui } = state
  switch (key) {
    case '/':
      return { ...state, ui: { ...ui, editingFilter: true, focus: 'grid' } }
    case 'f':
      return { ...state, ui: { ...ui, faultsOnly: !ui.faultsOnly } }
    case 's':
      return { ...state, ui: { ...ui, sort: sortBy(nextColumn(state)) } }
    case 'S':
      return { ...state, ui: { ...ui, sort: { ...ui.sort, descending: !ui.sort.descending } } }
    case ' ':
      return ui.cursor === null ? state : { ...state, ui: { ...ui, marks: toggled(ui.marks, ui.cursor) } }
    case '*':
      return markAll(state)
    case 'T':
      return withNextTheme(state)
    case 'tab':
      return focusNext(state)
    case 'z':
      return zoom(state)
    case '+':
    case '-':
      return { ...state, ui: { ...ui, logGrowth: Math.max(-8, Math.min(20, ui.logGrowth + (key === '+' ? 2 : -2))) } }
    default:
      return key.length === 1 ? say(state, `${key} does nothing here; ? shows what does.`) : state
  }
}

const act = (state: State, action: Action): Pressed => {
  const requests = action.requests(state)
  const confirmation = action.confirm(state)
  if (confirmation.kind === 'none') return only(state, { kind: 'run', requests })
  const expected = confirmation.kind === 'type' ? confirmation.expected : null
  return ask(state, { question: confirmation.question, expected }, requests)
}

const openPublish = (state: State): Pressed =>
  only(
    { ...withDialog(state, { kind: 'publish', filter: '', index: null, naming: null }), notebooks: null },
    { kind: 'list-notebooks' },
  )

/** It lists notebooks too, where one could be published. */
const openPalette = (state: State): Pressed =>
  only(
    withDialog(state, { kind: 'palette', query: '', chosen: null }),
    ...(publishDisabled(state) === null ? [{ kind: 'list-notebooks' } as const] : []),
  )

/** The same key opens and closes its pane; on another paper it moves there. An operation waits behind. */
export const toggleLog = (state: State, source: JournalQuery['source'], paper: string | null): Pressed => {
  const request = logOf(state, paper, source)
  if (typeof request === 'string') return only(say(state, request))
  if (!isOpen(state, request)) return openLog(state, request)
  return isOperationInFront(state) ? only({ ...state, ui: { ...state.ui, front: 'log' } }) : closeOne(state, source)
}

/** What one wants to read about beside an operation is the paper it was about, wherever the cursor is. */
const paperToRead = (state: State): string | null =>
  (isOperationInFront(state) ? state.operation?.id : null) ?? state.ui.cursor

/** Esc closes one thing: the log over an operation, the finished operation, the filter, the marks, the log pane. */
const stepBack = (state: State): Pressed => {
  const { ui } = state
  if (state.operation !== null && ui.front === 'log' && state.log !== null && ui.focus !== 'log') return closeLog(state)
  if (state.operation !== null && !isRunning(state)) return only({ ...state, operation: null })
  if (ui.focus === 'log') return only({ ...state, ui: { ...ui, focus: 'grid' } })
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
  const by = scrollBy(key, state.ui.rows)
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

/** What is as configured is not remembered: another config is to have its say. */
const withNextTheme = (state: State): State => {
  const theme = nextTheme(themeOf(state))
  const { options } = state.ui
  return tell({ ...state, ui: { ...state.ui, theme: theme === options.theme ? null : theme } }, `Theme: ${theme}`)
}

/** `s` goes through the columns in their order; from one that is not among them to the first. */
const nextColumn = ({ ui: { options, sort } }: State): Column =>
  options.chosen[(options.chosen.indexOf(sort.column) + 1) % options.chosen.length] ?? 'paper'

const toggled = (marks: ReadonlySet<string>, id: string): ReadonlySet<string> => {
  const next = new Set(marks)
  if (!next.delete(id)) next.add(id)
  return next
}
