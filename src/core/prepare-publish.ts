import { createHash } from 'node:crypto'
import {
  checkHosts,
  checkNginx,
  ownUnit,
  refuseForeignIndex,
  refuseForeignSnippet,
  refuseUnfinished,
  registered,
} from './check.ts'
import { PapergenError } from './errors.ts'
import type { RegistryEntry } from './facts.ts'
import { isoSeconds, newUndertaking } from './intent.ts'
import { notebookTitle } from './notebook.ts'
import type { Request } from './operations.ts'
import { defaultPaperId, nextOf, type PaperId, parsePaperId, type UnitId } from './paper.ts'
import { planPublish } from './plan-publish.ts'
import { planUpdate } from './plan-update.ts'
import type { World } from './ports.ts'
import { fitOf } from './prepare-fit.ts'
import { captureRecord, readEntries } from './record.ts'
import { allocatePort } from './registry.ts'
import type { Plan, Step } from './step.ts'
import type { Draft } from './steps-gpu.ts'

type Publish = Extract<Request, { kind: 'publish' }>

/** A new paper is published, a live one updated. */
export const preparePublish = async (world: World, request: Publish): Promise<Plan> => {
  const notebook = await world.notebooks.open(request.notebook)
  const id = request.id === null ? defaultId(notebook.path) : parsePaperId(request.id)
  await refuseUnfinished(world, id)
  const entries = await readEntries(world)
  const entry = entries.find(candidate => candidate.id === id) ?? null
  if (request.port !== null) refusePort(world, request.port, entry)
  await world.notebooks.check(notebook.path)
  await checkHosts(world)
  const unit = await ownUnit(world, id)
  await refuseForeignSnippet(world, id)
  await refuseForeignIndex(world)
  if (entry === null && unit !== null) throw orphan(id)
  const wanted = request.port ?? entry?.port ?? null
  const port = unit === null ? await freePort(world, entries, id, wanted) : entry!.port
  const { entry: seen } = await captureRecord(world, id, null)
  const title = request.title ?? notebookTitle(notebook.text, notebook.path)
  const release = world.config.gpu.release === 'live' ? 'live' : hashOf(notebook.text)
  const draft = { port, title, notebook: notebook.path, release, seen }
  const check = checkStep(world, draft)
  return unit === null ? newPaper(world, id, draft, check) : livePaper(world, id, 'update', draft, check)
}

/** Publishes the snapshot before the present one again. @throws `bad-argument` when there is none */
export const prepareRollback = async (world: World, text: string): Promise<Plan> => {
  const { id, entry } = await registered(world, text)
  await refuseUnfinished(world, id)
  const releases = await world.releases.list(id)
  const present = releases.findIndex(({ hash }) => hash === entry.release)
  const former = present === -1 ? undefined : releases[present + 1]
  if (former === undefined) throw noFormer(id)
  await checkHosts(world)
  if ((await ownUnit(world, id)) === null) throw notRunning(id)
  await refuseForeignSnippet(world, id)
  await refuseForeignIndex(world)
  const { entry: seen } = await captureRecord(world, id, null)
  const title = former.title ?? entry.title ?? id
  const draft = { port: entry.port, title, notebook: former.notebook, release: former.hash, seen }
  return livePaper(world, id, 'rollback', draft, hostsStep(world))
}

const newPaper = async (world: World, id: PaperId, draft: Draft, check: Step): Promise<Plan> => ({
  ...planPublish(newUndertaking(world, 'publish', id, draft), draft, isoSeconds(world.clock.now()), check),
  warnings: await fitOf(world, id, false),
})

const livePaper = async (
  world: World,
  id: PaperId,
  operation: 'update' | 'rollback',
  draft: Draft,
  check: Step,
): Promise<Plan> => {
  const next = nextOf(id)
  if ((await ownUnit(world, next)) !== null) throw orphan(id)
  const nextPort = await freePort(world, await readEntries(world), next, null)
  const before = await world.prober.local(id, draft.port)
  const publishedAt = isoSeconds(world.clock.now())
  const { ok: wasHealthy, viewers } = before
  const undertaking = newUndertaking(world, operation, id, draft)
  const plan = planUpdate(undertaking, { draft, nextPort, publishedAt, check, wasHealthy, viewers })
  return { ...plan, warnings: await fitOf(world, id, true) }
}

const defaultId = (path: string): PaperId => {
  const id = defaultPaperId(path)
  if (id !== null) return id
  const why = 'its name holds no ASCII letter or digit to make an id of'
  throw new PapergenError({ kind: 'bad-argument', what: `notebook ${path}`, why, hint: 'name one with --id' })
}

const refusePort = ({ config }: World, port: number, entry: RegistryEntry | null): void => {
  const [first, last] = config.gpu.ports
  if (!Number.isInteger(port) || port < first || port > last)
    throw new PapergenError({ kind: 'port-unavailable', port, why: `the range is ${first} to ${last}` })
  if (entry === null || entry.port === port) return
  const why = `${entry.id} has port ${entry.port}; unpublish it first to move it`
  throw new PapergenError({ kind: 'port-unavailable', port, why })
}

/** The wanted port when it is free, else the lowest free one. @throws `port-unavailable` */
const freePort = async (
  world: World,
  entries: readonly RegistryEntry[],
  unit: UnitId,
  wanted: number | null,
): Promise<number> => {
  const others = entries.filter(({ id }) => id !== unit)
  const held = new Set<number>()
  for (;;) {
    const port = wanted ?? allocatePort(others, world.config.gpu.ports, candidate => held.has(candidate))
    const owner = others.find(entry => entry.port === port)
    const why = owner === undefined ? await heldBy(world, unit, port) : `${owner.id} has it in the registry`
    if (why === null) return port
    if (wanted !== null) throw new PapergenError({ kind: 'port-unavailable', port, why })
    held.add(port)
  }
}

const heldBy = async ({ gpuEntry }: World, unit: UnitId, port: number): Promise<string | null> => {
  const listener = await gpuEntry.listener(unit, port)
  return listener.kind === 'foreign' ? `${listener.name ?? 'another process'} listens on it` : null
}

/** What can have changed between the question on the screen and the answer. */
const checkStep = (world: World, { notebook, release }: Draft): Step => {
  const hosts = hostsStep(world)
  return {
    ...hosts,
    title: `Check ${notebook} and both hosts`,
    effects: [{ kind: 'read', words: `${notebook} (marimo check)` }, ...hosts.effects],
    run: async context => {
      const { text } = await world.notebooks.open(notebook)
      if (release !== 'live' && hashOf(text) !== release)
        throw new PapergenError({ kind: 'changed-underneath', path: notebook })
      await hosts.run(context)
    },
  }
}

export const hostsStep = (world: World): Step => ({
  name: 'check',
  title: 'Check both hosts',
  effects: [
    { kind: 'read', words: `entry points and nginx of ${world.config.gpu.name} and ${world.config.edge.name}` },
  ],
  run: () => checkNginx(world),
})

/** The name of a release: the first 16 hex digits of the notebook's SHA-256. */
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

const orphan = (id: PaperId): PapergenError =>
  new PapergenError({
    kind: 'bad-argument',
    what: `paper ${id}`,
    why: 'a unit of it runs without a registry entry, or is left over from an update',
    hint: `papergen repair ${id} --dry-run shows what becomes of it`,
  })

const noFormer = (id: PaperId): PapergenError =>
  new PapergenError({
    kind: 'bad-argument',
    what: `rollback of ${id}`,
    why: 'there is no snapshot before the present one',
    hint: null,
  })

const notRunning = (id: PaperId): PapergenError =>
  new PapergenError({
    kind: 'bad-argument',
    what: `rollback of ${id}`,
    why: 'it has no unit',
    hint: `papergen repair ${id}`,
  })
