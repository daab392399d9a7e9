import type { Intent, RegistryEntry } from './facts.ts'
import type { PaperId } from './paper.ts'
import type { World } from './ports.ts'
import { entryText, hasRoom, putEntry, readRegistry, removeEntry, restoreEntry } from './registry.ts'
import { joinEntries, putSidecar, readSidecar, removeSidecar } from './sidecar.ts'

/** One paper's record in state.json and its sidecar, as one thing: read, write, take out, put back byte for byte. */

/** Every registered paper with what the sidecar adds. @throws `bad-state` */
export const readEntries = async ({ registry, sidecar, config }: World): Promise<readonly RegistryEntry[]> => {
  const { entries } = readRegistry(await registry.read(), registry.path, config.gpu.ports)
  return joinEntries(entries, readSidecar(await sidecar.read(), sidecar.path))
}

export const writeRecord = async (world: World, entry: RegistryEntry): Promise<void> => {
  const { registry, sidecar, config } = world
  const { release, pending, ...rest } = entry
  // The sidecar first: an entry never stands in the registry without its `pending`.
  const { shape } = readRegistry(await registry.read(), registry.path, config.gpu.ports)
  const words = hasRoom(shape) ? { title: null, notebook: null, publishedAt: null } : rest
  const { title, notebook, publishedAt } = words
  await sidecar.update(text => putSidecar(text, entry.id, { title, notebook, publishedAt, release, pending }))
  await registry.update(text => putEntry(text, entry, registry.path))
}

export const removeRecord = async ({ registry, sidecar }: World, id: PaperId): Promise<void> => {
  await registry.update(text => (text === null ? null : removeEntry(text, id, registry.path)))
  await sidecar.update(text => (text === null ? null : removeSidecar(text, id)))
}

export type Before = NonNullable<Intent['before']>

/** The record as it is, to be put back by `restoreRecord`. */
export const captureRecord = async ({ registry, sidecar, releases }: World, id: PaperId, hash: string | null) => {
  const [state, side] = [await registry.read(), await sidecar.read()]
  return {
    entry: state === null ? null : entryText(state, id, registry.path),
    sidecar: side === null ? null : entryText(side, id, sidecar.path),
    stateExisted: state !== null,
    sidecarExisted: side !== null,
    releaseExisted: hash !== null && (await releases.list(id)).some(release => release.hash === hash),
  } satisfies Before
}

/** Both files as captured; other papers' changes since then stay. */
export const restoreRecord = async (world: World, id: PaperId, before: Before): Promise<void> => {
  const { registry, sidecar, config } = world
  await registry.update(text => {
    if (text === null) return null
    const restored = restoreEntry(text, id, before.entry, registry.path)
    const isEmpty = readRegistry(restored, registry.path, config.gpu.ports).entries.length === 0
    return isEmpty && !before.stateExisted ? null : restored
  })
  await sidecar.update(text => {
    if (text === null) return null
    return before.sidecar === null ? removeSidecar(text, id) : restoreEntry(text, id, before.sidecar, sidecar.path)
  })
}
