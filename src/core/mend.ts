import { routeWritten, unitDone, unitWritten } from './effects.ts'
import type { RegistryEntry, SnippetFile } from './facts.ts'
import { lostMend, nextMend, notOurs, orphanSnippet, orphanUnit } from './mend-orphan.ts'
import { isPaperId, type PaperId, unitNameOf } from './paper.ts'
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

/** What is wrong and yet stays as it is. */
export type LeftAlone = {
  readonly why: string
  /** What a person can do about it; null where it is somebody else's. */
  readonly hint: string | null
}

/** A mend, why there can be none, or null when nothing is wrong. */
export type Found = Mend | LeftAlone | null

/** What repair would do for one paper, and what it must leave alone. */
export type Mending = { readonly id: string; readonly mends: readonly Mend[]; readonly leftAlone: readonly LeftAlone[] }

/** Every paper that anything knows of, in the registry's order. Changes nothing. */
export const mendings = async (world: World): Promise<readonly Mending[]> => {
  const records = await readRecords(world)
  return records.ids.map(id => mendingOf(world, recordsOf(records, id)))
}

const mendingOf = (world: World, records: Records): Mending => {
  const { id } = records
  if (!isPaperId(id)) return { id, mends: [], leftAlone: [] }
  // Beside its old entry, once it is back, everything else is mended as ever.
  const entry = records.entry ?? records.lost
  const orphans = entry === null ? [orphanUnit(world, records, id), orphanSnippet(world, records, id)] : []
  const found = [
    nextMend(world, records, id),
    lostMend(world, records),
    ...orphans,
    ...(entry?.pending === false ? [unitMend(world, records, id, entry), routeMend(world, records, id, entry)] : []),
    ...(orphans.some(isKept) ? [] : [indexMend(world, records, entry)]),
  ].filter(one => one !== null)
  return {
    id,
    mends: found.filter(isMend),
    leftAlone: found.filter((one): one is LeftAlone => !isMend(one)),
  }
}

/** It may be a paper all the same, so the page goes on listing it. */
const isKept = (orphan: Found): boolean => orphan !== null && !isMend(orphan) && orphan.hint !== null

const isMend = (found: Mend | LeftAlone): found is Mend => 'run' in found

const unitMend = (world: World, records: Records, id: PaperId, { port }: RegistryEntry): Found => {
  const { file, facts, release, listener } = records
  const name = unitNameOf(id)
  if (file?.origin === 'foreign') return notOurs(name)
  const wrong =
    file === null ? 'is missing' : file.origin === 'edited' ? 'was edited by hand' : wrongPort(file.port, port)
  const idle = facts?.enabled === false || facts?.state === 'inactive'
  const isUnread = facts?.needsReload === true
  if (wrong === null && !idle && !isUnread) return null
  if (listener.kind === 'foreign' && facts?.state !== 'active')
    return { why: `port ${port} is held by ${listener.name ?? 'another process'}`, hint: null }
  if (wrong === null) return idle ? start(world, id, port) : read(world, id)
  if (release === null) return { why: `${name} ${wrong} and there is no snapshot of it`, hint: `publish ${id} again` }
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

/** Enabling has systemd read every changed file; what runs goes on. */
const read = (world: World, id: PaperId): Mend => ({
  words: `systemd has not read the changed file of ${unitNameOf(id)}: have it read`,
  done: `systemd has read the file of ${unitNameOf(id)}`,
  effects: ['enable', 'start'].map(verb => unitDone(world.config, verb, id)),
  run: () => world.gpuEntry.startUnit(id),
})

const routeMend = (world: World, records: Records, id: PaperId, { port }: RegistryEntry): Found => {
  const { snippet, isUnserved } = records
  const { edge, gpu } = world.config
  if (snippet?.origin === 'foreign') return notOurs(`${id}.conf on ${edge.name}`)
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

const indexMend = (
  world: World,
  { listed, published, isIndexForeign, fragment }: Records,
  entry: RegistryEntry | null,
): Found => {
  const wanted = entry !== null && !entry.pending
  if (listed === wanted) return null
  const { edge } = world.config
  if (isIndexForeign) return { why: `${edge.index} has no papergen marker lines to write between`, hint: null }
  const content = world.texts.fragment(published)
  const former = fragment === null ? {} : { former: fragment }
  return {
    words: wanted ? 'it is live but not on the index page: list it' : 'the index page lists it: take it off',
    done: wanted ? 'the index page lists it' : 'the index page lists it no more',
    effects: [{ kind: 'write', host: edge.name, path: edge.index, content, ...former }],
    run: async undertaking => {
      await world.edgeEntry.setIndex(content)
      undertaking.provisionalSince = world.clock.elapsed()
    },
  }
}
