import { toneOf } from './header.ts'
import { type Line, line, rule, span } from './line.ts'
import { nextStep } from './next-step.ts'
import { lastOf } from './reading.ts'
import { againWords, type JudgedPaper, rowAtCursor, wordsOfRow } from './rows.ts'
import { signs } from './signs.ts'
import type { State } from './state.ts'
import { chopped, fit, oneLine, wrapped } from './text.ts'

/**
 * The paper at the cursor in full, below the papers when nothing else is there: what its row had to cut short. Always as many lines,
 * so that the rows stay where they are.
 */
export const aboutLines = (state: State, height: number): readonly Line[] => {
  const { columns } = state.ui
  const row = rowAtCursor(state)
  if (row === null || height < leastHeight) return []
  if (height < roomyHeight) return exactly(2, briefly(state, row))
  const heading = rule(`${oneLine(row.paper.id)} ── ${levelWords(row)}`, 'Enter shows every hop', columns, false)
  return [heading, ...exactly(3, inFull(state, row))]
}

/** Less of the papers would tell nothing of the others. */
const leastHeight = 9
/** A rule over it takes a line too. */
const roomyHeight = 15

const levelWords = ({ verdict: { level }, busy, again }: JudgedPaper): string =>
  busy ? 'just now' : `${signs[level].word}${again === undefined ? '' : ' again'}`

/** Two lines; what they do not hold is seen to be cut. */
const briefly = (state: State, row: JudgedPaper): readonly Line[] => {
  const [first = '', second, ...rest] = chopped(wordsOfRow(row), state.ui.columns - 2)
  const tone = toneOf(row.verdict.level)
  const end =
    second === undefined ? [] : [rest.length === 0 ? second : `${fit(second, state.ui.columns - 3).trimEnd()}…`]
  return [first, ...end].map(text => line(span(` ${text}`, tone)))
}

/** Why, what was tried, and what to do; of a paper that is well what it is called and where it is read. */
const inFull = (state: State, row: JudgedPaper): readonly Line[] => {
  const { paper, verdict, again, busy } = row
  const width = state.ui.columns - 4
  const told = (text: string, tone: Parameters<typeof span>[1]): readonly Line[] =>
    chopped(text, width).map(part => line(span(`  ${part}`, tone)))
  const next = busy ? null : nextStep(paper, state.observed, verdict, state.at, again !== undefined)
  const title = lastOf(paper.entry)?.title ?? null
  const cause = verdict.cause === 'ok' ? [] : told(verdict.cause, toneOf(verdict.level))
  const tried = again === undefined ? [] : told(againWords(again), 'plain')
  const todo = next === null ? [] : wrapped(`Next: ${next}`, width).map(text => line(span(`  ${text}`, 'plain')))
  const name = title === null ? [] : told(oneLine(title), 'plain')
  const address = told(`${state.ui.options.site}${oneLine(paper.id)}/`, 'dim')
  // What must be done is not pushed out by a long cause.
  const why = [...cause, ...tried].slice(0, Math.max(1, 3 - todo.length))
  return [...why, ...todo, ...name, ...address]
}

const exactly = (count: number, lines: readonly Line[]): readonly Line[] => [
  ...lines.slice(0, count),
  ...Array.from({ length: Math.max(0, count - lines.length) }, () => line()),
]
