import type { PaperFacts, StandIn, UnitFacts, UnitState } from './facts.ts'
import type { Observed } from './observed.ts'
import { errorOf, lastOf, type Reading } from './reading.ts'
import { hostTrouble, statusHosts } from './status-hosts.ts'
import { oneLine } from './text.ts'
import { judge } from './verdict.ts'

/** The document of `papergen status --json`, schema 1 (share/status.schema.json). Unknown is null, never 0. */
export const statusDocument = (observed: Observed, { at }: { readonly at: number }): object => ({
  schema: 1,
  at: time(at),
  simulated: standInsOf(observed),
  hosts: statusHosts(observed, at),
  papers: [...observed.papers.values()].map(paper => paperDocument(paper, observed, at)),
  unfinished: (lastOf(observed.unfinished) ?? []).map(({ operation, id, since, step }) => ({
    operation,
    id: oneLine(id),
    since: oneLine(since),
    step: oneLine(step),
  })),
})

/** What said of itself that it is a stand-in: the entry points, and an nvidia-smi by the name of its GPU. */
export const standInsOf = ({ gpuHost, edgeHost }: Observed): readonly StandIn[] => {
  const gpu: StandIn[] = lastOf(gpuHost.gpu)?.simulated === true ? ['gpu'] : []
  const nginx: StandIn[] = lastOf(edgeHost.state)?.simulated === true ? ['nginx'] : []
  return [...new Set([...(lastOf(gpuHost.standIns) ?? []), ...nginx, ...gpu])]
}

/** 4 when a host cannot be reached or asked, else 3 when a paper is not ok or the registry cannot be read, else 0. */
export const statusExit = (observed: Observed, at: number): 0 | 3 | 4 => {
  if (hostTrouble(observed, 'gpu') !== null || hostTrouble(observed, 'edge') !== null) return 4
  const allOk = [...observed.papers.values()].every(paper => judge(paper, observed, at).level === 'ok')
  return allOk && errorOf(observed.registry) === null ? 0 : 3
}

/** Milliseconds since the epoch as RFC 3339; null stays null. */
const time = (at: number): string => new Date(at).toISOString()

const text = (value: string | null | undefined): string | null =>
  value === null || value === undefined ? null : oneLine(value)

const paperDocument = (paper: PaperFacts, observed: Observed, at: number): object => {
  const entry = lastOf(paper.entry) ?? null
  return {
    id: oneLine(paper.id),
    title: text(entry?.title),
    port: entry?.port ?? null,
    host: paper.host,
    notebook: text(entry?.notebook),
    published_at: text(entry?.publishedAt),
    changed_since_publish: lastOf(paper.changedSincePublish) ?? null,
    unit: unitDocument(paper),
    gpu: gpuDocument(paper),
    local: localDocument(paper),
    lan: lanDocument(paper),
    edge: edgeDocument(paper),
    route: {
      snippet: snippetState(paper),
      origin: lastOf(paper.snippet)?.origin ?? null,
      listed: lastOf(paper.listed) ?? null,
    },
    verdict: judge(paper, observed, at),
  }
}

/** A unit file that systemd has not loaded is a unit too. */
const unitDocument = ({ unit, unitFile }: PaperFacts): object | null => {
  const facts = lastOf(unit)
  const file = lastOf(unitFile) ?? null
  if ((facts === undefined || facts === null) && file === null) return null
  const state: UnitState = facts?.state ?? 'not-found'
  return facts === undefined
    ? null
    : { reading: unit.kind, state, ...unitNumbers(facts), origin: file?.origin ?? 'foreign' }
}

const unitNumbers = (facts: UnitFacts | null): object => ({
  sub: text(facts?.sub),
  result: text(facts?.result),
  restarts: facts?.restarts ?? null,
  since: facts === null || facts.since === null ? null : time(facts.since),
  main_pid: facts?.mainPid ?? null,
  memory_bytes: facts?.memoryBytes ?? null,
  enabled: facts?.enabled ?? null,
})

const gpuDocument = ({ gpu }: PaperFacts): object | null => {
  const value = lastOf(gpu) ?? null
  if (value === null) return null
  const devices = value.devices.map(({ index, mib }) => ({ index, mib }))
  return { reading: gpu.kind, mib: value.mib, devices, note: text(value.note) }
}

const localDocument = ({ local }: PaperFacts): object | null => {
  const value = lastOf(local)
  if (value === undefined) return null
  const { ok, status, ms, viewers, error } = value
  return { ok, status, ms, viewers, error: text(staleError(local) ?? error) }
}

const lanDocument = ({ lan }: PaperFacts): object | null => {
  const value = lastOf(lan)
  return value === undefined ? null : { ok: value.ok, ms: value.ms, error: text(staleError(lan) ?? value.error) }
}

const edgeDocument = ({ edge }: PaperFacts): object | null => {
  const value = lastOf(edge)
  if (value === undefined) return null
  const { ok, kind, status, ms, websocket } = value
  const { dns, connect, tls, ttfb } = value.phases
  return { reading: edge.kind, ok, kind, status, ms, phases: { dns, connect, tls, ttfb }, websocket }
}

/** These parts have no `reading` of their own: an old answer says so in its error. */
const staleError = (reading: Reading<unknown>): string | null =>
  reading.kind === 'stale' ? `as of ${time(reading.at)}: ${reading.error.kind}` : null

const snippetState = ({ snippet, entry }: PaperFacts): 'ok' | 'missing' | 'wrong-port' | 'foreign' | 'unknown' => {
  const value = lastOf(snippet)
  if (value === undefined) return 'unknown'
  if (value === null) return 'missing'
  if (value.origin === 'foreign') return 'foreign'
  const port = lastOf(entry)?.port
  if (port === undefined || value.upstream === null) return 'unknown'
  return value.upstream.port === port ? 'ok' : 'wrong-port'
}
