import { publishDisabled } from './actions.ts'
import { type Confirm, whyNotYet } from './dry-run.ts'
import { filterKind } from './filter.ts'
import { gridKeys, hopKeys } from './grid-keys.ts'
import { lastHostsLine } from './hosts-lines.ts'
import { type Line, line, type Span, span } from './line.ts'
import { logBarKeys, promptLine } from './log-bar.ts'
import { hidesPapers, scrollsOperation } from './operation-room.ts'
import { type JudgedPaper, judgedOf, rowAtCursor } from './rows.ts'
import { type Dialog, isOperationInFront, isRunning, type State } from './state.ts'
import type { OperationReport } from './step.ts'
import { cells, fit, oneLine } from './text.ts'
import { shownTyped } from './typed.ts'

/** The key bar: what the paper at the cursor asks for comes first, the rest recedes; a notice takes its place. */
export const keyBar = (state: State): Line => {
  const { ui, notice } = state
  if (notice !== null)
    return line(
      span(` ${oneLine(notice.text)}`, notice.tone === 'bad' ? 'bad' : notice.tone === 'warning' ? 'warn' : 'plain'),
    )
  if (ui.focus === 'log' && state.log?.prompt) return promptLine(state.log, state.log.prompt, ui.columns)
  if (ui.editingFilter)
    return line(
      span(' /', 'key'),
      span(`${shownTyped(ui.filter)}▏`),
      span(
        `   ${filterKind(ui.filter) ?? '~ fuzzy, ! inverts, verdict:failing by column'}   Enter keeps, Esc clears`,
        'dim',
      ),
    )
  return line(...fitting(barKeys(state), ui.columns).flatMap(spansOf))
}

/** As many keys as fit; the help, which names the others, and the way out always do. */
const fitting = (keys: readonly BarKey[], columns: number): readonly BarKey[] => {
  const size = ({ key, words }: BarKey): number => cells(key) + cells(words) + 3
  const isKept = ({ key }: BarKey): boolean => key === '?' || (key === 'q' && columns >= 60)
  const kept = keys.filter(isKept)
  let left = columns - 1 - kept.reduce((sum, key) => sum + size(key), 0)
  const others = keys.filter(key => !isKept(key))
  const end = others.findIndex(key => {
    left -= size(key)
    return left < 0
  })
  return [...(end < 0 ? others : others.slice(0, end)), ...kept]
}

const spansOf = ({ key, words, tone }: BarKey): readonly Span[] => [
  span(' '),
  span(key, 'key'),
  span(` ${words} `, tone),
]

type BarKey = { readonly key: string; readonly words: string; readonly tone: Span['tone'] }

const usual = (key: string, words: string, disabled: string | null = null): BarKey => ({
  key,
  words,
  tone: disabled === null ? 'plain' : 'dim',
})

const help = usual('?', 'help')

const barKeys = (state: State): readonly BarKey[] => {
  const { dialog, focus } = state.ui
  if (dialog !== null) return dialogKeys(state, dialog).map(([key, words]) => usual(key, words))
  if (isRunning(state)) return [usual('Ctrl-C', ...cancelling(state)), usual('l', 'journal'), help]
  if (state.operation !== null && isOperationInFront(state)) return endedKeys(state, state.operation)
  if (focus === 'log') return [...logBarKeys(state).map(([key, words, why]) => usual(key, words, why)), help]
  return paperKeys(state)
}

/** Of an operation that ended. */
const endedKeys = (state: State, operation: OperationReport): readonly BarKey[] => [
  usual('Esc', 'close'),
  ...(scrollsOperation(state) ? [usual('j k', 'scroll')] : []),
  ...(hidesPapers(state) || isOfAnother(state) ? [] : askedFor(state)),
  ...urlKeys(state).map(([key, words]) => usual(key, words)),
  usual('l', state.ui.columns < 60 ? 'log' : `journal of ${operation.id}`),
  ...(wantsPublish(operation) ? [usual('p', 'publish', publishDisabled(state))] : []),
  help,
]

/** What was not published, or is not any more, may be after all. */
const wantsPublish = ({ operation: kind, outcome }: OperationReport): boolean =>
  outcome.kind === 'done' ? kind === 'unpublish' : kind === 'publish' || kind === 'update'

/** After a failure a key for another paper would be taken for trying again. */
const isOfAnother = ({ operation, ui }: State): boolean =>
  operation !== null && operation.outcome.kind !== 'done' && operation.id !== ui.cursor

const paperKeys = (state: State): readonly BarKey[] => {
  const { marks, columns } = state.ui
  const asked = askedFor(state)
  const toLog = state.log === null ? [] : [usual('Tab', 'to the log')]
  // What is marked is to be acted on. Else, where few keys fit, those that only look are worth more than those that change something.
  const order = marks.size > 0 ? ofMarks : columns < 100 ? ['enter', 'l', 'p'] : []
  const placeOf = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length)
  const keys = gridKeys
    // Where something asks for a repair it comes first; else there is nothing to repair.
    .filter(({ key, inBar }) => inBar && (key !== 'x' || marks.size > 0) && !asked.some(first => first.key === key))
    .toSorted((a, b) => placeOf(a.key) - placeOf(b.key))
    .map(({ key, shown, name, disabled }) => usual(shown, name + ofMarked(state, key), disabled(state)))
  const acting = marks.size > 0 ? ofMarks.length : 0
  return [...asked, ...keys.slice(0, acting), ...toLog, ...keys.slice(acting)]
}

/** Who has published a paper shows it to somebody next. */
const urlKeys = (state: State): readonly (readonly [string, string])[] => {
  const { operation, ui } = state
  const isPublished = operation?.operation === 'publish' && operation.outcome.kind === 'done'
  if (!isPublished || operation.id !== ui.cursor || hidesPapers(state)) return []
  return [
    ['y', 'copy URL'],
    ['o', 'open'],
  ]
}

/** Keys that act on all that is marked. */
const ofMarks = ['r', 'u', 'x']

/** On how many they act; of one alone the cursor does not tell which. */
const ofMarked = ({ ui: { marks } }: State, key: string): string => {
  if (marks.size === 0 || !ofMarks.includes(key)) return ''
  const [only = ''] = marks
  return marks.size === 1 ? ` ${atMost(oneLine(only), 16)}` : ` ${marks.size} papers`
}

/** What Ctrl-C would do, and why it would not. */
const cancelling = ({ operation }: State): [words: string, disabled: string | null] => {
  if (operation?.committed) return ['cannot cancel any more', 'past the point of no return']
  return [operation?.operation === 'restart' ? 'stop waiting' : 'cancel and undo', null]
}

const dialogKeys = (state: State, dialog: Dialog): readonly (readonly [string, string])[] => {
  const back = ['Esc', 'back'] as const
  switch (dialog.kind) {
    case 'confirm':
      return confirmKeys(dialog, state.ui.columns)
    case 'quit':
      return [['y', 'cancel, undo and quit'], back]
    case 'publish':
      return dialog.naming === null
        ? [['Enter', 'choose'], ['Up Down', 'move'], back]
        : [['Enter', 'publish as this'], back]
    case 'history':
      return dialog.from === null ? [['Enter', 'all of it'], ['j k', 'move'], back] : [['j k', 'scroll'], back]
    case 'palette':
      return [['Enter', 'run'], ['Up Down', 'move'], back]
    case 'hops':
      return [back, ...keysOfHops(state, dialog.id), ['?', 'help']]
    case 'hosts':
      return lastHostsLine(state) === 0 ? [back] : [['j k', 'scroll'], back]
    case 'help':
      return [back]
  }
}

/** What mends the paper comes first. None for a paper that is gone. */
const keysOfHops = (state: State, id: string): readonly (readonly [string, string])[] => {
  const row = judgedOf(state).find(({ paper }) => paper.id === id)
  if (row === undefined) return []
  const { fix } = row.verdict
  return gridKeys
    .filter(({ key, inBar }) => inBar && hopKeys.includes(key) && (key !== 'x' || fix === 'repair'))
    .toSorted((a, b) => Number(isKeyOf(fix, b.key)) - Number(isKeyOf(fix, a.key)))
    .map(({ key, shown, name }) => [shown, isKeyOf(fix, key) ? cureOf(row) : name])
}

const isKeyOf = (fix: keyof typeof keyOf | null, key: string): boolean => fix !== null && keyOf[fix] === key

/** On a narrow screen in fewer words: each of them must be seen. */
const confirmKeys = (dialog: Confirm, columns: number): readonly (readonly [string, string])[] => {
  const { dryRun, expected } = dialog
  const yes =
    whyNotYet(dialog) !== null ? [] : [expected === null ? (['y', 'yes'] as const) : (['Enter', 'confirm'] as const)]
  const [whole, steps] = columns < 60 ? ['files', 'steps'] : ['exact files and commands', 'only the steps']
  const words = dryRun?.unfoldedFrom === null ? whole : steps
  return [...yes, ...(dryRun === null || dryRun.drafts === null ? [] : [['Tab', words] as const]), ['Esc', 'back']]
}

/** `r restart (exit 1)`: the verdict of the paper at the cursor, as a key. */
const askedFor = (state: State): readonly BarKey[] => {
  const row = rowAtCursor(state)
  if (row === null || row.verdict.fix === null || state.ui.marks.size > 0) return []
  const key = keyOf[row.verdict.fix]
  const { cause } = row.verdict
  // The keys beside it matter more than why, which the row and the pane below it say too.
  const why = state.ui.columns < 100 ? '' : ` (${inShort(cause)})`
  // A log of another paper must not be taken for the reason, nor an operation on one for what the key acts on.
  const beside = [state.log?.unit ?? null, state.operation?.id ?? null]
  const whose = beside.every(id => id === null || id === row.paper.id) ? '' : ` ${oneLine(row.paper.id)}`
  return [{ key, words: `${cureOf(row)}${whose}${why}`, tone: 'strong' }]
}

/** What its key does for this paper. */
const cureOf = ({ verdict: { fix, level } }: JudgedPaper): string =>
  fix === 'restart' && level === 'stopped' ? 'start' : (fix ?? '')

const keyOf = { restart: 'r', repair: 'x', publish: 'p' } as const

/** The first of its words, up to a mark between them. */
const inShort = (cause: string): string => {
  const [first = cause] = cause.split(/[:,;(]/, 1)
  return atMost(first.trimEnd(), 16)
}

const atMost = (text: string, width: number): string => fit(text, Math.min(cells(text), width))
