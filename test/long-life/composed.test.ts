import { once } from 'node:events'
import { appendFileSync, readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { compose } from '../../src/compose.ts'
import { readConfig } from '../../src/core/config.ts'
import { onePaper } from '../../src/core/log-request.ts'
import { emptyObserved } from '../../src/core/observed.ts'
import { initialState } from '../../src/core/state.ts'
import { startDemo } from '../../src/demo/start.ts'
import { createLogReader } from '../../src/services/log-reader.ts'
import { createConsoleStore } from '../../src/store.ts'
import { usingConsole } from '../console/using.ts'
import { hurried } from './clock.ts'
import { live, patience } from './life.ts'

const built = usingConsole()

/** A way to a port that can be cut under whoever uses it. */
const cuttable = async (host: string, port: number) => {
  const ends = new Set<Socket>()
  const server = createServer(near => {
    const far = connect({ host, port })
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end)
      end.pipe(other)
      end
        .on('error', () => {})
        .on('close', () => {
          ends.delete(end)
          other.destroy()
        })
    }
  })
  await once(server.listen(0, host), 'listening')
  onTestFinished(() => void server.close())
  const cut = (): void => {
    for (const end of ends) end.destroy()
  }
  return { port: (server.address() as AddressInfo).port, cut }
}

/** Every service of papergen over the demo's two hosts, with an observer, a store and an open log, a day in minutes. */
const session = async () => {
  vi.stubEnv('PAPERGEN_DEMO_MARIMO', 'no')
  const root = join(built.program(), '../..')
  const demo = await startDemo({ papers: 7, version: '1.0.0', root })
  onTestFinished(() => demo.stop())
  const told = readConfig(readFileSync(demo.config, 'utf8'), demo.config, homedir())
  const { gpu, edge } = told
  if (gpu.reach.via !== 'ssh' || edge.reach.via !== 'ssh') throw new Error('the demo is over ssh')
  const ways = await Promise.all([gpu.reach, edge.reach].map(({ address, port }) => cuttable(address, port)))
  const [toGpu, toEdge] = ways
  const known = readFileSync(gpu.reach.knownHosts, 'utf8')
  for (const [from, way] of [
    [gpu.reach.port, toGpu],
    [edge.reach.port, toEdge],
  ] as const)
    appendFileSync(gpu.reach.knownHosts, known.replaceAll(`]:${from} `, `]:${way!.port} `))
  const config = {
    ...told,
    probe: { ...told.probe, timeout: 1_000 },
    gpu: { ...gpu, reach: { ...gpu.reach, port: toGpu!.port } },
    edge: { ...edge, reach: { ...edge.reach, port: toEdge!.port } },
  }
  const clock = hurried(20)
  const share = (name: string): string => readFileSync(join(root, 'share', name), 'utf8')
  const composed = await compose(config, {
    ...{ readOnly: true, version: '1.0.0', share, clock },
    ...{ useMemory: { read: () => null, write: () => {} }, askPassphrase: async () => null },
  })
  onTestFinished(composed.close)
  const look = { readOnly: true, ascii: false, color: true, theme: 'dark', zone: 0, note: null } as const
  const options = { ...look, site: config.site.url, chosen: config.console.columns }
  const first = initialState(emptyObserved(config, clock.now()), clock.now(), options)
  const store = createConsoleStore(first, (run, ms) => {
    const timer = setTimeout(run, ms / 20)
    return () => clearTimeout(timer)
  })
  onTestFinished(store.close)
  const cut = (): void => {
    for (const way of ways) way.cut()
  }
  return { ...composed, store, cut }
}

const questions = 'registry intents unit-files snippets index edge-state gpu stats local lan edge listener cells'.split(
  ' ',
)

test(
  'all services together, with links that are lost again and again, leave nothing behind',
  async () => {
    const { world, observer: observe, activity: hear, store, cut } = await session()
    let observations = 0
    const answered = new Set<string>()
    const observer = observe(observation => {
      observations++
      if ('answer' in observation && 'value' in observation.answer) answered.add(observation.type)
      store.dispatch({ type: 'observation', observation })
    })
    const activity = hear(papers => store.dispatch({ type: 'moving', papers }))
    const log = createLogReader(world.journal, store.dispatch)
    const areUp = (): void => expect([world.links.gpu().kind, world.links.edge().kind]).toEqual(['up', 'up'])
    const up = (): Promise<void> => vi.waitFor(areUp, { timeout: 30_000, interval: 5 })
    let stops: readonly (() => void)[] = []
    await live({
      name: 'observations of all services, links lost',
      warmUp: 6,
      rounds: 14,
      round: async () => {
        if (stops.length === 0) stops = [observer.start(), activity.start()]
        const before = observations
        await up()
        const reading = log.open(onePaper('attention', 'journal'), false)
        // Whatever was under way when the links went: every question is asked and answered again.
        answered.clear()
        await vi.waitFor(() => expect([...answered]).toEqual(expect.arrayContaining(questions)), {
          timeout: 30_000,
          interval: 20,
        })
        cut()
        await reading
        await vi.waitFor(() => expect(areUp).toThrow(), { timeout: 30_000, interval: 1 })
        return observations - before
      },
      rest: async () => {
        for (const stop of stops) stop()
        stops = []
        log.close()
        await up()
        // One of each is open, as before: the bus, the files, both entry points.
        await Promise.all([world.units.units(), world.registry.read(), world.gpuEntry.hello(), world.edgeEntry.hello()])
        // The longest time limit of a question is ten seconds, and its timer stays as long when the answer came before.
        await new Promise(resolve => setTimeout(resolve, 10_500))
      },
    })
    expect(store.api.getState().observed.papers.size).toBe(7)
    expect(store.api.getState().observed.papers.get('attention')?.local.kind).toBe('fresh')
  },
  patience,
)
