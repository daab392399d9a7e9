import { headerLines } from './header.ts'
import { shareOf } from './log-height.ts'
import { neededLines, operationLines, wholeText } from './operation-lines.ts'
import { rowsOf } from './rows.ts'
import { isOperationInFront, isRunning, type State } from './state.ts'

/**
 * Rows of the operation below the papers, of those the body of the screen has. How it ended is told to the end, even where that
 * takes more than its share; where it leaves no row of a paper it takes all. Reading through it moves nothing.
 */
export const shownHeight = (state: State, height: number): number => {
  const share = shareOfOperation(state, height)
  const wanted = Math.max(share, operationLines({ ...state, ui: { ...state.ui, reading: null } }, share).length)
  return height - wanted < leastForPapers ? height : wanted
}

/** A heading, the names of the columns and one row. */
const leastForPapers = 3

const shareOfOperation = (state: State, height: number): number =>
  Math.max(shareOf(state, height), Math.min(height - roomForPapers(state, height), neededLines(state)))

/** Few papers keep the rows they need, many a third of the place: the rest is the operation's, whose steps should all be seen. */
const roomForPapers = (state: State, height: number): number =>
  Math.max(5, Math.min(rowsOf(state).length + 2, Math.floor(height / 3)))

/** A finished operation that the keys go to: it has the place below the papers. */
export const isReadable = (state: State): boolean => !isRunning(state) && isOperationInFront(state)

/** The last line it can begin at; 0 where all of it is seen. */
export const lastReading = (state: State): number =>
  Math.max(0, wholeText(state).length - (shownHeight(state, bodyHeight(state)) - 1))

/** The keys that else move the cursor read it through. */
export const scrollsOperation = (state: State): boolean => isReadable(state) && lastReading(state) > 0

/** Not one row of a paper is left above it: nothing there must be acted on. */
export const hidesPapers = (state: State): boolean =>
  isReadable(state) && shownHeight(state, bodyHeight(state)) === bodyHeight(state)

const bodyHeight = (state: State): number => state.ui.rows - headerLines(state).length - 1
