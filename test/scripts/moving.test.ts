import { describe, expect, test } from 'vitest'
import { caption, movingOf } from '../../scripts/picture/moving.ts'
import { paced } from '../../scripts/picture/pace.ts'
import { dark } from '../../scripts/picture/palette.ts'
import type { Recording } from '../../scripts/picture/recording.ts'
import type { Cell, Screen } from '../console/cells.ts'

const plain = { width: 1, fg: null, bg: null, bold: false, dim: false, inverse: false, underline: false }
const screen = (...rows: readonly string[]): Screen =>
  rows.map(row => [...row].map((text): Cell => ({ ...plain, text })))

const words = { title: 'a run', description: 'What happens.', window: 'papergen', palette: dark }
const recording: Recording = {
  frames: [
    { at: 0, screen: screen('still', 'first') },
    { at: 1_000, screen: screen('still', 'other') },
    { at: 2_000, screen: screen('still', 'first') },
  ],
  keys: [{ at: 900, key: 'r', why: 'restart <it>' }],
  waits: [],
  end: 4_000,
}

/** The texts one sees at this time of the loop, as its style says. */
const seen = (svg: string, at: number, end: number): string[] => {
  const isShown = (name: string): boolean => {
    const frames = new RegExp(`@keyframes ${name}{((?:[^{}]*{[^{}]*})*)}`).exec(svg)?.[1] ?? ''
    const steps = [...frames.matchAll(/([^{}]+){visibility:(\w+)}/g)].flatMap(([, times = '', value]) =>
      times.split(',').map(time => ({ at: (Number.parseFloat(time) / 100) * end, value })),
    )
    return steps.filter(step => step.at <= at).sort((a, b) => b.at - a.at)[0]?.value === 'visible'
  }
  return [...svg.matchAll(/<g(?: class="(\w+)")?>(.*?)\n?<\/g>\n/gs)].flatMap(([, name, markup = '']) =>
    name === undefined || isShown(name) ? [textOf(markup)] : [],
  )
}

const textOf = (markup: string): string =>
  markup
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/ +/g, ' ')
    .trim()

describe('a moving picture', () => {
  const svg = movingOf(recording, words)

  const moments: readonly (readonly [at: number, seen: readonly string[]])[] = [
    [0, ['still', 'first']],
    [950, ['still', 'first', 'r restart &lt;it&gt;']],
    [1_500, ['still', 'other', 'r restart &lt;it&gt;']],
    [2_000, ['still', 'first', 'r restart &lt;it&gt;']],
    [7_999, ['still', 'first', 'r restart &lt;it&gt;']],
  ]
  test.each(moments)('shows at %i ms what was there then', (at, texts) => {
    expect(seen(svg, at, 8_000).sort()).toEqual([...texts].sort())
  })

  test('has each piece once, however often it comes back', () => {
    expect(svg.match(/>first</g)).toHaveLength(1)
    expect(svg.match(/>still</g)).toHaveLength(1)
  })

  test('loops, and stands still at its end for who wants no motion', () => {
    expect(svg).toContain('g{animation:8.00s step-end infinite}')
    expect(svg).toMatch(/prefers-reduced-motion:reduce\){g{animation:none!important}}/)
    expect(svg).toMatch(/\.t0{animation-name:t0;visibility:visible}/)
  })
})

describe('its pace', () => {
  const waits = [{ from: 1_000, to: 31_000, what: 'a paper to fail' }]

  const times: readonly (readonly [recorded: number, shown: number])[] = [
    [0, 0],
    [1_000, 1_000],
    [16_000, 2_500],
    [31_000, 4_000],
    [32_000, 5_000],
  ]
  test.each(times)('what was at %i ms is shown at %i when a wait of 30 s is shown in 3', (recorded, shown) => {
    expect(paced({ waits, end: 33_000 }).at(recorded)).toBe(shown)
  })

  test('is told', () => {
    expect(caption(paced({ waits, end: 33_000 }))).toBe(
      'One run, as it was recorded. Waiting for a paper to fail: 30 s, shown in 3 s.',
    )
  })

  test('leaves short waits as they were', () => {
    const short = paced({ waits: [{ from: 0, to: 2_900, what: 'x' }], end: 5_000 })
    expect([short.at(2_000), short.end, caption(short)]).toEqual([2_000, 9_000, 'One run, as it was recorded.'])
  })
})
