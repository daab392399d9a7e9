import { type Confirm, whyNotYet } from './dry-run.ts'
import { filterKind } from './filter.ts'
import { gridKeys, hopKeys } from './grid-keys.ts'
import { lastHostsLine } from './hosts-lines.ts'
import { type Line, line, type Span, span } from './line.ts'
import { logBarKeys, promptLine } from './log-bar.ts'
import { hidesPapers, isReadable, lastReading } from './operation-room.ts'
import { rowAtCursor, rowsOf } from './rows.ts'
import { sortSign } from './signs.ts'
import { type Dialog, isRunning, type State } from './state.ts'
import { cells, fit, oneLine } from './text.ts'

/** The key bar: what the paper at the cursor asks for comes first, the rest recedes; a notice takes its place. */
export const keyBar = (state: State): Line => {
  const { ui, notice } = state
  if (notice !== null)
    return line(
      span(` ${oneLine(notice.text)}`, notice.tone === 'bad' ? 'bad' : notice.tone === 'warning' ? 'warn' : 'plain'),
    )
  if (ui.focus === 'log' && state.log?.prompt) return promptLine(state.log, state.log.prompt)
  if (ui.editingFilter)
    return line(
      span(' /', 'key'),
      span(`${ui.filter}▏`),
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
  const help = keys.filter(isKept)
  let left = columns - 1 - help.reduce((sum, key) => sum + size(key), 0)
  const others = keys.filter(key => !isKept(key))
  const end = others.findIndex(key => {
    left -= size(key)
    return left < 0
  })
  return [...(end < 0 ? others : others.slice(0, end)), ...help]
}

const spansOf = ({ key, words, tone }: BarKey): readonly Span[] => [
  span(' '),
  span(key, 'key'),
  span(` ${words} `, tone),
]

type BarKey = { readonly key: string; readonly words: string; readonly tone: Span['tone'] }

const barKeys = (state: State): readonly BarKey[] => {
  const usual = (key: string, words: string, disabled: string | null = null): BarKey => ({
    key,
    words,
    tone: disabled === null ? 'plain' : 'dim',
  })
  if (state.ui.dialog !== null) return dialogKeys(state, state.ui.dialog).map(([key, words]) => usual(key, words))
  if (isRunning(state)) return [usual('Ctrl-C', ...cancelling(state)), usual('l', 'journal'), usual('?', 'help')]
  if (state.operation !== null && state.ui.front === 'operation')
    return [
      usual('Esc', 'close'),
      ...(isReadable(state) && lastReading(state) > 0 ? [usual('j k', 'scroll')] : []),
      ...urlKeys(state).map(([key, words]) => usual(key, words)),
      usual('l', state.ui.columns < 60 ? 'log' : `journal of ${state.operation.id}`),
      usual('?', 'help'),
    ]
  if (state.ui.focus === 'log')
    return [...logBarKeys(state).map(([key, words, why]) => usual(key, words, why)), usual('?', 'help')]
  const asked = askedFor(state)
  const toLog = state.log === null ? [] : [usual('Tab', 'to the log')]
  // Where few keys fit, those that only look are worth more than those that change something, and what one comes for before the rare.
  const order = state.ui.columns < 100 ? ['enter', 'l', 'p'] : []
  const placeOf = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length)
  return [
    ...asked,
    ...toLog,
    ...gridKeys
      .filter(({ key, inBar }) => inBar && !asked.some(first => first.key === key))
      .toSorted((a, b) => placeOf(a.key) - placeOf(b.key))
      .map(({ key, shown, name, disabled }) => usual(shown, name + ofMarked(state, key), disabled(state))),
  ]
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

/** Which keys act on all that is marked, and on how many. */
const ofMarked = ({ ui: { marks } }: State, key: string): string =>
  marks.size > 1 && ['r', 'u', 'x'].includes(key) ? ` ${marks.size} papers` : ''

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
      return [
        ...gridKeys
          .filter(({ key, inBar }) => inBar && hopKeys.includes(key))
          .map(({ shown, name }) => [shown, name] as const),
        ['?', 'help'] as const,
        back,
      ].toSorted((a, b) => Number(b[0] === 'Esc') - Number(a[0] === 'Esc'))
    case 'hosts':
      return lastHostsLine(state) === 0 ? [back] : [['j k', 'scroll'], back]
    case 'help':
      return [back]
  }
}

/** On a narrow screen in fewer words: each of them must be seen. */
const confirmKeys = (dialog: Confirm, columns: number): readonly (readonly [string, string])[] => {
  const { dryRun, expected } = dialog
  const yes =
    whyNotYet(dialog) !== null ? [] : [expected === null ? (['y', 'yes'] as const) : (['Enter', 'confirm'] as const)]
  const [whole, steps] = columns < 60 ? ['files', 'steps'] : ['exact files and commands', 'only the steps']
  const words = dryRun?.unfoldedFrom === null ? whole : steps
  return [...yes, ...(dryRun === null || dryRun.drafts === null ? [] : [['Tab', words] as const]), ['Esc', 'back']]
}

/** `r restart (exit 1, failed 4 m ago)`: the verdict of the paper at the cursor, as a key. */
const askedFor = (state: State): readonly BarKey[] => {
  const row = rowAtCursor(state)
  if (row === null || row.verdict.fix === null || state.ui.marks.size > 0) return []
  const key = { restart: 'r', repair: 'x', publish: 'p' }[row.verdict.fix]
  // The keys beside it matter more than why, which the row says too.
  const room = Math.min(38, state.ui.columns - 88)
  const { cause, fix } = row.verdict
  const why = room < 12 ? '' : ` (${cells(cause) > room ? fit(cause, room) : cause})`
  // A log of another paper must not be taken for the reason.
  const whose = state.log === null || state.log.unit === row.paper.id ? '' : ` ${row.paper.id}`
  return [{ key, words: `${fix}${whose}${why}`, tone: 'strong' }]
}

/** `Papers ── sort: verdict ▴ ── filter (fuzzy): ~rag`, and how many are listed; where not all have room, which are seen. */
export const gridTitle = (
  state: State,
  { from, to }: { readonly from: number; readonly to: number },
): readonly [string, string] => {
  const { ui, observed } = state
  const kind = filterKind(ui.filter)
  const parts = ['Papers']
  // What is left out matters more than the order of what is left.
  if (kind === null || ui.columns >= 60)
    parts.push(`sort: ${ui.sort.column} ${sortSign(ui.sort.descending, ui.options.ascii)}`)
  if (ui.filter !== '') parts.push(`filter${kind === null ? '' : ` (${kind})`}: ${oneLine(ui.filter)}`)
  if (ui.faultsOnly) parts.push('only what is not ok')
  if (ui.marks.size > 0) parts.push(`${ui.marks.size} marked`)
  const unfinished = observed.unfinished.kind === 'never' ? 0 : observed.unfinished.value.length
  if (unfinished > 0 && !isRunning(state))
    parts.push(`${unfinished} interrupted operation${unfinished === 1 ? '' : 's'}: x repairs`)
  const [listed, all] = [rowsOf(state).length, observed.papers.size]
  const seen = to - from < listed ? `${from + 1}-${to} of ${listed}` : `${listed}`
  return [parts.join(' ── '), to - from < listed && listed === all ? seen : `${seen} of ${all}`]
}
