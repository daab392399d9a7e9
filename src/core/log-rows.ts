import { fitFrame } from './evidence.ts'
import { cellErrorWords } from './journal.ts'
import { type Line, line, type Span, span, type Tone } from './line.ts'
import { failureRows } from './log-failure.ts'
import type { Layout } from './log-move.ts'
import type { LogLine, LogPane } from './log-pane.ts'
import { isFoundIn, placesIn } from './log-pattern.ts'
import { type Run, restartOf } from './log-runs.ts'
import { urgencyOf } from './log-scope.ts'
import { endedTraceback } from './log-traceback.ts'
import { shownBefore } from './log-walk.ts'
import { judgedOf } from './rows.ts'
import { itemAt } from './sequence.ts'
import { signOf } from './signs.ts'
import type { State } from './state.ts'
import { cells, cut, fit, oneLine, withoutCells } from './text.ts'
import { dayAndTime, timeOfDay } from './time-of-day.ts'

/** How lines are laid out on this screen. */
export const layoutOf = (state: State, pane: LogPane, height: number): Layout => {
  const room = roomOf(state, pane)
  return {
    height: height - failureRows(state, pane, height).length,
    rowsOf: ({ lines }, number) => {
      const found = itemAt(lines, number)
      if (found === undefined) return 1
      const separator = restartBefore(pane, number, found) === null ? 0 : 1
      return separator + (pane.wrap ? cut(wordsOf(state, pane, found).join(''), room).length : 1)
    },
  }
}

/**
 * The rows of one line: where a run begins a separator, then the line, on several rows when it is wrapped. The cursor, where it is
 * on this line, stands at the first row that is on the screen.
 */
export const rowsOfLine = (state: State, pane: LogPane, number: number, firstSeen: number | null): readonly Line[] => {
  const found = itemAt(pane.lines, number)
  if (found === undefined) return []
  const words = wordsOf(state, pane, found)
  const room = roomOf(state, pane)
  const texts = pane.wrap ? cut(words.join(''), room) : [fitted(words, room, pane.shift)]
  const separator = separatorOf(state, pane, number, found)
  const cursorRow = firstSeen === null ? null : Math.max(0, firstSeen - (separator === null ? 0 : 1))
  const rows = texts.map((text, row) =>
    line(
      gutter(state, pane, found, row === cursorRow, row === 0),
      ...headOf(state, pane, found).map(part => (row === 0 ? part : span(' '.repeat(cells(part.text))))),
      ...textSpans(pane, found, text),
    ),
  )
  const isSelected = pane.anchor !== null && isBetween(number, pane)
  return [...(separator === null ? [] : [separator]), ...rows.map(row => ({ ...row, selected: isSelected }))]
}

/** What a line says: of a cell error with its traceback what was raised, and then how much is behind it. */
const wordsOf = ({ ui }: State, pane: LogPane, { entry, raised, ends }: LogLine): readonly [string, string] => {
  if (!raised) return [entry.text, '']
  const traceback = ends === null ? null : endedTraceback(pane.tracing, ends)
  if (traceback === null) return [`cell error: ${cellErrorWords(entry.text)}`, '']
  const isOpen = pane.opened.has(traceback.headline ?? -1)
  const count = traceback.lines.length + 1
  const keys = ui.focus === 'log' ? 'Enter' : 'Tab Enter'
  // What was raised needs the room more.
  if (ui.columns < 100) return [traceback.words, `   ${count} lines: ${keys}`]
  return [traceback.words, `   cell error, ${count} lines, ${keys} ${isOpen ? 'closes' : 'opens'}`]
}

const isBetween = (number: number, { anchor, cursor }: LogPane): boolean =>
  anchor !== null && number >= Math.min(anchor, cursor) && number <= Math.max(anchor, cursor)

/** The cursor, or that what was searched for is on this line: nothing rests on colour alone. */
const gutter = (state: State, pane: LogPane, { entry }: LogLine, isAtCursor: boolean, isFirst: boolean): Span => {
  const { ascii } = state.ui.options
  if (isAtCursor && state.ui.focus === 'log') return span(ascii ? '>' : '▸', 'key')
  const isHit = isFirst && pane.find !== null && isFoundIn(pane.find, entry.text)
  return isHit ? span(ascii ? '*' : '•', 'key') : span(' ')
}

/** Time, paper, speaker, sign: what stands before the text. */
const headOf = (state: State, pane: LogPane, found: LogLine): readonly Span[] => {
  const { entry } = found
  const isBad = isTrouble(found)
  return [
    ...timeSpans(state, pane, found),
    ...unitSpans(state, pane, found),
    ...(state.ui.columns >= 60 ? [span(`${fit(entry.who, 9)} `, entry.lifecycle ? 'strong' : 'dim')] : []),
    span(isBad ? (state.ui.options.ascii ? 'x ' : '✗ ') : '  ', 'bad'),
  ]
}

const isTrouble = (found: LogLine): boolean => urgencyOf(found) <= 3

const toneOf = (found: LogLine): Tone =>
  isTrouble(found) ? 'bad' : found.entry.lifecycle ? 'strong' : found.part === null ? 'plain' : 'dim'

const timeSpans = (state: State, { times }: LogPane, { entry }: LogLine): readonly Span[] => {
  if (times === 'none') return []
  const { zone } = state.ui.options
  const width = times === 'date' ? 19 : 8
  const time = entry.at === null ? '' : times === 'date' ? dayAndTime(entry.at, zone) : timeOfDay(entry.at, zone)
  return [span(`${fit(time, width)}  `, 'dim')]
}

/** The paper's name as its verdict has it: a sign, and the tone of it. */
const unitSpans = (state: State, { units }: LogPane, { entry }: LogLine): readonly Span[] => {
  if (units.length < 2) return []
  const level = judgedOf(state).find(({ paper }) => paper.id === entry.unit)?.verdict.level ?? 'unknown'
  const tone = level === 'ok' ? 'dim' : level === 'failing' ? 'bad' : level === 'stopped' ? 'plain' : 'warn'
  return [span(`${signOf(level, state.ui.options.ascii)} ${fit(oneLine(entry.unit ?? ''), unitWidth(units))}  `, tone)]
}

const unitWidth = (units: readonly string[]): number =>
  Math.min(16, Math.max(...units.map(unit => cells(oneLine(unit)))))

const roomOf = (state: State, { times, units }: LogPane): number => {
  const time = { time: 10, date: 21, none: 0 }[times]
  const unit = units.length < 2 ? 0 : unitWidth(units) + 4
  return Math.max(10, state.ui.columns - 1 - time - unit - (state.ui.columns >= 60 ? 10 : 0) - 2)
}

/** One row of a long line: only what can be on the screen is measured. */
const fitted = ([whole, more]: readonly [string, string], room: number, shift: number): string => {
  const words = shift === 0 ? fitFrame(whole, room) : whole
  const rest = withoutCells(words + more, shift)
  const start = rest.slice(0, room * 4).toWellFormed()
  if (rest.length <= room * 4 && cells(start) <= room) return rest
  // That there is more to open is worth more than the end of what was raised, where there is room for both.
  const left = room - cells(more)
  return more !== '' && shift === 0 && left >= 16 ? fit(words.slice(0, room * 4), left) + more : fit(start, room)
}

const textSpans = ({ find }: LogPane, found: LogLine, text: string): readonly Span[] => {
  const tone = toneOf(found)
  if (find === null) return [span(text, tone)]
  const spans: Span[] = []
  let done = 0
  for (const [from, to] of placesIn(find, text)) {
    spans.push(span(text.slice(done, from), tone), span(text.slice(from, to), 'hit'))
    done = to
  }
  return [...spans, span(text.slice(done), tone)].filter(part => part.text !== '')
}

/** `── restarted 14:02:01 ── run 7 ──` */
const separatorOf = (state: State, pane: LogPane, number: number, found: LogLine): Line | null => {
  const restart = restartBefore(pane, number, found)
  if (restart === null) return null
  const who = pane.units.length < 2 ? '' : `${restart.unit} `
  const at = restart.at === null ? '' : ` ${timeOfDay(restart.at, state.ui.options.zone)}`
  const words = ` ── ${who}restarted${at} ── run ${restart.count} `
  return line(span(words + '─'.repeat(Math.max(2, state.ui.columns - cells(words) - 1)), 'rule'))
}

/** The restart between this line and the one shown before it. */
const restartBefore = (pane: LogPane, number: number, found: LogLine): Run | null => {
  if (found.run === 0) return null
  if (found.starts) return restartOf(pane.runs, found.run)
  const before = shownBefore(pane, number)
  const above = before === null ? undefined : itemAt(pane.lines, before)
  const isNext = above !== undefined && above.entry.unit === found.entry.unit && above.run < found.run
  return isNext ? restartOf(pane.runs, found.run) : null
}
