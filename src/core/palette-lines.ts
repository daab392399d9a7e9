import { fuzzy } from './fuzzy.ts'
import { type Line, line, rule, type Span, span } from './line.ts'
import { chosenIn, foundIn, type PaletteEntry, whyNotRun } from './palette.ts'
import { detailOf } from './palette-detail.ts'
import type { Dialog, State } from './state.ts'
import { cells, fit, oneLine } from './text.ts'
import { windowOf } from './window.ts'

/** The palette: what was typed, and what answers it with its key; what cannot run now recedes and says why. */
export const paletteLines = (
  state: State,
  { query, chosen }: Extract<Dialog, { kind: 'palette' }>,
  height: number,
): readonly Line[] => {
  const found = foundIn(state, query)
  const index = chosenIn(found, chosen)
  const { from, to } = windowOf(found.length, index, height - 2)
  const shown = found.slice(from, to)
  const width = Math.min(48, Math.max(0, ...shown.map(({ words }) => cells(oneLine(words)))))
  return [
    rule('Commands', found.length === 0 ? 'Esc goes back' : `${index + 1} of ${found.length}`, state.ui.columns, true),
    line(span('  : ', 'key'), span(`${query}▏`)),
    ...(shown.length === 0 ? [line(span('  Nothing matches; Backspace widens the search.', 'dim'))] : []),
    ...shown.map((each, at) => entryLine(state, each, query, width, from + at === index)),
  ]
}

const entryLine = (state: State, entry: PaletteEntry, query: string, width: number, selected: boolean): Line => {
  const why = whyNotRun(state, entry)
  const cursor = selected ? (state.ui.options.ascii ? '> ' : '▸ ') : '  '
  return {
    selected,
    spans: [
      span(cursor, 'strong'),
      span(`${fit(entry.shown, 6)} `, why === null ? 'key' : 'dim'),
      ...(why === null
        ? lettersOf(entry.words, fuzzy(query, entry.words)?.at ?? [], width)
        : [span(fit(oneLine(entry.words), width), 'dim')]),
      span(`  ${oneLine(why ?? detailOf(state, entry))}`, 'dim'),
    ],
  }
}

/** The letters that were found stand out, unless the words had to be changed to be shown at all. */
const lettersOf = (words: string, at: readonly number[], width: number): readonly Span[] => {
  const fitted = fit(oneLine(words), width)
  if (!fitted.startsWith(words)) return [span(fitted)]
  const spans: Span[] = []
  let from = 0
  for (const character of words) {
    const isFound = at.some(index => index >= from && index < from + character.length)
    const tone = isFound ? 'strong' : 'plain'
    const before = spans.at(-1)
    if (before?.tone === tone) spans[spans.length - 1] = span(before.text + character, tone)
    else spans.push(span(character, tone))
    from += character.length
  }
  return [...spans, span(fitted.slice(from))]
}
