import { clipped } from './clipboard.ts'
import { toggleTraceback } from './log-fold.ts'
import { logRoom } from './log-height.ts'
import { nextHit } from './log-hits.ts'
import { whyNotInLog } from './log-keys.ts'
import { priorities } from './log-lines.ts'
import { at, follow, type Layout, page, scroll } from './log-move.ts'
import { type LogPane, reopened, requestOf } from './log-pane.ts'
import { asPane } from './log-panes.ts'
import { ask } from './log-prompt.ts'
import { farRange, nextRange, onePaper, type Range } from './log-request.ts'
import { layoutOf } from './log-rows.ts'
import { chosenRuns, type RunChoice } from './log-runs.ts'
import { scoped, searched } from './log-scope.ts'
import { closeOne, isOpen, openLog } from './log-split.ts'
import { bareTextOf, chosenLines, savePath } from './log-text.ts'
import { cursorOf } from './log-walk.ts'
import { only, type Pressed, say, tell } from './pressed.ts'
import { lengthOf } from './sequence.ts'
import type { State } from './state.ts'

/** Keys that act inside a focused log pane; null for a key the grid handles (its actions work from here too). */
export const pressInLog = (state: State, log: LogPane, key: string): Pressed | null => {
  const why = whyNotInLog(log, key)
  if (why !== null) return only(say(state, why))
  if (key === 'f' && log.failed !== null) return ranged(state, log, log.range)
  const layout = layoutOf(asPane(state, log), log, logRoom(state))
  const moved = move(log, key, layout) ?? looked(log, key, layout)
  if (moved !== null) return only({ ...state, log: moved })
  if (/^[1-8]$/.test(key)) return prioritised(state, log, Number(key) - 1)
  switch (key) {
    case 'n':
    case 'N':
      return found(state, log, key === 'n' ? 1 : -1, layout)
    case 'i':
      return nextRun(state, log)
    case 's':
      return ranged(state, log, nextRange(log.range))
    case 'S':
      return only({ ...state, log: ask(log, 'save', savePath(log, state.at, state.ui.options.zone)) })
    case 'y':
      return copied(state, log)
    case 'l':
    case 'e':
      return toggled(state, log, key === 'l' ? 'journal' : 'error')
    case 'esc':
      return stepBack(state, log)
    default:
      return null
  }
}

/** `l` and `e` close what they opened; of one paper they open the other log. */
const toggled = (state: State, log: LogPane, source: LogPane['source']): Pressed => {
  const request = log.units.length === 1 ? onePaper(log.unit, source) : { ...requestOf(log), source }
  if (isOpen(state, request)) return closeOne(state, source)
  return log.units.length === 1
    ? openLog(state, request)
    : only(say(state, 'The edge log is of one paper: close this log first.'))
}

const move = (log: LogPane, key: string, layout: Layout): LogPane | null => {
  const by = { j: 1, down: 1, k: -1, up: -1, g: -Infinity, home: -Infinity }[key]
  if (by !== undefined) return scroll(log, by, layout)
  switch (key) {
    case 'pagedown':
      return page(log, 1, layout)
    case 'pageup':
      return page(log, -1, layout)
    case 'G':
    case 'end':
      return follow(log, true)
    case 'f':
      return follow(log)
    default:
      return null
  }
}

/** Keys that change how lines are looked at. */
const looked = (log: LogPane, key: string, layout: Layout): LogPane | null => {
  switch (key) {
    case '/':
      return ask(log, 'find', '')
    case '&':
      return ask(log, 'filter', log.scope.filter?.typed ?? '')
    case 'w':
      return { ...log, wrap: !log.wrap, shift: 0 }
    case 'left':
    case 'right':
      return { ...log, wrap: false, shift: Math.max(0, log.shift + (key === 'right' ? 20 : -20)) }
    case 't':
      return { ...log, times: ({ time: 'date', date: 'none', none: 'time' } as const)[log.times] }
    case 'enter':
      return toggleTraceback(log, layout)
    case 'v':
      return selecting(log, layout)
    default:
      return null
  }
}

const selecting = (log: LogPane, layout: Layout): LogPane => {
  const cursor = cursorOf(log) ?? 0
  return log.anchor === null ? { ...at(log, cursor, layout), anchor: cursor } : { ...log, anchor: null }
}

const prioritised = (state: State, log: LogPane, priority: number): Pressed => {
  const words = priority === 7 ? 'Every priority is shown.' : `Shown: ${priorities[priority]} and worse. 8 shows all.`
  return only(tell({ ...state, log: scoped(log, { priority }) }, words))
}

const found = (state: State, log: LogPane, direction: 1 | -1, layout: Layout): Pressed => {
  const [pane, words] = nextHit(log, direction, layout)
  return only(tell({ ...state, log: pane }, words))
}

/** This run, the one before, all. What the buffer does not hold the journal is asked for. */
const nextRun = (state: State, log: LogPane): Pressed => {
  const run = ({ all: 'this', this: 'previous', previous: 'all' } as const)[log.scope.run]
  const chosen = scoped(log, { run })
  if (run !== 'previous' || chosenRuns(log.runs, 'previous').size > 0)
    return only(tell({ ...state, log: chosen }, runWords[run]))
  if (log.range === farRange || log.range.words === 'all')
    return only(
      say({ ...state, log: chosen }, `The ${log.range.words} lines of the journal have no run before this one.`),
    )
  const asked = ranged(state, chosen, farRange)
  return { ...asked, state: tell(asked.state, 'The run before this one: asking the journal for it.') }
}

const runWords: Readonly<Record<RunChoice, string>> = {
  this: 'Only this run is shown; i shows the one before.',
  previous: 'Only the run before this one is shown; i shows all.',
  all: 'All runs are shown.',
}

const ranged = (state: State, log: LogPane, range: Range): Pressed => {
  const pane = reopened(log, range)
  return only(tell({ ...state, log: pane }, `Reading: ${range.words}.`), {
    kind: 'open-log',
    beside: state.beside !== null,
    ...requestOf(pane),
  })
}

const copied = (state: State, log: LogPane): Pressed => {
  const numbers = chosenLines(log)
  const text = bareTextOf(log, numbers)
  const what = numbers.length === 1 ? `the line: ${text}` : `${numbers.length.toLocaleString('en')} lines`
  const taken = clipped(text)
  const words = taken === text ? `Copied ${what}` : `Copied the start of ${what}: a terminal's clipboard takes no more.`
  return only(tell({ ...state, log: { ...log, anchor: null } }, words), { kind: 'copy', text: taken })
}

/** Esc takes back one thing: the selection, the search, what narrows the log; then the papers have the keys again. */
const stepBack = (state: State, log: LogPane): Pressed | null => {
  const back = (pane: LogPane): Pressed => only({ ...state, log: pane })
  if (log.anchor !== null) return back({ ...log, anchor: null })
  if (log.find !== null) return back(searched(log, null))
  if (log.scope.filter !== null) return back(scoped(log, { filter: null }))
  const isWhole = log.scope.priority === 7 && log.scope.run === 'all'
  return isWhole || lengthOf(log.lines) === 0 ? null : back(scoped(log, { priority: 7, run: 'all' }))
}
