import { tracebackHead } from './evidence.ts'
import { cellErrorWords, isCellError, type JournalEntry } from './journal.ts'
import { emptySequence, itemAt, push, type Sequence, withItem } from './sequence.ts'

/** A traceback that marimo's line about a cell error ends. Until that line came it is only what may become one. */
export type Traceback = {
  /** Numbers of its lines. */
  readonly lines: readonly number[]
  /** Number of the line that ends it and stands for all of it when it is closed; null while there is none. */
  readonly headline: number | null
  /** `ValueError: boom`. */
  readonly words: string
}

export type Tracing = {
  /** All of the pane, by their number. */
  readonly tracebacks: Sequence<Traceback>
  /** Those under way, by process. */
  readonly underWay: ReadonlyMap<string, UnderWay>
}

type UnderWay = {
  readonly number: number
  readonly lines: readonly number[]
  readonly words: string
  /** What came last: code, the exception, or the words that join one traceback to the next. */
  readonly last: 'code' | 'exception' | 'joint'
  readonly began: number
}

/** Which traceback a line is a part of, or ends. */
export type Traced = { readonly part: number | null; readonly ends: number | null; readonly tracing: Tracing }

export const noTracing: Tracing = { tracebacks: emptySequence, underWay: new Map() }

/**
 * One more line, by its number. The lines of one process are a stream of their own: what other processes and other threads say
 * in between stays outside, as does every line that does not look like a part of a traceback.
 */
export const trace = (tracing: Tracing, entry: JournalEntry, number: number): Traced => {
  const { text } = entry
  // Most lines are neither: this is asked 20,000 times a second.
  if (entry.source !== 'journal' || entry.lifecycle) return { part: null, ends: null, tracing }
  const process = `${entry.unit ?? ''} ${entry.pid}`
  const present = tracing.underWay.get(process)
  if (text.startsWith(tracebackHead)) return begin(tracing, process, present, number)
  if (present === undefined) return { part: null, ends: null, tracing }
  if (isCellError(text)) return end(tracing, process, present, number, text)
  const last = kindOf(text, present)
  if (last === null || present.lines.length >= longest)
    return { part: null, ends: null, tracing: aged(tracing, number) }
  const words = last === 'exception' ? text : present.words
  return goOn(tracing, process, { ...present, words, last }, number)
}

const joint = /^(?:During handling of the above exception|The above exception was the direct cause)/
/** `ValueError: boom`, `torch.OutOfMemoryError: …`, `AssertionError`; not `INFO: …`. */
const exception = /^(?:[A-Za-z_]\w*\.)*[A-Z]\w*[a-z]\w*(?::(?: .*)?)?$/
/** Lines of one traceback, and lines of a pane after which nobody waits for its end any more. */
const longest = 1_000
const patience = 20_000

const begin = (tracing: Tracing, process: string, present: UnderWay | undefined, number: number): Traced => {
  // One that was joined to the former goes on with it; any other begins anew.
  if (present?.last === 'joint') return goOn(tracing, process, { ...present, last: 'code' }, number)
  const opened = { number: tracing.tracebacks.end, lines: [], words: '', last: 'code', began: number } as const
  const tracebacks = push<Traceback>(tracing.tracebacks, [{ lines: [number], headline: null, words: '' }])
  return goOn({ ...tracing, tracebacks }, process, opened, number)
}

const goOn = (tracing: Tracing, process: string, present: UnderWay, number: number): Traced => ({
  part: present.number,
  ends: null,
  tracing: {
    ...tracing,
    underWay: withEntry(tracing.underWay, process, { ...present, lines: [...present.lines, number] }),
  },
})

const end = (tracing: Tracing, process: string, present: UnderWay, number: number, text: string): Traced => {
  const words = present.words === '' ? cellErrorWords(text) : present.words
  const ended: Traceback = { lines: present.lines, headline: number, words }
  return {
    part: null,
    ends: present.number,
    tracing: {
      tracebacks: withItem(tracing.tracebacks, present.number, ended),
      underWay: withoutEntry(tracing.underWay, process),
    },
  }
}

const kindOf = (text: string, { last }: UnderWay): UnderWay['last'] | null => {
  if (joint.test(text)) return 'joint'
  if (text === '' || /^\s/.test(text)) return last
  return last === 'code' && exception.test(text) ? 'exception' : null
}

/** A process that died within its traceback says nothing more: it is forgotten. */
const aged = (tracing: Tracing, number: number): Tracing => {
  const old = [...tracing.underWay].filter(([, { began }]) => number - began > patience)
  return old.length === 0
    ? tracing
    : { ...tracing, underWay: old.reduce((left, [process]) => withoutEntry(left, process), tracing.underWay) }
}

/** The traceback of that number when it was ended. */
export const endedTraceback = ({ tracebacks }: Tracing, number: number): Traceback | null => {
  const found = itemAt(tracebacks, number)
  return found === undefined || found.headline === null ? null : found
}

const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => new Map(map).set(key, value)

const withoutEntry = <K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> => {
  const left = new Map(map)
  left.delete(key)
  return left
}
