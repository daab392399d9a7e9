import { PapergenError } from '../core/errors.ts'
import { explain, renderProblem } from '../core/explain.ts'
import { fitWarnings } from '../core/gpu-fit.ts'
import type { Observed } from '../core/observed.ts'
import { judge } from '../core/verdict.ts'
import { operate } from './operate.ts'
import { refuseUnseen } from './status.ts'
import { confirm, type Session, warn } from './terminal.ts'

/** `papergen restart ID... | --failing`. A paper that is already failing needs no confirmation. */
export const restart = async (
  session: Session,
  ids: readonly string[],
  options: { readonly failing: boolean; readonly yes: boolean },
): Promise<number> => {
  refuseReadOnly(session, 'restart')
  refuseNothing(ids, options.failing)
  const observed = await session.eyes.once()
  const at = session.world.clock.now()
  const failing = [...observed.papers.values()]
    .filter(paper => judge(paper, observed, at).level === 'failing')
    .map(p => p.id)
  const chosen = options.failing ? failing : ids
  const isSeen = (id: string): boolean => observed.papers.get(id)?.entry.kind === 'fresh'
  if (chosen.length === 0 || !chosen.every(isSeen)) refuseUnseen(observed)
  if (chosen.length === 0) {
    session.terminal.print('No paper is failing; nothing was restarted.')
    return 0
  }
  const { gpuUses: uses, gpuHost } = observed
  warn(session.terminal, fitWarnings({ ids: chosen, beside: false }, { uses, gpu: gpuHost.gpu, at }))
  // What is no paper has no viewers: it is refused in its turn.
  const viewed = chosen.filter(id => isSeen(id) && !failing.includes(id))
  if (viewed.length > 0) await confirm(session.terminal, options.yes, restartQuestion(observed, viewed))
  return each(session, chosen, id =>
    operate(session, { kind: 'restart', id }, { yes: true, dryRun: false, json: false, warned: true }),
  )
}

/** `papergen unpublish ID...`. The id is typed once for one paper, the count for more. */
export const unpublish = async (
  session: Session,
  ids: readonly string[],
  options: { readonly yes: boolean },
): Promise<number> => {
  refuseReadOnly(session, 'unpublish')
  const one = ids.length === 1
  await confirm(
    session.terminal,
    options.yes,
    one ? `Take ${ids[0]} off the site?` : `Take ${ids.length} papers off the site: ${ids.join(', ')}?`,
    one ? (ids[0] ?? '') : String(ids.length),
  )
  return each(session, ids, id =>
    operate(session, { kind: 'unpublish', id }, { yes: true, dryRun: false, json: false }),
  )
}

/** `papergen repair [ID...]`: finishes or undoes what was interrupted, then mends drift. */
export const repair = async (
  session: Session,
  ids: readonly string[],
  options: { readonly dryRun: boolean; readonly yes: boolean },
): Promise<number> => {
  refuseReadOnly(session, 'repair')
  const run = (id: string | null): Promise<number> =>
    operate(session, { kind: 'repair', id }, { ...options, json: false })
  return ids.length === 0 ? run(null) : each(session, ids, run)
}

/** Runs one after the other; a refusal of one does not stop the others, and the gravest exit code wins. */
const each = async (
  session: Session,
  ids: readonly string[],
  run: (id: string) => Promise<number>,
): Promise<number> => {
  if (ids.length === 1) return run(ids[0] ?? '')
  const codes: number[] = []
  for (const id of ids) {
    if (session.signal.aborted) return gravest([...codes, 130])
    codes.push(await run(id).catch(thrown => explainAndGoOn(session, id, thrown)))
  }
  return gravest(codes)
}

const explainAndGoOn = (session: Session, id: string, thrown: unknown): number => {
  if (!(thrown instanceof PapergenError)) throw thrown
  session.terminal.progress(`${id}: ${renderProblem(thrown.problem)}`)
  return explain(thrown.problem).exitCode
}

/** "Where several apply: 5, 130, 4, 1, 3" (contract). */
const gravest = (codes: readonly number[]): number => [5, 130, 4, 1, 2, 3].find(code => codes.includes(code)) ?? 0

const restartQuestion = (observed: Observed, ids: readonly string[]): string => {
  const viewers = ids.map(id => {
    const local = observed.papers.get(id)?.local
    const count = local !== undefined && local.kind !== 'never' ? local.value.viewers : null
    return `${id} (${count === null ? 'viewers unknown' : `${count} viewer${count === 1 ? '' : 's'}`})`
  })
  return `A restart drops whoever is viewing: ${viewers.join(', ')}. Restart?`
}

/** Nobody is asked about, and nothing is looked up for, what is refused in any case. */
const refuseReadOnly = ({ world }: Session, action: string): void => {
  if (world.readOnly) throw new PapergenError({ kind: 'read-only', action })
}

const refuseNothing = (ids: readonly string[], failing: boolean): void => {
  if (ids.length > 0 !== failing) return
  throw new PapergenError({
    kind: 'bad-argument',
    what: 'restart',
    why: failing ? 'ids and --failing exclude each other' : 'it names no paper',
    hint: 'papergen restart ID... or papergen restart --failing',
  })
}
