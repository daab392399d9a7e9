import type { Observation } from '../core/observed.ts'
import type { World } from '../core/ports.ts'
import { createQuestions } from './observer-questions.ts'

export type Observer = {
  /** Asks everything once; resolves when every answer, or its failure, was told. */
  once(): Promise<void>
  /** Goes on asking until stopped: systemd by signals, the rest at its own pace. */
  start(): () => void
  /** Asks about one paper (or all) now: after an operation, or when its unit changed. */
  refresh(id?: string): Promise<void>
}

/**
 * Milliseconds between two rounds of each kind of question. Probes come as often as the config says. Units tell their changes
 * themselves: their round is for what a signal might have missed.
 */
const pace = { units: 60_000, unitFiles: 15_000, gpu: 2_000, host: 5_000, edge: 10_000, standIns: 60_000 }

/** Papers whose questions are begun in a second, while somebody watches. */
const perSecond = 40

/** The only one who asks. It tells what it learned as observations and judges nothing. */
export const createObserver = (world: World, tell: (observation: Observation) => void): Observer => {
  const { clock } = world
  const { links, remembered, records, units, unitFiles, edge, gpu, host, standIns, paper, paperSoon, papers, entryOf } =
    createQuestions(world, tell)

  const refresh = async (id?: string): Promise<void> => {
    await Promise.all([records(), units(), unitFiles(), edge()])
    if (id === undefined) return papers()
    const entry = entryOf(id)
    if (entry !== undefined) await paper(entry)
  }

  const once = async (): Promise<void> => {
    links()
    remembered()
    await Promise.all([refresh(), gpu(), host(), standIns()])
    links()
  }

  const start = (): (() => void) => {
    const stopping = new AbortController()
    const { signal } = stopping
    /** One round after the other, never two at once; a round that throws is a bug and must not stop the watch. */
    const repeat = async (every: number, round: () => Promise<void>): Promise<void> => {
      while (!signal.aborted) {
        await round()
        await clock.sleep(every, signal).catch(() => {})
      }
    }
    links()
    remembered()
    const unwatchUnits = world.units.watch(
      unit => {
        tell({ type: 'unit', unit, at: clock.now() })
        paperSoon(unit.unit)
      },
      error => tell({ type: 'units', answer: { at: clock.now(), error } }),
    )
    let edgeWas = world.links.edge().kind
    const unwatchLinks = world.links.watch(() => {
      links()
      const edgeIs = world.links.edge().kind
      // Back again: what was seen before the link went is asked anew at once, not at the next round.
      if (edgeIs === 'up' && edgeWas !== 'up') void edge().then(() => papers(perSecond))
      edgeWas = edgeIs
    })
    void repeat(world.config.probe.every, async () => {
      await records()
      await papers(perSecond)
    })
    void repeat(pace.units, units)
    void repeat(pace.unitFiles, unitFiles)
    void repeat(pace.edge, edge)
    void repeat(pace.gpu, gpu)
    void repeat(pace.host, host)
    void repeat(pace.standIns, standIns)
    return () => {
      stopping.abort()
      unwatchUnits()
      unwatchLinks()
    }
  }

  return { once, start, refresh }
}
