import { aboutLines } from './about.ts'
import { keyBar } from './bottom.ts'
import { dialogLines } from './dialog-lines.ts'
import { gridLines, shownRows } from './grid.ts'
import { gridTitle } from './grid-title.ts'
import { headerLines } from './header.ts'
import { blank, fitLine, type Line, line, rule, span } from './line.ts'
import { shareOf } from './log-height.ts'
import { logPanes } from './log-panes.ts'
import { operationWithin } from './operation-lines.ts'
import { scrollsOperation, shownHeight } from './operation-room.ts'
import { type Dialog, isOperationInFront, type State } from './state.ts'

/** Smaller than this nothing can be read; the screen says so instead of showing pieces. */
export const smallest = { columns: 40, rows: 15 }

/** The whole screen, exactly as many lines as it has rows, each exactly as wide: header, papers, one pane below, key bar. */
export const screenLines = (state: State): readonly Line[] =>
  state.ui.options.ascii ? drawn(state).map(inAscii) : drawn(state)

const drawn = (state: State): readonly Line[] => {
  const { columns, rows } = state.ui
  if (columns < smallest.columns || rows < smallest.rows) return fill([tooSmall(columns, rows)], rows, columns)
  const header = headerLines(state)
  const bar = keyBar(state)
  const body = bodyLines(state, rows - header.length - 1)
  return [...fill([...header, ...body], rows - 1, columns), fitLine(bar, columns)]
}

const bodyLines = (state: State, height: number): readonly Line[] => {
  const { dialog } = state.ui
  if (dialog !== null && isFullScreen(dialog)) return dialogLines(state, dialog, height)
  const lower = lowerLines(state, height)
  if (state.ui.zoomed && lower.length > 0 && state.ui.focus === 'log') return lower
  if (lower.length >= height) return lower
  const about = lower.length === 0 ? aboutLines(state, height) : []
  const space = Math.max(0, height - about.length - lower.length - 1)
  const [left, right] = gridTitle(state, shownRows(state, space))
  const focused = state.ui.focus === 'grid' && state.ui.dialog === null && !scrollsOperation(state)
  const heading = rule(left, right, state.ui.columns, focused)
  return [heading, ...pad(gridLines(state, space), space), ...about, ...lower]
}

/** Dialogs that take the place of the papers too. */
const isFullScreen = (dialog: Dialog): boolean =>
  ['help', 'publish', 'hosts', 'palette', 'history'].includes(dialog.kind) || isUnfolded(dialog)

const isUnfolded = (dialog: Dialog): boolean =>
  dialog.kind === 'confirm' && (dialog.dryRun?.unfoldedFrom ?? null) !== null

/** What lies below the papers: a question, else a hop chain, else the operation, else a log. A question hides nothing it asks about. */
const lowerLines = (state: State, height: number): readonly Line[] => {
  const { dialog, zoomed, focus } = state.ui
  const share = shareOf(state, height)
  // A hop chain may leave nothing but the heading of the papers.
  if (dialog !== null)
    return dialogLines(state, dialog, dialog.kind === 'hops' ? height - 1 : Math.max(share, height - 5))
  if (state.operation !== null && isOperationInFront(state))
    return operationWithin(state, shownHeight(state, height), scrollsOperation(state))
  if (state.log !== null) return logPanes(state, state.log, zoomed && focus === 'log' ? height : share)
  return []
}

const tooSmall = (columns: number, rows: number): Line =>
  line(span(`${columns}x${rows} is too small; papergen needs ${smallest.columns}x${smallest.rows}`, 'warn'))

const pad = (lines: readonly Line[], height: number): readonly Line[] => [
  ...lines.slice(0, height),
  ...Array.from({ length: Math.max(0, height - lines.length) }, () => blank),
]

const fill = (lines: readonly Line[], rows: number, columns: number): readonly Line[] =>
  pad(lines, rows).map(each => fitLine(each, columns))

const inAscii = ({ spans, ...rest }: Line): Line => ({
  ...rest,
  spans: spans.map(each => ({
    ...each,
    text: each.text.replace(/[─━│▏…–·→↓↑↶°▴▾]/g, sign => asciiSigns[sign] ?? sign),
  })),
})

/** Each as wide as what it stands for, so that a line stays as long as it was. */
const asciiSigns: Readonly<Record<string, string>> = {
  '─': '-',
  '━': '=',
  '▏': '_',
  '│': '|',
  '…': '~',
  '–': '-',
  '·': '-',
  '→': '>',
  '↓': 'v',
  '↑': '^',
  '↶': '<',
  '°': ' ',
  '▴': '^',
  '▾': 'v',
}
