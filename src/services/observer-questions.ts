import PQueue from 'p-queue'
import { problemOf } from '../core/errors.ts'
import type { RegistryEntry, StandIn, Unfinished } from '../core/facts.ts'
import { parseIndexPage } from '../core/index-page.ts'
import type { Answer, Observation } from '../core/observed.ts'
import { isPaperId } from '../core/paper.ts'
import type { World } from '../core/ports.ts'
import { readRegistry } from '../core/registry.ts'
import { joinEntries, readSidecar } from '../core/sidecar.ts'
import { parseSnippet } from '../core/snippet.ts'
import { createCellErrors } from './observer-cells.ts'

/** Papers probed at the same time: a thousand papers must not open three thousand sockets. */
const width = 16

/** Every question the observer asks, each told as an observation: the answer, or the reason why there is none. */
export type Questions = ReturnType<typeof createQuestions>

export const createQuestions = (world: World, tell: (observation: Observation) => void) => {
  const { clock } = world
  const cellErrors = createCellErrors(world)
  let entries: readonly RegistryEntry[] = []

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

  const remembered = (): void => tell({ type: 'gpu-uses', uses: world.gpuUses.known() })

  const records = async (): Promise<void> => {
    const registry = async (): Promise<readonly RegistryEntry[]> => {
      const [text, sidecar] = await Promise.all([world.registry.read(), world.sidecar.read()])
      const { entries: found } = readRegistry(text, world.registry.path, world.config.gpu.ports)
      return joinEntries(found, readSidecar(sidecar, world.sidecar.path))
    }
    const [found] = await Promise.all([
      ask('reading the registry', registry, answer => tell({ type: 'registry', answer })),
      ask('reading the intents', unfinished, answer => tell({ type: 'intents', answer })),
    ])
    entries = found ?? entries
  }

  /** The lock dies with its process: an intent without it was interrupted. */
  const unfinished = async (): Promise<readonly Unfinished[]> => {
    const intents = await world.intents.list()
    if (intents.length === 0) return []
    const holder = await world.gpuEntry.holder().catch(() => undefined)
    return intents.map(intent => ({ ...intent, running: holder === undefined ? null : isHeldFor(intent.id, holder) }))
  }

  const units = async (): Promise<void> => {
    await ask(
      'asking systemd',
      () => world.units.units(),
      answer => tell({ type: 'units', answer }),
    )
  }

  const unitFiles = async (): Promise<void> => {
    await ask(
      'reading the unit files',
      () => world.units.unitFiles(),
      answer => tell({ type: 'unit-files', answer }),
    )
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

  const standIns = async (): Promise<void> => {
    const told = async (): Promise<readonly StandIn[]> =>
      ((await world.gpuEntry.hello()).policy['stand-ins'] ?? '').split(' ').filter(isStandIn)
    await ask('asking what is a stand-in', told, answer => tell({ type: 'stand-ins', answer }))
  }

  const paper = async ({ id, port, notebook, release }: RegistryEntry): Promise<void> => {
    if (!isPaperId(id)) return
    const { prober, gpuEntry, releases } = world
    const local = ask(
      'probing locally',
      () => prober.local(id, port),
      answer => tell({ type: 'local', id, answer }),
    )
    // Asked afterwards: where the paper answers on its own host, whoever then gets no answer is kept from it.
    const fromOutside = (): Promise<unknown> =>
      Promise.all([
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
      ])
    await Promise.all([
      local.then(fromOutside),
      ask(
        'asking who listens',
        () => gpuEntry.listener(id, port),
        answer => tell({ type: 'listener', id, answer }),
      ),
      ask(
        'reading cell errors',
        () => cellErrors(id, notebook),
        answer => tell({ type: 'cells', id, answer }),
      ),
      ask(
        'comparing the notebook with its snapshot',
        async () => (release === null ? null : releases.changed(id, release)),
        answer => tell({ type: 'changed', id, answer }),
      ),
    ])
  }

  /** @param perSecond at most so many are begun; a console that watches a thousand must answer keys meanwhile */
  const papers = async (perSecond = Number.POSITIVE_INFINITY): Promise<void> => {
    const queue = [...entries]
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const until = clock.elapsed() + (1000 * width) / perSecond
        await paper(next)
        if (queue.length > 0 && clock.elapsed() < until) await clock.sleep(until - clock.elapsed())
      }
    }
    await Promise.all(Array.from({ length: width }, worker))
  }

  const soon = new PQueue({ concurrency: width })
  const asked = new Set<string>()

  /** Asks about a paper out of turn: once, however often it changes meanwhile, and not about a thousand at the same time. */
  const paperSoon = (id: string): void => {
    if (asked.has(id)) return
    asked.add(id)
    void soon.add(() => {
      asked.delete(id)
      const entry = entryOf(id)
      return entry === undefined ? undefined : paper(entry)
    })
  }

  const entryOf = (id: string): RegistryEntry | undefined => entries.find(known => known.id === id)

  return { links, remembered, records, units, unitFiles, edge, gpu, host, standIns, paper, paperSoon, papers, entryOf }
}

/** `son@desk publish attention 2026-11-23T07:00:00Z`. */
const isHeldFor = (id: string, holder: string | null): boolean => holder?.split(' ')[2] === id

const isStandIn = (word: string): word is StandIn => ['gpu', 'systemd', 'nginx', 'marimo'].includes(word)
