import * as byHand from './by-hand.ts'
import { routeRemoved, unitRemoved } from './effects.ts'
import type { Origin } from './facts.ts'
import { isPair } from './lost-entry.ts'
import type { Found } from './mend.ts'
import { nextOf, type PaperId, type UnitId, unitNameOf } from './paper.ts'
import type { World } from './ports.ts'
import { writeRecord } from './record.ts'
import type { Records } from './records.ts'

/**
 * What stands on a host without an entry in the registry: a paper that lost its entry gets it back, a leftover of papergen's goes,
 * and what somebody wrote or edited stays, for with it their work would be gone.
 */

/** Writes the entry again that the registry has lost. */
export const lostMend = (world: World, { lost }: Records): Found => {
  if (lost === null) return null
  const { id, port, title } = lost
  const name = title === null ? '' : ` (${title})`
  return {
    words: `${unitNameOf(id as PaperId)} runs on port ${port} and the registry has lost it: put its entry back${name}`,
    done: `its entry for port ${port} is in the registry again`,
    effects: [{ kind: 'write', host: world.config.gpu.name, path: world.registry.path }],
    run: () => writeRecord(world, lost),
  }
}

/** The second unit of an update that nobody finished. */
export const nextMend = (world: World, { next }: Records, id: PaperId): Found => {
  if (next === null) return null
  const unit = nextOf(id)
  if (next.origin === 'foreign') return notOurs(unitNameOf(unit))
  return unitRemoval(world, unit, 'is left over from an update', next.text)
}

export const orphanUnit = (world: World, records: Records, id: PaperId): Found => {
  const { file } = records
  if (file === null) return null
  const kept = whyKept(world, records, unitNameOf(id), file.origin, byHand.stopUnit(world.config, id))
  return kept ?? unitRemoval(world, id, 'runs without a registry entry', file.text)
}

export const orphanSnippet = (world: World, records: Records, id: PaperId): Found => {
  const { snippet } = records
  if (snippet === null) return null
  const { config, edgeEntry } = world
  const name = `${id}.conf on ${config.edge.name}`
  const kept = whyKept(world, records, name, snippet.origin, byHand.dropRoute(config, id))
  return (
    kept ?? {
      words: `${id}.conf routes to no registered paper: remove it`,
      done: `its route was removed from ${config.edge.name}`,
      effects: routeRemoved(config, id, snippet.text),
      run: () => edgeEntry.dropRoute(id),
    }
  )
}

/** What is not papergen's, and so is neither written nor deleted. */
export const notOurs = (what: string): Found => ({ why: `${what} was not made by papergen`, hint: null })

const unitRemoval = (world: World, unit: UnitId, why: string, text: string): Found => {
  const name = unitNameOf(unit)
  return {
    words: `${name} ${why}: remove it`,
    done: `${name} was removed`,
    effects: unitRemoved(world.config, unit, text),
    run: () => world.gpuEntry.removeUnit(unit),
  }
}

const whyKept = (
  { registry }: World,
  records: Records,
  name: string,
  origin: Origin,
  removal: readonly string[],
): Found => {
  if (origin === 'foreign') return notOurs(name)
  const { isRegistryMissing } = records
  const why = isRegistryMissing
    ? `${registry.path} is missing, so nothing tells whether ${name} is still wanted`
    : origin === 'edited'
      ? `${name} was edited by hand, and there is no registry entry for it`
      : origin === 'adopted'
        ? `${name} was written by other hands than papergen's, and there is no registry entry for it`
        : isPair(records)
          ? 'its unit and its route belong together, and there is no registry entry for them'
          : null
  if (why === null) return null
  const back = isRegistryMissing ? 'put the file back' : `add its id and port to ${registry.path}`
  return { why, hint: `${back}; or, when nobody needs it: ${removal.join('; ')}` }
}
