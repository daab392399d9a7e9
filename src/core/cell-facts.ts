import { frameIn, isFrame, tracebackHead } from './evidence.ts'
import type { CellFacts, Frame } from './facts.ts'
import { cellErrorWords, exceptionIn, isCellError, type JournalEntry } from './journal.ts'

/** What the lines of a run told so far, and the traceback that may be under way. */
export type Told = { readonly facts: CellFacts; readonly traceback: readonly string[] }

export const nothingTold: Told = {
  facts: { errors: 0, last: null, lastAt: null, exception: null, raisedAt: null },
  traceback: [],
}

/** One more line of the run. `frameOf` finds the project's own line in a traceback. */
export const toldBy = (
  told: Told,
  { text, at, lifecycle }: Pick<JournalEntry, 'text' | 'at' | 'lifecycle'>,
  frameOf: (traceback: readonly string[]) => Frame | null,
): Told => {
  if (lifecycle) return told
  const traceback = text.startsWith(tracebackHead)
    ? [text]
    : isFrame(text)
      ? [...told.traceback, text].slice(-longest)
      : told.traceback
  const exception = exceptionIn(text)
  const facts = exception === null ? told.facts : { ...told.facts, exception, raisedAt: frameOf(traceback) }
  if (isCellError(text))
    return { facts: { ...facts, errors: facts.errors + 1, last: cellErrorWords(text), lastAt: at }, traceback: [] }
  return { facts, traceback: exception === null ? traceback : [] }
}

export const frameOfPaper =
  (project: string, notebook: string) =>
  (traceback: readonly string[]): Frame | null =>
    traceback.length === 0 ? null : frameIn(traceback, project, notebook)

/** A recursion has a thousand frames; the innermost ones tell. */
const longest = 50
