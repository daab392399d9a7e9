import type { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { counted, type Figures, figuresNow, grown, objects } from './measure.ts'

/** How many times longer than usual a life is: `PAPERGEN_LONG_LIFE=100` takes the better part of an hour. */
export const times = Math.max(1, Number(process.env.PAPERGEN_LONG_LIFE ?? 1))

/** Milliseconds for a test of a life. */
export const patience = 600_000 * times

export type Life = {
  readonly name: string
  /** Something that happens again and again; no `expect(...).rejects` in it, which keeps its error. @returns how many events it was */
  readonly round: () => Promise<number>
  /** Rounds before the first measurement, in which caches fill and code is compiled. */
  readonly warmUp: number
  /** Rounds between the two. */
  readonly rounds: number
  /** Resolves when nothing is under way any more. */
  readonly rest?: () => Promise<void>
  readonly emitters?: () => readonly EventEmitter[]
  /** This process unless told. */
  readonly measure?: () => Promise<Figures>
}

/** Lives it, prints its figures in one line and expects that nothing grew after the warm-up. */
export const live = async (life: Life): Promise<void> => {
  const { before, after, events } = await lived(life)
  process.stdout.write(`${lineOf(life.name, before, after, events)}\n`)
  expect(grown(before, after, events)).toEqual([])
}

/**
 * The figures after the warm-up and at the end, and the events between them. What is more at first is looked at again: a connection
 * that was just lost may wait for its last turn of the loop; a leak stays.
 */
export const lived = async ({
  round,
  warmUp,
  rounds,
  rest = async () => {},
  emitters = () => [],
  measure = () => figuresNow(emitters()),
}: Life) => {
  for (let done = 0; done < warmUp; done++) await round()
  await rest()
  const before = await measure()
  let events = 0
  for (let done = 0; done < rounds * times; done++) events += await round()
  await rest()
  let after = await measure()
  for (let again = 0; again < 5 && grown(before, after, events).length > 0; again++) {
    await pause(300)
    after = await measure()
  }
  return { before, after, events }
}

const lineOf = (name: string, before: Figures, after: Figures, events: number): string => {
  const changed = (key: keyof Figures): string => `${key} ${before[key]}→${after[key]}`
  const kib = (key: 'heap' | 'buffers'): string =>
    `${key} ${[before, after].map(figures => Math.round(figures[key] / 1024)).join('→')} KiB`
  const all = [kib('heap'), kib('buffers'), ...[...objects, ...counted].map(changed)]
  return `long life: ${name}: ${events} events, ${all.join(', ')}`
}
