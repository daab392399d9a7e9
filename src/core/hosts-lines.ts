import { headerLines } from './header.ts'
import { edgeHostFacts, type Fact, gpuHostFacts } from './hosts-facts.ts'
import { gpuRows, type Later } from './hosts-gpus.ts'
import { blank, type Line, line, rule, span } from './line.ts'
import { signOf } from './signs.ts'
import type { Dialog, State } from './state.ts'
import { cells, chopped, fit, oneLine } from './text.ts'

/** A row of the table of both hosts: plain values, because a small still table measures them itself. */
export type HostRow = Readonly<Record<string, string>>

/** Both hosts, then each GPU with what uses it. Where the table fits, its place is left blank: the view draws it there. */
export const hostsLines = (
  state: State,
  { from }: Extract<Dialog, { kind: 'hosts' }>,
  height: number,
): readonly Line[] => {
  const space = Math.max(1, height - 1)
  const rows = rowsFor(state, space)
  const isWhole = rows.length <= space
  const first = Math.min(from, Math.max(0, rows.length - space))
  const heading = rule(
    'Hosts',
    isWhole ? 'Esc goes back' : placeWords(first, space, rows.length),
    state.ui.columns,
    true,
  )
  return [heading, ...rows.slice(first, first + space).map(row => row())]
}

/** The first line shown when the end is. */
export const lastHostsLine = (state: State): number => {
  const space = Math.max(1, state.ui.rows - headerLines(state).length - 2)
  return Math.max(0, rowsFor(state, space).length - space)
}

/** Both hosts as a table; null where not all of it fits, with the GPUs below, into that many lines. */
export const hostsTable = (state: State, space: number): readonly HostRow[] | null => {
  const rows = tableRows(state)
  const texts = [Object.keys(rows[0] ?? {}), ...rows.map(row => Object.values(row))]
  const width = [0, 1, 2].reduce((sum, at) => sum + 3 + Math.max(...texts.map(row => cells(row[at] ?? ''))), 1)
  // What is drawn it measures by characters, which Korean ones would break.
  const isEven = texts.flat().every(text => cells(text) === text.length)
  const fits = width <= state.ui.columns && tableHeight(rows) + 1 + gpuRows(state).length <= space
  return fits && isEven ? rows : null
}

/** A line around each row, and the heading. */
export const tableHeight = (rows: readonly HostRow[]): number => 2 * rows.length + 3

const placeWords = (first: number, space: number, all: number): string =>
  `${first + 1}-${Math.min(all, first + space)} of ${all}, j k scroll`

const rowsFor = (state: State, space: number): readonly Later[] => {
  const table = hostsTable(state, space)
  if (table !== null) return [...Array.from({ length: tableHeight(table) + 1 }, () => () => blank), ...gpuRows(state)]
  const { gpuHost, edgeHost } = state.observed
  return [
    ...hostLines(state, gpuHost.name, 'GPU host', gpuHostFacts(state)),
    ...hostLines(state, edgeHost.name, 'edge host', edgeHostFacts(state)),
    ...gpuRows(state),
  ]
}

const hostLines = (state: State, name: string, role: string, facts: readonly Fact[]): readonly Later[] => [
  () => line(span(` ${oneLine(name)}`, 'strong'), span(`  ${role}`, 'dim')),
  ...facts.flatMap(each => factLines(state, each)),
]

/** To the last character, whatever the width. */
const factLines = ({ ui: { columns } }: State, { name, words, tone }: Fact): readonly Later[] =>
  chopped(oneLine(words), columns - (columns < 60 ? 14 : 17)).map((part, at) => () => {
    const called = fit(at === 0 ? name : '', 11)
    return line(span(columns < 60 ? ` ${called} ` : `   ${called}  `, 'dim'), span(part, tone))
  })

/** One fact a row, one host a column; what both have stands side by side. */
const tableRows = (state: State): readonly HostRow[] => {
  const { gpuHost, edgeHost } = state.observed
  const [gpu, edge] = [gpuHostFacts(state), edgeHostFacts(state)]
  const shared = gpu.flatMap(({ name }) => (edge.some(other => other.name === name) ? [name] : []))
  const isShared = ({ name }: Fact): boolean => name !== '' && shared.includes(name)
  const cell = (each: Fact | undefined): string => cellWords(each, state.ui.options.ascii)
  const pairs: readonly (readonly [name: string, gpu: string, edge: string])[] = [
    ...gpu.filter(isShared).map(each => [each.name, cell(each), cell(edge.find(of => of.name === each.name))] as const),
    ...gpu.filter(each => !isShared(each)).map(each => [each.name, cell(each), cell(undefined)] as const),
    ...edge.filter(each => !isShared(each)).map(each => [each.name, cell(undefined), cell(each)] as const),
  ]
  return pairs.map(([name, left, right]) => ({
    ' ': name,
    [`${oneLine(gpuHost.name)} (GPU host)`]: oneLine(left),
    [`${oneLine(edgeHost.name)} (edge)`]: oneLine(right),
  }))
}

/** A still table has no colours: a sign says what asks for somebody. */
const cellWords = (each: Fact | undefined, ascii: boolean): string => {
  if (each === undefined) return nothing(ascii)
  if (each.tone !== 'bad' && each.tone !== 'warn') return each.words
  return `${signOf(each.tone === 'bad' ? 'failing' : 'degraded', ascii)} ${each.words}`
}

/** What only the other host has. */
const nothing = (ascii: boolean): string => (ascii ? '-' : '–')
