import { problemOf } from '../core/errors.ts'
import type { CellFacts, RegistryEntry } from '../core/facts.ts'
import { parseIndexPage } from '../core/index-page.ts'
import { isCellError } from '../core/journal.ts'
import type { Answer, Observation } from '../core/observed.ts'
import { isPaperId } from '../core/paper.ts'
import type { World } from '../core/ports.ts'
import { readRegistry } from '../core/registry.ts'
import { joinEntries, readSidecar } from '../core/sidecar.ts'
import { parseSnippet } from '../core/snippet.ts'

export type Observer = {
  /** Asks everything once; resolves when every answer, or its failure, was told. */
  once(): Promise<void>
  /** Goes on asking until stopped: systemd by signals, the rest at its own pace. */
  start(): () => void
  /** Asks about one paper (or all) now: after an operation, or when its unit changed. */
  refresh(id?: string): Promise<void>
}

/** Milliseconds between two rounds of each kind of question. Probes come as often as the config says. */
const pace = { gpu: 2_000, host: 5_000, edge: 10_000 }

/** Papers probed at the same time: a thousand papers must not open three thousand sockets. */
const width = 16

/** The only one who asks. It tells what it learned as observations and judges nothing. */
export const createObserver = (world: World, tell: (observation: Observation) => void): Observer => {
  const { clock } = world
  let entries: readonly RegistryEntry[] = []
  let unitNames = new Set<string>()

  const ask = async <T>(
    what: string,
    question: () => Promise<T>,
    told: (answer: Answer<T>) => void,
  ): Promise<T | undefined> => {
    try {
      const value = await question()
      told({ at: clock.now(), value })
      return value
    } catch (thrown) {
      told({ at: clock.now(), error: problemOf(thrown, what) })
      return undefined
    }
  }

  const links = (): void => {
    tell({ type: 'link', role: 'gpu', link: world.links.gpu() })
    tell({ type: 'link', role: 'edge', link: world.links.edge() })
  }

  const records = async (): Promise<void> => {
    const registry = async (): Promise<readonly RegistryEntry[]> => {
      const [text, sidecar] = await Promise.all([world.registry.read(), world.sidecar.read()])
      const { entries: found } = readRegistry(text, world.registry.path, world.config.gpu.ports)
      return joinEntries(found, readSidecar(sidecar, world.sidecar.path))
    }
    const [found] = await Promise.all([
      ask('reading the registry', registry, answer => tell({ type: 'registry', answer })),
      ask(
        'reading the intents',
        () => world.intents.list(),
        answer => tell({ type: 'intents', answer }),
      ),
    ])
    entries = found ?? entries
  }

  const units = async (): Promise<void> => {
    const [found] = await Promise.all([
      ask(
        'asking systemd',
        () => world.units.units(),
        answer => tell({ type: 'units', answer }),
      ),
      ask(
        'reading the unit files',
        () => world.units.unitFiles(),
        answer => tell({ type: 'unit-files', answer }),
      ),
    ])
    if (found !== undefined)
      unitNames = new Set(found.filter(unit => unit.state !== 'not-found').map(unit => unit.unit))
  }

  const edge = async (): Promise<void> => {
    const snippets = async () =>
      (await world.edgeEntry.snippets())
        .filter(({ name }) => name !== '_generation')
        .map(({ name, text }) => parseSnippet(name, text))
    await ask('reading the snippets', snippets, answer => tell({ type: 'snippets', answer }))
    await ask(
      'reading the index page',
      async () => parseIndexPage(await world.edgeEntry.index()),
      answer => tell({ type: 'index', answer }),
    )
    await ask(
      'asking the edge',
      () => world.edgeEntry.state(),
      answer => tell({ type: 'edge-state', answer }),
    )
    links()
  }

  const gpu = async (): Promise<void> => {
    await ask(
      'asking nvidia-smi',
      () => world.gpu.sample(),
      answer => tell({ type: 'gpu', answer }),
    )
  }

  const host = async (): Promise<void> => {
    await ask(
      'measuring the GPU host',
      () => world.meter.read(),
      answer => tell({ type: 'stats', answer }),
    )
  }

  const paper = async ({ id, port, release }: RegistryEntry): Promise<void> => {
    if (!isPaperId(id)) return
    const { prober, gpuEntry, releases } = world
    await Promise.all([
      ask(
        'probing locally',
        () => prober.local(id, port),
        answer => tell({ type: 'local', id, answer }),
      ),
      ask(
        'probing over the LAN',
        () => prober.lan(id, port),
        answer => tell({ type: 'lan', id, answer }),
      ),
      ask(
        'probing the public page',
        () => prober.public(id),
        answer => tell({ type: 'edge', id, answer }),
      ),
      ask(
        'asking who listens',
        () => gpuEntry.listener(id, port),
        answer => tell({ type: 'listener', id, answer }),
      ),
      ask(
        'reading cell errors',
        () => cellErrors(id),
        answer => tell({ type: 'cells', id, answer }),
      ),
      ask(
        'comparing the notebook with its snapshot',
        async () => (release === null ? null : releases.changed(id, release)),
        answer => tell({ type: 'changed', id, answer }),
      ),
    ])
  }

  /** Each visitor of a paper whose cells raise leaves one such line; only the present run counts. */
  const cellErrors = async (id: string): Promise<CellFacts> => {
    const unit = unitNames.has(id) ? await world.units.unit(id) : null
    if (unit === null || unit.invocation === null) return { errors: 0, last: null, lastAt: null }
    const query = {
      unit: id,
      source: 'journal' as const,
      lines: 2_000,
      follow: false,
      since: null,
      priority: null,
      afterCursor: null,
      invocation: unit.invocation,
    }
    let facts: CellFacts = { errors: 0, last: null, lastAt: null }
    for await (const entry of world.journal.read(query, AbortSignal.timeout(10_000)))
      if (isCellError(entry.text)) facts = { errors: facts.errors + 1, last: entry.text, lastAt: entry.at }
    return facts
  }

  const papers = async (): Promise<void> => {
    const queue = [...entries]
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await paper(next)
    }
    await Promise.all(Array.from({ length: width }, worker))
  }

  const refresh = async (id?: string): Promise<void> => {
    await Promise.all([records(), units(), edge()])
    if (id === undefined) return papers()
    const entry = entries.find(known => known.id === id)
    if (entry !== undefined) await paper(entry)
  }

  const once = async (): Promise<void> => {
    links()
    await Promise.all([refresh(), gpu(), host()])
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
    const unwatchUnits = world.units.watch(
      unit => {
        tell({ type: 'unit', unit, at: clock.now() })
        const entry = entries.find(known => known.id === unit.unit)
        if (entry !== undefined) void paper(entry)
      },
      error => tell({ type: 'units', answer: { at: clock.now(), error } }),
    )
    const unwatchLinks = world.links.watch(() => {
      links()
      if (world.links.edge().kind === 'up') void edge().then(papers)
    })
    void repeat(world.config.probe.every, async () => {
      await Promise.all([records(), units()])
      await papers()
    })
    void repeat(pace.edge, edge)
    void repeat(pace.gpu, gpu)
    void repeat(pace.host, host)
    return () => {
      stopping.abort()
      unwatchUnits()
      unwatchLinks()
    }
  }

  return { once, start, refresh }
}
