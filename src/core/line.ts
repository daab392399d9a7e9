import { cells, fit } from './text.ts'

/** Colours by meaning, never by hue; the theme of the views turns them into what the terminal can show. */
export type Tone = 'plain' | 'dim' | 'ok' | 'warn' | 'bad' | 'strong' | 'key' | 'rule' | 'hit'

export type Span = { readonly text: string; readonly tone: Tone }

/** One line of the screen. `selected` is the cursor's row. */
export type Line = { readonly spans: readonly Span[]; readonly selected?: boolean }

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone })

export const line = (...spans: readonly (Span | string)[]): Line => ({
  spans: spans.map(part => (typeof part === 'string' ? span(part) : part)),
})

export const blank: Line = { spans: [] }

/** Cut or padded to exactly `width` cells, so that nothing wraps and a selected row reaches the edge. */
export const fitLine = ({ spans, ...rest }: Line, width: number): Line => {
  const fitted: Span[] = []
  let left = width
  for (const part of spans) {
    if (left <= 0) break
    const size = cells(part.text)
    fitted.push(size <= left ? part : { ...part, text: fit(part.text, left) })
    left -= Math.min(size, left)
  }
  if (left > 0) fitted.push(span(' '.repeat(left)))
  return { ...rest, spans: fitted }
}

/** `── Papers ── sort: verdict ─────── 3 of 12 ──`: the heading of a pane, drawn heavier where the keys go to it. */
export const rule = (left: string, right: string, width: number, focused: boolean): Line => {
  const stroke = focused ? '━' : '─'
  const ends = stroke.repeat(2)
  const start = `${ends} ${left} `
  // What stands at the right is the lesser: without room for all of it, it goes.
  const whole = ` ${right} ${ends}`
  const end = right === '' || cells(start) + cells(whole) >= width ? ends : whole
  const filler = stroke.repeat(Math.max(1, width - cells(start) - cells(end)))
  return line(span(start, focused ? 'strong' : 'rule'), span(filler, 'rule'), span(end, 'rule'))
}

/** As `rule`, where what stands at the right must be read, in the longest of its wordings that leaves room: the left is cut for it. */
export const ruleKeeping = (left: string, rights: readonly string[], width: number, focused: boolean): Line => {
  // `── left ─ right ──`
  const room = (right: string): number => width - cells(right) - 9
  const right = rights.find(words => room(words) >= cells(left)) ?? rights.at(-1) ?? ''
  if (room(right) < leastLeft)
    return rule(fit(right, Math.max(1, Math.min(cells(right), width - 5))), '', width, focused)
  return rule(cells(left) > room(right) ? fit(left, room(right)) : left, right, width, focused)
}

/** Less of a title tells nothing. */
const leastLeft = 5
