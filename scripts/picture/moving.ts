import { type Pace, paced } from './pace.ts'
import type { Recording } from './recording.ts'
import { rowMarkup } from './svg.ts'
import { loop, type Part, timed } from './timed.ts'
import { inWindow, type Words } from './window.ts'
import { escaped } from './xml.ts'

/** A recording as one picture that moves by itself: each row of a screen is in it once, with the times it was there. */
export const movingOf = (recording: Recording, words: Words): string => {
  const pace = paced(recording)
  const screen = timed(rowParts(recording, pace), pace.end, 's')
  const keys = timed(keyParts(recording, pace), pace.end, 'k')
  const first = recording.frames[0]?.screen ?? []
  const size = { columns: first[0]?.length ?? 0, rows: first.length }
  const description = `${words.description} ${caption(pace)}`
  const style = `${loop(pace.end)}${screen.style}\n${keys.style}`
  const below = (width: number): string => `${keys.markup}${captionMarkup(pace, width)}`
  return inWindow(size, { ...words, description }, screen.markup, style, below)
}

const rowParts = ({ frames }: Recording, pace: Pace): readonly Part[] =>
  frames.flatMap(({ at, screen }, index) => {
    const next = frames[index + 1]
    const time = { from: pace.at(at), to: next === undefined ? pace.end : pace.at(next.at) }
    return screen.map((row, line) => ({ markup: rowMarkup(row, line), ...time }))
  })

/** The key pressed last, and what for: who watches sees no keyboard. */
const keyParts = ({ keys }: Recording, pace: Pace): readonly Part[] =>
  keys.map(({ at, key, why }, index) => {
    const next = keys[index + 1]
    return { markup: keyMarkup(key, why), from: pace.at(at), to: next === undefined ? pace.end : pace.at(next.at) }
  })

const keyMarkup = (key: string, why: string): string =>
  `<text class="quiet" y="12"><tspan class="key">${escaped(key)}</tspan><tspan dx="10">${escaped(why)}</tspan></text>`

/** What was done to the times of the recording, so that nobody takes a wait for shorter than it was. */
export const caption = ({ hurried }: Pace): string =>
  [
    'One run, as it was recorded.',
    ...hurried.map(
      ({ what, took, shown }) => `Waiting for ${what}: ${Math.round(took / 1000)} s, shown in ${shown / 1000} s.`,
    ),
  ].join(' ')

const captionMarkup = (pace: Pace, width: number): string =>
  `<text class="quiet" x="${width}" y="12" text-anchor="end">${escaped(caption(pace))}</text>\n`
