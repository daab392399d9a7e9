import type { Problem } from './errors.ts'
import { explain, problemLine } from './explain.ts'
import type { EdgeHostFacts, EdgeState, GpuDevice, GpuHostFacts, Link, PaperFacts, ServedCertificate } from './facts.ts'
import type { Observed } from './observed.ts'
import { errorOf, lastOf, type Reading } from './reading.ts'
import { oneLine } from './text.ts'

/** The two hosts of a status document. */
export const statusHosts = (observed: Observed, at: number): object[] => [
  gpuHostDocument(observed.gpuHost, hostTrouble(observed, 'gpu') ?? errorOf(observed.registry)),
  edgeHostDocument(observed, hostTrouble(observed, 'edge'), at),
]

/** Why a host could not be reached or asked; null when all it was asked was answered. */
export const hostTrouble = (observed: Observed, role: 'gpu' | 'edge'): Problem | null => {
  const { link } = role === 'gpu' ? observed.gpuHost : observed.edgeHost
  if (link.kind === 'down') return link.error
  return askedOf(observed, role).map(errorOf).find(isHostTrouble) ?? null
}

/** Why there may be more than was seen: the registry or a host did not answer. Null when all answered. */
export const whyUnseen = (observed: Observed): Problem | null =>
  errorOf(observed.registry) ?? hostTrouble(observed, 'gpu') ?? hostTrouble(observed, 'edge')

/** The certificate visitors are shown, as the newest public probe saw it. */
export const servedCertificate = (papers: Iterable<PaperFacts>): ServedCertificate | null => {
  const seen = [...papers].flatMap(({ edge }) => {
    const certificate = lastOf(edge)?.certificate ?? null
    return certificate === null || edge.kind === 'never' ? [] : [{ at: edge.at, certificate }]
  })
  return seen.sort((a, b) => b.at - a.at)[0]?.certificate ?? null
}

const askedOf = ({ gpuHost, edgeHost, lists }: Observed, role: 'gpu' | 'edge'): readonly Reading<unknown>[] =>
  role === 'gpu' ? [lists.units, lists.unitFiles, gpuHost.stats] : [edgeHost.state, lists.snippets, edgeHost.index]

/** A GPU that answers nonsense or a file that cannot be read is no trouble of reaching the host. */
const isHostTrouble = (problem: Problem | null): problem is Problem =>
  problem !== null && explain(problem).exitCode === 4

const errorDocument = (problem: Problem | null): object | null =>
  problem === null ? null : { kind: problem.kind, message: problemLine(problem), hint: explain(problem).hint }

/** A host is as fresh as the first thing asked of it. */
const readingOf = (reading: Reading<unknown>, { kind }: Link): Reading<unknown>['kind'] =>
  reading.kind === 'fresh' && kind === 'down' ? 'stale' : reading.kind

const gpuHostDocument = ({ name, via, link, stats, gpu }: GpuHostFacts, trouble: Problem | null): object => {
  const seen = lastOf(stats)
  return {
    role: 'gpu',
    name,
    via,
    reading: readingOf(stats, link),
    error: errorDocument(trouble ?? errorOf(stats) ?? errorOf(gpu)),
    cpu: seen?.cpu ?? null,
    memory_bytes: { used: seen?.memory.used ?? null, total: seen?.memory.total ?? null },
    disk_bytes: { used: seen?.disk.used ?? null, total: seen?.disk.total ?? null },
    gpus: (lastOf(gpu)?.devices ?? []).map(deviceDocument),
  }
}

const deviceDocument = (device: GpuDevice): object => ({
  index: device.index,
  uuid: oneLine(device.uuid),
  name: oneLine(device.name),
  memory_mib: { used: device.usedMib, total: device.totalMib },
  utilization: device.utilization,
  temperature_c: device.temperatureC,
  note: device.note === null ? null : oneLine(device.note),
})

const edgeHostDocument = (observed: Observed, trouble: Problem | null, at: number): object => {
  const { name, via, link, state }: EdgeHostFacts = observed.edgeHost
  const seen = lastOf(state) ?? null
  return {
    role: 'edge',
    name,
    via,
    reading: readingOf(state, link),
    error: errorDocument(trouble ?? errorOf(state)),
    rtt_ms: link.kind === 'up' ? link.rttMs : null,
    nginx: seen?.nginx ?? 'unknown',
    certificate: certificateDocument(servedCertificate(observed.papers.values()), seen, at),
    certbot: certbotDocument(seen),
  }
}

/** What visitors are shown. One on disk alone cannot tell whether its names are the site's: then it is unknown. */
const certificateDocument = (served: ServedCertificate | null, seen: EdgeState | null, at: number): object | null => {
  const onDisk = seen?.certificate ?? null
  if (served === null) return null
  const { expires } = served
  return {
    expires: new Date(expires).toISOString(),
    days: Math.floor((expires - at) / 86_400_000),
    served_matches_disk: onDisk === null ? null : onDisk.fingerprint === served.fingerprint,
    names_match: served.namesMatch,
  }
}

const certbotDocument = (seen: EdgeState | null): object | null => {
  const certbot = seen?.certbot ?? null
  if (certbot === null) return null
  const text = (value: string | null): string | null => (value === null ? null : oneLine(value))
  return { next: text(certbot.next), last: text(certbot.last), last_result: text(certbot.lastResult) }
}
