import type { Intent, OperationName } from './facts.ts'
import { isPaperId, type PaperId, parsePaperId } from './paper.ts'
import type { World } from './ports.ts'
import { type Undertaking, undertake } from './undertaking.ts'

/** `20261123070000123-publish-attention`: sorts by time, and names the operation on both hosts. @param at milliseconds */
export const operationId = (at: number, operation: OperationName, id: string): string =>
  `${new Date(at).toISOString().replace(/\D/g, '')}-${operation}-${id}`

/** `2026-11-23T07:00:00Z`. @param at milliseconds */
export const isoSeconds = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

/** An operation that begins now. */
export const newUndertaking = (
  world: World,
  operation: OperationName,
  id: PaperId,
  draft: Pick<Intent, 'port' | 'release' | 'title' | 'notebook'>,
): Undertaking => {
  const now = world.clock.now()
  const op = operationId(now, operation, id)
  const { port, release, title, notebook } = draft
  const what = { port, release, title, notebook }
  const intent = { op, operation, id, by: world.by, since: isoSeconds(now), step: 'begin', before: null, ...what }
  return undertake(world, id, intent)
}

/** An interrupted operation, taken up again under its own name. */
export const sameUndertaking = (world: World, intent: Intent): Undertaking =>
  undertake(world, isPaperId(intent.id) ? intent.id : parsePaperId(intent.id), intent)

export const nothingDrafted = { port: null, release: null, title: null, notebook: null } as const
