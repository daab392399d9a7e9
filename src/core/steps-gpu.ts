import * as byHand from './by-hand.ts'
import { unitWritten } from './effects.ts'
import { PapergenError } from './errors.ts'
import type { RegistryEntry } from './facts.ts'
import { type UnitId, unitNameOf } from './paper.ts'
import { captureRecord, readEntries, restoreRecord, writeRecord } from './record.ts'
import type { Effect, Step } from './step.ts'
import { onGpu, putBack, settle, take, type Undertaking } from './undertaking.ts'

/** The steps on the GPU host that more than one plan takes. */

/** What is published: decided by `prepare`, shown by the dry run, and held to while running. */
export type Draft = {
  readonly port: number
  readonly title: string
  /** Relative to the project. */
  readonly notebook: string
  /** Hash of the release folder, or `live`. */
  readonly release: string
  /** The registry's record when `prepare` looked; another one under the lock means that somebody was faster. */
  readonly seen: string | null
}

/** Both locks, the GPU host first, and the intent record before the first change. */
export const beginStep = (undertaking: Undertaking, seen: string | null, release: string | null): Step => {
  const { world, id } = undertaking
  return {
    name: 'begin',
    title: `Lock both hosts for ${id}`,
    effects: [
      { kind: 'run', host: world.config.gpu.name, command: `papergen-gpu: begin ${undertaking.begin.op}` },
      { kind: 'run', host: world.config.edge.name, command: `papergen-edge: begin ${undertaking.begin.op}` },
      { kind: 'write', host: world.config.gpu.name, path: `state/intents/${undertaking.begin.op}.json` },
    ],
    run: async () => {
      await take(undertaking, 'gpu')
      await take(undertaking, 'edge')
      const before = await captureRecord(world, id, release)
      if (before.entry !== seen) throw new PapergenError({ kind: 'changed-underneath', path: world.registry.path })
      undertaking.intent = { ...undertaking.intent, step: 'begin', before }
      await world.intents.put(undertaking.intent)
    },
    undo: {
      title: 'Unlock both hosts',
      run: () => settle(undertaking),
      byHand: byHand.repair(id),
    },
  }
}

/** Makes the release folder; a notebook saved since `prepare` read it is refused, for the screen showed another one. */
export const snapshotStep = (undertaking: Undertaking, draft: Draft): Step => {
  const { world, id } = undertaking
  const { config } = world
  const path = byHand.releaseFolder(config.gpu.project, id, draft.release)
  return {
    name: 'snapshot',
    title: draft.release === 'live' ? `Note ${draft.notebook} for serving live` : `Snapshot ${draft.notebook}`,
    effects: [{ kind: 'write', host: config.gpu.name, path: `${path}/` }],
    run: async ({ say }) => {
      const { release, made } = await world.releases.make(id, draft.notebook, draft.title)
      if (release.hash !== draft.release) {
        if (made) await world.releases.remove(id, release.hash)
        throw new PapergenError({ kind: 'changed-underneath', path: draft.notebook })
      }
      say(made ? `release ${release.hash} made` : `release ${release.hash} was there`)
    },
    undo: putBack(
      undertaking,
      'Remove the snapshot',
      async () => {
        if (undertaking.intent.before?.releaseExisted === false) await world.releases.remove(id, draft.release)
      },
      byHand.dropSnapshot(config, id, draft.release),
    ),
  }
}

/** The port and the `pending` entry, checked again under the lock. */
export const registryStep = (undertaking: Undertaking, draft: Draft): Step => {
  const { world, id } = undertaking
  return {
    name: 'registry',
    title: `Register ${id} on port ${draft.port}, pending`,
    effects: recordEffects(undertaking, draft),
    run: async () => {
      await refuseTaken(undertaking, draft.port)
      await writeRecord(world, entryOf(undertaking, draft, { pending: true, publishedAt: null }))
    },
    undo: recordUndo(undertaking),
  }
}

/** What the unit is written for. */
export const snapshotOf = ({ release: hash, notebook }: Draft) => ({ hash, notebook })

export const entryOf = (
  { id }: Undertaking,
  { port, title, notebook, release }: Draft,
  rest: Pick<RegistryEntry, 'pending' | 'publishedAt'>,
): RegistryEntry => ({ id, port, title, notebook, release: release === 'live' ? null : release, ...rest })

export const recordEffects = ({ world, id }: Undertaking, { port, title, notebook }: Draft): readonly Effect[] => {
  const content = JSON.stringify({ [id]: { port, title, notebook } }, null, 2)
  const host = world.config.gpu.name
  return [
    { kind: 'write', host, path: world.registry.path, content },
    { kind: 'write', host, path: world.sidecar.path },
  ]
}

export const recordUndo = (undertaking: Undertaking): NonNullable<Step['undo']> =>
  putBack(
    undertaking,
    'Put the registry back',
    async () => {
      const { before } = undertaking.intent
      if (before !== null) await restoreRecord(undertaking.world, undertaking.id, before)
    },
    byHand.repair(undertaking.id),
  )

/** @throws `port-unavailable` */
export const refuseTaken = async ({ world, id }: Undertaking, port: number, unit: UnitId = id): Promise<void> => {
  const owner = (await readEntries(world)).find(entry => entry.port === port && entry.id !== id)
  if (owner !== undefined)
    throw new PapergenError({ kind: 'port-unavailable', port, why: `${owner.id} has it in the registry` })
  const listener = await world.gpuEntry.listener(unit, port)
  if (listener.kind !== 'foreign') return
  const why = `${listener.name ?? 'another process'} listens on it`
  throw new PapergenError({ kind: 'port-unavailable', port, why })
}

/** Writes and starts a unit that was not there. */
export const unitStep = (undertaking: Undertaking, draft: Draft, unit: UnitId, port: number, name = 'unit'): Step => {
  const { world } = undertaking
  return {
    name,
    title: `Start ${unitNameOf(unit)} on port ${port}`,
    effects: unitWritten(
      world,
      unit,
      port,
      snapshotOf(draft),
      unit.endsWith('--next') ? ['start'] : ['enable', 'start'],
    ),
    run: async () => {
      await world.gpuEntry.writeUnit(unit, port, draft.release)
      await world.gpuEntry.startUnit(unit)
    },
    undo: putBack(
      undertaking,
      `Put ${unitNameOf(unit)} back`,
      () => onGpu(undertaking, entry => entry.undoUnit(unit)),
      byHand.stopUnit(world.config, unit),
    ),
  }
}
