import { PapergenError } from '../core/errors.ts'
import { renderProblem } from '../core/explain.ts'
import type { Observed } from '../core/observed.ts'
import { errorOf, lastOf } from '../core/reading.ts'
import { statusDocument, statusExit } from '../core/status.ts'
import { whyUnseen } from '../core/status-hosts.ts'
import { statusTable } from '../core/table.ts'
import { oneLine } from '../core/text.ts'
import type { Session } from './terminal.ts'

export type StatusOptions = { readonly json: boolean; readonly watch: boolean }

/** `papergen status`: one observation of everything, or one a change with `--watch`. @returns the exit code */
export const status = async (session: Session, ids: readonly string[], options: StatusOptions): Promise<number> => {
  if (options.watch) return watch(session, ids, options)
  const observed = await session.eyes.once()
  refuseUnknown(observed, ids)
  const shown = only(observed, ids)
  show(session, shown, options)
  return statusExit(shown, session.world.clock.now())
}

const watch = async (session: Session, ids: readonly string[], options: StatusOptions): Promise<number> => {
  if (ids.length > 0) {
    const first = await session.eyes.once()
    // What cannot be seen now may be what is waited for.
    if (whyUnseen(first) === null) refuseUnknown(first, ids)
  }
  await session.eyes.watch(observed => show(session, only(observed, ids), options), session.signal)
  return 0
}

const show = ({ terminal, world }: Session, observed: Observed, { json, watch }: StatusOptions): void => {
  const at = world.clock.now()
  if (json) {
    terminal.print(JSON.stringify(statusDocument(observed, { at }), null, watch ? 0 : 2))
    return
  }
  terminal.print(statusTable(observed, at, { width: terminal.columns, ascii: terminal.ascii }))
  for (const problem of problems(observed)) terminal.progress(problem)
}

/** What could not be asked at all: said once, below the grid, with the cure. */
const problems = (observed: Observed): readonly string[] => {
  const links = [observed.gpuHost.link, observed.edgeHost.link]
  const fromLinks = links.flatMap(link => (link.kind === 'down' ? [renderProblem(link.error)] : []))
  const readings = [
    observed.registry,
    observed.unfinished,
    observed.gpuHost.gpu,
    observed.gpuHost.stats,
    observed.edgeHost.state,
    observed.edgeHost.index,
  ]
  const fromReadings = readings.flatMap(reading => {
    const error = errorOf(reading)
    return error === null ? [] : [renderProblem(error)]
  })
  return [...new Set([...fromLinks, ...fromReadings, ...unfinished(observed)])]
}

/** Operations that did not end, whoever's. */
const unfinished = (observed: Observed): readonly string[] =>
  (lastOf(observed.unfinished) ?? []).map(({ operation, id, by, since, running }) =>
    oneLine(`The ${operation} of ${id} by ${by}, begun ${since}, ${standing(running)}`),
  )

const standing = (running: boolean | null): string => {
  if (running) return 'is under way'
  return `${running === null ? 'is under way or was interrupted' : 'was interrupted'}: papergen repair finishes or undoes it`
}

const only = (observed: Observed, ids: readonly string[]): Observed =>
  ids.length === 0
    ? observed
    : { ...observed, papers: new Map([...observed.papers].filter(([id]) => ids.includes(id))) }

/** "There is none" is only said when everybody who would know has answered. @throws PapergenError why somebody did not */
export const refuseUnseen = (observed: Observed): void => {
  const why = whyUnseen(observed)
  if (why !== null) throw new PapergenError(why)
}

const refuseUnknown = (observed: Observed, ids: readonly string[]): void => {
  const unknown = ids.find(id => !observed.papers.has(id))
  if (unknown === undefined) return
  refuseUnseen(observed)
  const known = [...observed.papers.keys()].slice(0, 8).join(', ')
  throw new PapergenError({
    kind: 'bad-argument',
    what: `paper ${JSON.stringify(unknown)}`,
    why: 'no record of it was found on either host',
    hint: known === '' ? 'nothing is published yet: papergen publish NOTEBOOK' : `known papers: ${known}`,
  })
}
