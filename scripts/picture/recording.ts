import { setTimeout as passed } from 'node:timers/promises'
import type { Screen } from '../../test/console/cells.ts'
import type { Driver } from '../../test/console/driver.ts'

/** One run of the console as it was: every frame and every key, in milliseconds since it began. */
export type Recording = {
  readonly frames: readonly Frame[]
  readonly keys: readonly Key[]
  readonly waits: readonly Wait[]
  readonly end: number
}

export type Frame = { readonly at: number; readonly screen: Screen }

/** What was pressed, and what for. */
export type Key = { readonly at: number; readonly key: string; readonly why: string }

/** While the operator only waited, and for what. */
export type Wait = { readonly from: number; readonly to: number; readonly what: string }

/** Who presses the keys: as a person does, who looks before pressing. */
export type Hand = {
  press(key: string, why: string, look?: number): Promise<void>
  type(text: string, why: string): Promise<void>
  waits(what: string, until: PromiseLike<unknown>): Promise<void>
}

export const record = async (
  driver: Driver,
  play: (hand: Hand, driver: Driver) => Promise<void>,
): Promise<Recording> => {
  const began = performance.now()
  const now = (): number => Math.round(performance.now() - began)
  const frames: Frame[] = [{ at: 0, screen: driver.cells() }]
  const [keys, waits]: [Key[], Wait[]] = [[], []]
  const stop = driver.watch(screen => {
    if (!isSame(frames.at(-1)?.screen, screen)) frames.push({ at: now(), screen })
  })
  await play(handOf(driver, now, keys, waits), driver)
  stop()
  return { frames, keys, waits, end: now() }
}

/** How long a person looks before pressing a key, and between two letters of a word. */
const pace = { look: 1_400, letter: 130 }

const handOf = (driver: Driver, now: () => number, keys: Key[], waits: Wait[]): Hand => ({
  press: async (key, why, look = pace.look) => {
    await passed(look)
    keys.push({ at: now(), key, why })
    await driver.press(key).idle()
  },
  type: async (text, why) => {
    await passed(pace.look)
    keys.push({ at: now(), key: text, why })
    for (const letter of text) {
      await driver.press(letter).idle()
      await passed(pace.letter)
    }
  },
  waits: async (what, until) => {
    const from = now()
    await until
    waits.push({ from, to: now(), what })
  },
})

const isSame = (a: Screen | undefined, b: Screen): boolean => JSON.stringify(a) === JSON.stringify(b)
