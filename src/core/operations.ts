import { checkHosts, ownUnit, refuseForeignSnippet, refuseUnfinished, registered } from './check.ts'
import { PapergenError } from './errors.ts'
import { newUndertaking, nothingDrafted } from './intent.ts'
import { planRestart } from './plan-restart.ts'
import { planUnpublish } from './plan-unpublish.ts'
import type { World } from './ports.ts'
import { fitOf } from './prepare-fit.ts'
import { hostsStep, preparePublish, prepareRollback } from './prepare-publish.ts'
import { prepareRepair } from './prepare-repair.ts'
import { captureRecord } from './record.ts'
import type { OperationReport, Plan } from './step.ts'

/**
 * Checks everything that can be checked without changing anything, and makes the plan. A plan without steps has nothing to do.
 * @throws PapergenError the refusal: nothing was begun
 */
export const prepare = async (world: World, request: Request): Promise<Plan> => {
  if (world.readOnly) throw new PapergenError({ kind: 'read-only', action: request.kind })
  switch (request.kind) {
    case 'publish':
      return preparePublish(world, request)
    case 'rollback':
      return prepareRollback(world, request.id)
    case 'restart':
      return prepareRestart(world, request.id)
    case 'unpublish':
      return prepareUnpublish(world, request.id)
    case 'repair':
      return prepareRepair(world, request.id)
  }
}

const prepareRestart = async (world: World, text: string): Promise<Plan> => {
  const { id, entry } = await registered(world, text)
  await refuseUnfinished(world, id)
  await checkHosts(world)
  if ((await ownUnit(world, id)) !== null)
    return {
      ...planRestart(newUndertaking(world, 'restart', id, entry), entry.port),
      warnings: await fitOf(world, id, false),
    }
  const hint = `papergen repair ${id} makes it again`
  throw new PapergenError({ kind: 'bad-argument', what: `restart of ${id}`, why: 'it has no unit', hint })
}

const prepareUnpublish = async (world: World, text: string): Promise<Plan> => {
  const { id } = await registered(world, text)
  await refuseUnfinished(world, id)
  await checkHosts(world)
  await ownUnit(world, id)
  await refuseForeignSnippet(world, id)
  const { entry: seen } = await captureRecord(world, id, null)
  return planUnpublish(newUndertaking(world, 'unpublish', id, nothingDrafted), seen, hostsStep(world))
}

/** What an operator asks for; CLI and console make these, `prepare` turns one into a plan. */
export type Request =
  | {
      readonly kind: 'publish'
      /** As typed: relative to the project or the notebook folder, or absolute inside the project. */
      readonly notebook: string
      readonly id: string | null
      readonly title: string | null
      readonly port: number | null
    }
  | { readonly kind: 'rollback'; readonly id: string }
  | { readonly kind: 'restart'; readonly id: string }
  | { readonly kind: 'unpublish'; readonly id: string }
  /** Null id: everything unfinished and every drift. */
  | { readonly kind: 'repair'; readonly id: string | null }

export type RunWatch = {
  /** First Ctrl-C: cancel and undo, unless past the commit point. */
  readonly signal: AbortSignal
  /** Called on every change; cheap and synchronous. */
  readonly report: (report: OperationReport) => void
}

export type { Plan }
