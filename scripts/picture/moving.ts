import type { Screen } from '../../test/console/cells.ts'
import { type Pace, paced } from './pace.ts'
import type { Palette } from './palette.ts'
import type { Recording } from './recording.ts'
import { groundMarkups, textMarkups } from './svg.ts'
import { loop, type Part, timed } from './timed.ts'
import { inWindow, type Words } from './window.ts'
import { escaped } from './xml.ts'

/** A recording as one picture that moves by itself: each piece of a screen is in it once, with the times it was there. */
export const movingOf = (recording: Recording, words: Words): string => {
  const pace = paced(recording)
  const frames = framesOf(recording, pace)
  const grounds = timed(partsOf(frames, groundMarkups, words.palette), pace.end, 'g')
  const texts = timed(partsOf(frames, textMarkups, words.palette), pace.end, 't')
  const keys = timed(keyParts(recording, pace), pace.end, 'k')
  const first = frames[0]?.screen ?? []
  const size = { columns: first[0]?.length ?? 0, rows: first.length }
  const description = `${words.description} ${caption(pace)}`
  const style = loop(pace.end) + grounds.style + texts.style + keys.style
  const below = (width: number): string => `${keys.markup}${captionMarkup(pace, width)}`
  // All backgrounds lie below all text, whichever came first.
  return inWindow(size, { ...words, description }, grounds.markup + texts.markup, style, below)
}

type Shown = { readonly screen: Screen; readonly from: number; readonly to: number }

/** Frames with the times they are shown; where time runs faster, only as many as one can see. */
const framesOf = ({ frames }: Recording, pace: Pace): readonly Shown[] => {
  const seen = frames.filter(({ at }, index) => {
    const next = frames[index + 1]
    return next === undefined || !pace.isHurried(at) || bucket(pace.at(at)) !== bucket(pace.at(next.at))
  })
  return seen.map(({ at, screen }, index) => {
    const next = seen[index + 1]
    return { screen, from: pace.at(at), to: next === undefined ? pace.end : pace.at(next.at) }
  })
}

/** Five frames a second. */
const bucket = (shown: number): number => Math.floor(shown / 200)

const partsOf = (frames: readonly Shown[], markups: typeof textMarkups, palette: Palette): readonly Part[] =>
  frames.flatMap(({ screen, from, to }) =>
    screen.flatMap((row, at) => markups(row, at, palette)).map(markup => ({ markup, from, to })),
  )

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
