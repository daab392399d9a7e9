import { age, gib, gibOf, percent } from './age.ts'
import { problemLine } from './explain.ts'
import type { GpuProcess, Link } from './facts.ts'
import { lastOf } from './reading.ts'
import type { State } from './state.ts'
import { fit, oneLine } from './text.ts'

/** Rows of the host screen's tables: plain values, because a small still table measures them itself. */
export type HostRow = Readonly<Record<string, string>>
export type ProcessRow = {
  readonly PID: number
  readonly GPU: string
  readonly PAPER: string
  readonly MEMORY: string
  readonly PROCESS: string
}

/** One fact a row, one host a column, each cell cut so that the table fits the screen. */
export const hostRows = (state: State): HostRow[] => {
  const { gpuHost, edgeHost } = state.observed
  const width = Math.max(10, Math.floor((state.ui.columns - 20) / 2))
  const row = (fact: string, gpu: string, edge: string): HostRow => ({
    ' ': fact,
    [oneLine(gpuHost.name)]: fit(gpu, width).trimEnd(),
    [oneLine(edgeHost.name)]: fit(edge, width).trimEnd(),
  })
  return [
    row('role', 'GPU host', 'edge host'),
    row('link', linkWords(gpuHost.link, state.at), linkWords(edgeHost.link, state.at)),
    ...machineFacts(state).map(([fact, words]) => row(fact, words, '')),
    ...edgeFacts(state).map(([fact, words]) => row(fact, '', words)),
  ]
}

/** What uses the GPUs: papers by name, and others by theirs; the greatest first. */
export const processRows = (state: State): ProcessRow[] => {
  const sample = lastOf(state.observed.gpuHost.gpu)
  return [...(sample?.processes ?? [])]
    .sort((a, b) => (b.mib ?? 0) - (a.mib ?? 0))
    .map(process => ({
      PID: process.pid,
      GPU: String(sample?.devices.find(({ uuid }) => uuid === process.uuid)?.index ?? '?'),
      PAPER: paperOf(process),
      MEMORY: process.mib === null ? '?' : gib(process.mib),
      PROCESS: fit(oneLine(process.name), Math.max(8, state.ui.columns - 72)).trimEnd(),
    }))
}

const paperOf = ({ unit }: GpuProcess): string =>
  unit === null
    ? '? (its cgroup is not known)'
    : (/^papergen-(.+)\.service$/.exec(unit)?.[1] ?? `no paper: ${oneLine(unit)}`)

const linkWords = (link: Link, at: number): string => {
  if (link.kind === 'local') return 'this machine'
  if (link.kind === 'connecting') return 'connecting'
  if (link.kind === 'down') return problemLine(link.error).slice(0, 60)
  return `ssh, up ${age(at - link.since)}${link.rttMs === null ? '' : `, ${Math.round(link.rttMs)} ms`}`
}

type Fact = readonly [fact: string, words: string]

const machineFacts = (state: State): readonly Fact[] => {
  const stats = lastOf(state.observed.gpuHost.stats)
  const sample = lastOf(state.observed.gpuHost.gpu)
  const driver =
    sample === undefined ? 'not asked yet' : `${sample.driver ?? '?'}${sample.simulated ? ' (a stand-in)' : ''}`
  return [
    ['GPU driver', driver],
    ['cpu', stats === undefined ? '?' : percent(stats.cpu)],
    ['memory', stats === undefined ? '?' : gibOf(mib(stats.memory.used), mib(stats.memory.total))],
    ['disk', stats === undefined ? '?' : gibOf(mib(stats.disk.used), mib(stats.disk.total))],
  ]
}

const edgeFacts = (state: State): readonly Fact[] => {
  const edge = lastOf(state.observed.edgeHost.state)
  if (edge === undefined) return [['nginx', 'not asked yet']]
  const loaded = edge.markerOnDisk === edge.markerServed ? 'serves what is on disk' : 'an edit waits for a reload'
  const { certificate, certbot } = edge
  return [
    ['nginx', `${edge.nginx}, ${loaded}`],
    [
      'certificate',
      certificate === null
        ? 'not found'
        : `${Math.floor((certificate.notAfter - state.at) / 86_400_000)} d left on disk`,
    ],
    ['certbot', certbot === null ? 'no timer' : `next ${oneLine(certbot.next ?? 'unknown')}`],
  ]
}

const mib = (bytes: number | null): number | null => (bytes === null ? null : bytes / 1_048_576)
