import { routeRemoved, routeWritten, unitDone, unitRemoved, unitWritten } from './effects.ts'
import type { SnippetFile } from './facts.ts'
import { isPaperId, nextOf, type PaperId, type UnitId, unitNameOf } from './paper.ts'
import type { World } from './ports.ts'
import { proveHealthy, proveLan, provePublic } from './prove.ts'
import { type Records, readRecords, recordsOf } from './records.ts'
import type { Effect, StepContext } from './step.ts'
import { setRoute } from './steps-edge.ts'
import type { Undertaking } from './undertaking.ts'

/** One disagreement between the four records of a paper, and what mends it. The registry is the one that is believed. */
export type Mend = {
  /** What is wrong, and what mends it. */
  readonly words: string
  /** How it is once that was done. */
  readonly done: string
  readonly effects: readonly Effect[]
  readonly run: (undertaking: Undertaking, context: StepContext) => Promise<void>
}

/** What repair would do for one paper, and what it must leave alone and why. */
export type Mending = { readonly id: string; readonly mends: readonly Mend[]; readonly leftAlone: readonly string[] }

/** Every paper that anything knows of, in the registry's order. Changes nothing. */
export const mendings = async (world: World): Promise<readonly Mending[]> => {
  const records = await readRecords(world)
  return records.ids.map(id => mendingOf(world, recordsOf(records, id)))
}

const mendingOf = (world: World, records: Records): Mending => {
  const { id, entry } = records
  if (!isPaperId(id)) return { id, mends: [], leftAlone: [] }
  const found = [nextMend(world, records, id)]
  if (entry === null) found.push(orphanUnit(world, records, id), orphanSnippet(world, records, id))
  else if (!entry.pending) found.push(unitMend(world, records, id), routeMend(world, records, id))
  found.push(indexMend(world, records))
  return {
    id,
    mends: found.filter(one => one !== null && typeof one !== 'string'),
    leftAlone: found.filter(one => typeof one === 'string'),
  }
}

/** A mend, the reason why there can be none, or null when nothing is wrong. */
type Found = Mend | string | null

const nextMend = (world: World, { next }: Records, id: PaperId): Found =>
  next === null ? null : removal(world, nextOf(id), 'is left over from an update', next.origin)

const orphanUnit = (world: World, { file }: Records, id: PaperId): Found =>
  file === null ? null : removal(world, id, 'runs without a registry entry', file.origin)

const removal = (world: World, unit: UnitId, why: string, origin: string): Found => {
  const name = unitNameOf(unit)
  if (origin === 'foreign') return `${name} was not made by papergen`
  return {
    words: `${name} ${why}: remove it`,
    done: `${name} was removed`,
    effects: unitRemoved(world.config, unit),
    run: () => world.gpuEntry.removeUnit(unit),
  }
}

const orphanSnippet = (world: World, { snippet }: Records, id: PaperId): Found => {
  if (snippet === null) return null
  const { edge } = world.config
  if (snippet.origin === 'foreign') return `${id}.conf on ${edge.name} was not made by papergen`
  return {
    words: `${id}.conf routes to no registered paper: remove it`,
    done: `its route was removed from ${edge.name}`,
    effects: routeRemoved(world.config, id),
    run: () => world.edgeEntry.dropRoute(id),
  }
}

const unitMend = (world: World, { entry, file, facts, release, listener }: Records, id: PaperId): Found => {
  const { port } = entry!
  const name = unitNameOf(id)
  if (file?.origin === 'foreign') return `${name} was not made by papergen`
  const wrong =
    file === null ? 'is missing' : file.origin === 'edited' ? 'was edited by hand' : wrongPort(file.port, port)
  const idle = facts?.enabled === false || facts?.state === 'inactive'
  if (wrong === null && !idle) return null
  if (listener.kind === 'foreign' && facts?.state !== 'active')
    return `port ${port} is held by ${listener.name ?? 'another process'}`
  if (wrong === null) return start(world, id, port)
  if (release === null) return `${name} ${wrong} and there is no snapshot of it; publish it again`
  return {
    words: `${name} ${wrong}: write it for port ${port} and restart it`,
    done: `${name} was written for port ${port} and restarted`,
    effects: unitWritten(world, id, port, release, ['enable', 'start', 'reset-failed', 'restart']).map(
      overwriting(file),
    ),
    run: async (undertaking, context) => {
      await world.gpuEntry.writeUnit(id, port, release.hash)
      await world.gpuEntry.startUnit(id)
      await world.gpuEntry.restartUnit(id)
      await proveHealthy(undertaking, id, port, context)
    },
  }
}

/** What would be overwritten, to be shown beside what comes in its place. */
const overwriting =
  (file: { readonly text: string } | null) =>
  (effect: Effect): Effect =>
    file !== null && effect.kind === 'write' && effect.content !== undefined ? { ...effect, former: file.text } : effect

const wrongPort = (found: number | null, port: number): string | null =>
  found === port ? null : `listens on port ${found ?? 'unknown'}, not ${port}`

const start = (world: World, id: PaperId, port: number): Mend => ({
  words: `${unitNameOf(id)} does not run, or not after a reboot: enable and start it`,
  done: `${unitNameOf(id)} was enabled and started`,
  effects: ['enable', 'start'].map(verb => unitDone(world.config, verb, id)),
  run: async (undertaking, context) => {
    await world.gpuEntry.startUnit(id)
    await proveHealthy(undertaking, id, port, context)
  },
})

const routeMend = (world: World, { entry, snippet, isUnserved }: Records, id: PaperId): Found => {
  const { port } = entry!
  const { edge, gpu } = world.config
  if (snippet?.origin === 'foreign') return `${id}.conf on ${edge.name} was not made by papergen`
  const isRight = snippet?.upstream?.port === port && snippet.upstream.address === gpu.address
  const why = routeFault(snippet, isRight, isUnserved)
  if (why === null) return null
  return {
    words: `${id}.conf ${why}: route to port ${port}`,
    done: `its route leads to port ${port}`,
    effects: routeWritten(world, id, port).map(overwriting(snippet)),
    run: async (undertaking, context) => {
      await proveLan(undertaking, port, context)
      await setRoute(undertaking, port)
      await provePublic(undertaking, context)
    },
  }
}

const routeFault = (snippet: SnippetFile | null, isRight: boolean, isUnserved: boolean): string | null => {
  if (snippet === null) return 'is missing'
  if (!isRight) return 'routes elsewhere'
  if (snippet.origin === 'edited') return 'was edited by hand'
  return isUnserved ? 'is not what nginx serves' : null
}

const indexMend = (world: World, { listed, entry, published, isIndexForeign }: Records): Found => {
  const wanted = entry !== null && !entry.pending
  if (listed === wanted) return null
  const { edge } = world.config
  if (isIndexForeign) return `${edge.index} has no papergen marker lines to write between`
  return {
    words: wanted ? 'it is live but not on the index page: list it' : 'the index page lists it: take it off',
    done: wanted ? 'the index page lists it' : 'the index page lists it no more',
    effects: [{ kind: 'write', host: edge.name, path: edge.index, content: world.texts.fragment(published) }],
    run: async undertaking => {
      await world.edgeEntry.setIndex(world.texts.fragment(published))
      undertaking.provisionalSince = world.clock.elapsed()
    },
  }
}
