import { age, gib } from './age.ts'
import { type Column, columnsFor, type Shown } from './columns.ts'
import { problemLine } from './explain.ts'
import { toneOf } from './header.ts'
import { type Line, line, type Span, span } from './line.ts'
import { lastOf, type Reading } from './reading.ts'
import { type JudgedPaper, rowsOf, wordsOfRow } from './rows.ts'
import { cursorSign, movingSign, signOf, sortSign } from './signs.ts'
import type { State } from './state.ts'
import { cells, fit, oneLine } from './text.ts'

/** The heading of the columns and as many rows as fit, the cursor's among them. */
export const gridLines = (state: State, height: number): readonly Line[] => {
  const rows = rowsOf(state)
  const columns = shownColumns(state)
  const heading = line(span(`    ${columns.map(column => headingOf(state, column)).join('  ')}`, 'dim'))
  if (rows.length === 0) return [heading, ...emptyLines(state)].slice(0, height)
  const { from, to } = shownRows(state, height)
  return [heading, ...rows.slice(from, to).map(row => rowLine(state, row, columns))]
}

/** The columns that have room. */
export const shownColumns = (state: State): readonly Shown[] =>
  columnsFor(
    state.ui.options.chosen,
    state.ui.columns,
    rowsOf(state).map(({ paper }) => paper.id),
  )

/** Which of the listed rows a grid of this height shows, below the heading of its columns. */
export const shownRows = (state: State, height: number): { readonly from: number; readonly to: number } => {
  const rows = rowsOf(state)
  const space = Math.max(1, height - 1)
  const from = windowStart(rows, state.ui.cursor, space)
  return { from, to: Math.min(rows.length, from + space) }
}

/** A window that holds the cursor and moves as little as it must: by pages, so that moving within one redraws two rows. */
const windowStart = (rows: readonly JudgedPaper[], cursor: string | null, space: number): number => {
  if (rows.length <= space) return 0
  const at = Math.max(
    0,
    rows.findIndex(({ paper }) => paper.id === cursor),
  )
  const page = Math.max(1, space - 2)
  return Math.max(0, Math.min(rows.length - space, Math.floor(at / page) * page))
}

const headingOf = (state: State, { column, heading, width, align }: Shown): string => {
  const { sort, options } = state.ui
  if (sort.column !== column) return fit(heading, width, align)
  // Without the blank where the column is as narrow as its name.
  const blank = cells(heading) + 2 > width ? '' : ' '
  return fit(heading + blank + sortSign(sort.descending, options.ascii), width, align)
}

const rowLine = (state: State, row: JudgedPaper, columns: readonly Shown[]): Line => {
  const { ui } = state
  const selected = row.paper.id === ui.cursor
  const cursor = selected ? cursorSign(ui.focus === 'grid', ui.options.ascii) : ' '
  const mark = ui.marks.has(row.paper.id) ? (ui.options.ascii ? '*' : '•') : ' '
  const cellsOf = columns.flatMap(({ column, width, align }, index): Span[] => {
    const { text, tone } = cell(state, row, column, width)
    return [gapAt(state, row, columns, index), span(fit(text, width, align), tone)]
  })
  return {
    spans: [
      span(cursor + mark, 'strong'),
      span(signOf(row.verdict.level, ui.options.ascii), toneOf(row.verdict.level)),
      span(' '),
      ...cellsOf,
      ...(columns.length === 1 ? [gapAt(state, row, columns, 1)] : []),
    ],
    selected,
  }
}

/** The sign of a journal that moves, beside its paper: in the gap to the column behind it, or before it where there is none. */
const gapAt = (state: State, { paper }: JudgedPaper, columns: readonly Shown[], index: number): Span => {
  const at = columns.findIndex(({ column }) => column === 'paper')
  const isLast = at > 0 && at === columns.length - 1
  if (!state.moving.has(paper.id) || index !== (isLast ? at : at + 1)) return span(index === 0 ? '' : '  ')
  const { sign, ascii } = movingSign
  const shown = state.ui.options.ascii ? ascii : sign
  return span(isLast ? ` ${shown}` : `${shown} `, 'dim')
}

const cell = (state: State, row: JudgedPaper, column: Column, width: number): Span => {
  const { paper, verdict } = row
  const entry = lastOf(paper.entry)
  const unit = lastOf(paper.unit)
  switch (column) {
    case 'paper':
      return span(oneLine(paper.id), verdict.level === 'ok' ? 'plain' : 'strong')
    case 'title':
      return span(oneLine(entry?.title ?? '–'), 'plain')
    case 'port':
      return span(entry === undefined || entry === null ? '–' : String(entry.port))
    case 'unit':
      return reading(state, paper.unit, width, value =>
        value === null ? span('none', 'dim') : span(value.state, value.state === 'failed' ? 'bad' : 'plain'),
      )
    case 'up':
      return span(unit?.state === 'active' && unit.since !== null ? upWords(state.at - unit.since) : '–', 'dim')
    case 'gpu':
      return reading(state, paper.gpu, width, value => {
        const spark = width >= 13 ? ` ${sparkline(paper.gpuHistory, state.ui.options.ascii)}` : ''
        return value === null || value.mib === null ? span('–', 'dim') : span(gib(value.mib) + spark)
      })
    case 'edge':
      return reading(state, paper.edge, width, value =>
        span(
          value.status === null || value.ms === null
            ? String(value.status ?? value.kind)
            : tookWords(value.status, value.ms, width),
          // Nobody answers for a paper that was stopped: that is no news.
          value.ok ? 'plain' : verdict.level === 'stopped' ? 'dim' : 'bad',
        ),
      )
    case 'verdict':
      return span(wordsOfRow(row), toneOf(verdict.level))
  }
}

/** `200  1230 ms` */
const widestEdge = 12

/** Nobody looks again before ten seconds are over. */
const upWords = (ms: number): string => (ms < 10_000 ? '<10 s' : age(ms))

/** The time ends where it ended before, however long it is; closer together where the id needs the room. */
const tookWords = (status: number, ms: number, width: number): string => {
  const took = `${Math.round(ms)}${width < 11 ? 'ms' : ' ms'}`
  return `${status} ${took.padStart(Math.min(width, widestEdge) - 4)}`
}

/** Stale values keep their last words, dimmed, with their age; never and none do not look alike. */
const reading = <T>(state: State, of: Reading<T>, width: number, say: (value: T) => Span): Span => {
  if (of.kind === 'never') return span('?', 'dim')
  const said = say(of.value)
  return of.kind === 'fresh' ? said : span(aged(said.text, age(state.at - of.at), width), 'dim')
}

/** The age is what makes a stale value honest: it stays whole, and the value is cut. */
const aged = (said: string, old: string, width: number): string => {
  const [value = ''] = said.split('  ')
  const ways = [`${value} · ${old} ago`, `${value} · ${old}`, `${value} ${old.replace(' ', '')}`]
  const short = ` ${old.replace(' ', '')}`
  return ways.find(way => cells(way) <= width) ?? fit(value, width - cells(short)) + short
}

/** How it went, not how much it is, which the number says: a steady use is a low line, a leak climbs. */
const sparkline = (history: readonly number[], ascii: boolean): string => {
  const last = history.slice(-4)
  if (last.length === 0 || ascii) return ''
  const [low, high] = [Math.min(...history), Math.max(...history)]
  const isSteady = high - low < high / 50
  const height = (value: number): number => (isSteady ? 2 : Math.round(((value - low) / (high - low)) * 7))
  // Always as wide: the number beside it must not move while the first samples come in.
  return last
    .map(value => '▁▂▃▄▅▆▇█'[height(value)])
    .join('')
    .padStart(4)
}

const emptyLines = (state: State): Line[] => {
  if (state.observed.papers.size > 0) return [line(), line(span('    No paper matches. Esc shows all again.', 'dim'))]
  const { registry } = state.observed
  if (registry.kind === 'never' && registry.error !== null)
    return [line(), line(span(`    ${problemLine(registry.error)}`, 'bad'))]
  if (registry.kind === 'never') return [line(), line(span('    Asking both hosts…', 'dim'))]
  return [
    line(),
    line(span('    Nothing is published yet.', 'strong')),
    line(span('    '), span('p', 'key'), span(' publishes a notebook: pick it, confirm, and its page is live.')),
  ]
}
