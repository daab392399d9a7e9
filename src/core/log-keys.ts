import { priorities } from './log-lines.ts'
import type { LogPane } from './log-pane.ts'
import { endedTraceback } from './log-traceback.ts'
import { cursorOf } from './log-walk.ts'
import { itemAt } from './sequence.ts'

/** A key of a focused log. Key bar, help and input all read this list. */
export type LogKey = {
  readonly key: string
  readonly name: (log: LogPane) => string
  readonly title: string
  /** Why it cannot be done now; null when it can. */
  readonly disabled?: (log: LogPane) => string | null
  /** Each by its own name, where `key` is more than one. */
  readonly each?: readonly (readonly [key: string, name: string])[]
}

/** In the order of the key bar: what is needed most comes first. */
export const logKeys: readonly LogKey[] = [
  {
    key: 'f',
    name: log => (log.failed !== null ? 'read anew' : log.following ? 'pause' : 'follow'),
    title: 'pause or follow; what comes meanwhile is counted; one that stopped is read anew',
  },
  { key: '/', name: () => 'find', title: 'find as you type: a regex, or the very words; hides nothing' },
  {
    key: 'n N',
    name: () => 'next hit',
    title: 'next hit, previous hit',
    each: [
      ['n', 'next hit'],
      ['N', 'previous hit'],
    ],
    disabled: log => (log.find === null ? 'nothing is searched for: / finds' : null),
  },
  { key: '&', name: () => 'filter', title: 'show only what matches; ! at the start inverts' },
  { key: 'Tab', name: () => 'papers', title: 'to the papers and back' },
  {
    key: '1-8',
    name: () => 'priority',
    title: 'only this and worse: 1 emerg, 4 err, 5 warning, 8 all',
    each: priorities.map((word, at) => [
      String(at + 1),
      at === priorities.length - 1 ? 'every priority' : `only ${word}${at === 0 ? '' : ' and worse'}`,
    ]),
  },
  {
    key: 'Enter',
    name: () => 'open',
    title: 'open or close a cell error',
    disabled: log => (tracebackAtCursor(log) ? null : 'only a cell error with its traceback opens'),
  },
  {
    key: 'i',
    name: () => 'run',
    title: 'this run, the one before, all runs',
    disabled: ({ source }) => (source === 'journal' ? null : "nginx's logs know no runs"),
  },
  { key: 's', name: () => 'since', title: 'since when: last 500 lines, 5 min, 1 h, today, all' },
  { key: 'w', name: log => (log.wrap ? 'cut' : 'wrap'), title: 'wrap long lines, or cut them; ← → move them' },
  { key: 't', name: () => 'times', title: 'time, date and time, none' },
  {
    key: 'y',
    name: () => 'copy',
    title: 'copy the line, a closed cell error whole, or what is selected',
    disabled: whyEmpty,
  },
  { key: 'v', name: () => 'select', title: 'select lines from here on', disabled: whyEmpty },
  { key: 'S', name: () => 'save', title: 'save the lines shown to a file', disabled: whyEmpty },
  {
    key: 'g G',
    name: () => 'first, last',
    title: 'first line; last line, and follow',
    each: [
      ['g', 'first line'],
      ['G', 'last line'],
    ],
  },
  { key: 'l', name: () => 'close', title: 'close the log' },
]

/** One key of the log, as a command with a name. */
export type LogCommand = {
  /** As `pressInLog` (keys-log.ts) takes it. */
  readonly key: string
  readonly shown: string
  readonly name: string
  readonly title: string
  /** Why it cannot be done now; null when it can. */
  readonly why: string | null
}

/** The keys one by one, for the palette. `Tab` goes to the papers, which the grid's own list has. */
export const logCommands = (log: LogPane): readonly LogCommand[] =>
  logKeys
    .filter(({ key }) => key !== 'Tab')
    .flatMap(one => {
      const why = one.disabled?.(log) ?? null
      return (one.each ?? [[keyFor(log, one.key), one.name(log)]]).map(([key, name]) => ({
        ...{ key, name, title: one.title, why },
        shown: key === 'enter' ? 'Enter' : key,
      }))
    })

/** The edge log is closed by the key that opened it. */
const keyFor = ({ source }: LogPane, key: string): string =>
  key === 'Enter' ? 'enter' : key === 'l' && source !== 'journal' ? 'e' : key

/** Why the key, one of those of the list, cannot act. */
export const whyNotInLog = (log: LogPane, key: string): string | null => {
  const shown = key === 'enter' ? 'Enter' : key
  const found = logKeys.find(one => one.key.split(' ').includes(shown))
  const why = found?.disabled?.(log) ?? null
  return why === null ? null : `${shown} ${found?.name(log)}: ${why}`
}

function whyEmpty(log: LogPane): string | null {
  return cursorOf(log) === null ? 'there is no line' : null
}

const tracebackAtCursor = (log: LogPane): boolean => {
  const cursor = cursorOf(log)
  const line = cursor === null ? undefined : itemAt(log.lines, cursor)
  const number = line?.ends ?? line?.part ?? null
  return number !== null && endedTraceback(log.tracing, number) !== null
}
