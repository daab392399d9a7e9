import { operate } from './operate.ts'
import type { Session } from './terminal.ts'

export type PublishOptions = {
  readonly id: string | null
  readonly title: string | null
  readonly port: number | null
  readonly dryRun: boolean
  readonly yes: boolean
  readonly json: boolean
}

/** `papergen publish NOTEBOOK`: a new paper, or an update of a live one without a failing request. */
export const publish = (session: Session, notebook: string, options: PublishOptions): Promise<number> =>
  operate(session, { kind: 'publish', notebook, id: options.id, title: options.title, port: options.port }, options)

/** `papergen rollback ID`: the previous snapshot again. */
export const rollback = (session: Session, id: string, options: { readonly yes: boolean }): Promise<number> =>
  operate(session, { kind: 'rollback', id }, { ...options, dryRun: false, json: false })
