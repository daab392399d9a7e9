import { age, gib, gibOf, percent } from './age.ts'
import { problemLine } from './explain.ts'
import type { PaperFacts, Verdict } from './facts.ts'
import type { Observed } from './observed.ts'
import { lastOf, type Reading } from './reading.ts'
import { signOf } from './signs.ts'
import { standInsOf } from './status.ts'
import { hostTrouble, servedCertificate } from './status-hosts.ts'
import { cells, fit, oneLine } from './text.ts'
import { judge } from './verdict.ts'
import { verdictWords } from './verdict-words.ts'

export type TableOptions = { readonly width: number; readonly ascii: boolean }

/** The plain text `papergen status` prints: two lines about the hosts, then the grid of papers. No colour. */
export const statusTable = (observed: Observed, at: number, { width, ascii }: TableOptions): string => {
  const rows = [...observed.papers.values()].map(paper => rowOf(paper, judge(paper, observed, at), at, ascii))
  const lines = [
    ...hostLines(observed, at),
    ...standInLine(observed),
    '',
    ...(rows.length === 0 ? [nothingYet(observed)] : grid(rows, width)),
  ]
  return lines
    .map(line => (ascii ? fit(plain(line), width).replaceAll('…', '~') : fit(line, width)).trimEnd())
    .join('\n')
}

const heading = ['', 'PAPER', 'TITLE', 'PORT', 'UNIT', 'UP', 'GPU MEMORY', 'EDGE', 'VERDICT']
const right = [3, 6]
/** No column but the last is wider than this. */
const widest = 28

const grid = (rows: readonly (readonly string[])[], width: number): string[] => {
  const all = [heading, ...rows]
  const widths = heading.map((_, i) => Math.min(widest, Math.max(...all.map(row => cells(row[i] ?? '')))))
  // The verdict has what is left; a narrow screen takes it from the titles first.
  const wanted = widths.slice(0, -1).reduce((sum, w) => sum + w + 2, 0) + 20
  widths[2] = Math.max(5, (widths[2] ?? 0) - Math.max(0, wanted - width))
  return all.map(row => row.map((cell, i) => cellText(cell, i, widths[i] ?? 0)).join('  '))
}

const cellText = (cell: string, column: number, width: number): string =>
  column === heading.length - 1 ? cell : fit(cell, width, right.includes(column) ? 'right' : 'left')

const rowOf = (paper: PaperFacts, verdict: Verdict, at: number, ascii: boolean): string[] => {
  const entry = lastOf(paper.entry)
  const unit = lastOf(paper.unit)
  const up = unit?.state === 'active' && unit.since !== null ? age(at - unit.since) : '–'
  const port = entry?.port
  return [
    signOf(verdict.level, ascii),
    oneLine(paper.id),
    oneLine(entry?.title ?? '–'),
    port === undefined ? '–' : String(port),
    shown(paper.unit, value => value?.state ?? 'none'),
    up,
    shown(paper.gpu, value => (value === null || value.mib === null ? '–' : gib(value.mib))),
    shown(paper.edge, ({ status, kind, ms }) => `${status ?? kind}${ms === null ? '' : `  ${Math.round(ms)} ms`}`),
    verdictWords(verdict),
  ]
}

const shown = <T>(reading: Reading<T>, say: (value: T) => string): string =>
  reading.kind === 'never' ? '?' : say(reading.value)

const hostLines = (observed: Observed, at: number): string[] => [gpuLine(observed), edgeLine(observed, at)]

const standInLine = (observed: Observed): string[] => {
  const parts = standInsOf(observed).filter(part => part !== 'gpu')
  // A GPU says so in its own line.
  return parts.length === 0 ? [] : [`stand-ins, not the real ones: ${parts.join(', ')}`]
}

const gpuLine = (observed: Observed): string => {
  const { name, via, gpu, stats } = observed.gpuHost
  const devices = (lastOf(gpu)?.devices ?? []).map(
    ({ index, name, usedMib, totalMib, utilization }) =>
      `GPU ${index} ${oneLine(name)} ${gibOf(usedMib, totalMib)} ${percent(utilization)}`,
  )
  const noGpu = gpu.kind === 'fresh' ? 'no GPU' : 'GPU ?'
  const host = lastOf(stats)
  const numbers = host === undefined ? [] : [`cpu ${percent(host.cpu)}`, `disk ${percent(share(host.disk))}`]
  return [
    `${name} (${via})`,
    ...trouble(observed, 'gpu'),
    ...(devices.length === 0 ? [noGpu] : devices),
    ...numbers,
  ].join('   ')
}

const edgeLine = (observed: Observed, at: number): string => {
  const { name, via, state } = observed.edgeHost
  // As visitors are shown it; without a page to ask, as it lies on disk.
  const expires = servedCertificate(observed.papers.values())?.expires ?? lastOf(state)?.certificate?.notAfter ?? null
  const days = expires === null ? '?' : expires <= at ? 'expired' : age(expires - at)
  const nginx = lastOf(state)?.nginx ?? '?'
  return [`${name} (${via})`, ...trouble(observed, 'edge'), `nginx ${nginx}`, `cert ${days}`].join('   ')
}

const trouble = (observed: Observed, role: 'gpu' | 'edge'): string[] => {
  const problem = hostTrouble(observed, role)
  return problem === null ? [] : [problemLine(problem)]
}

const share = ({ used, total }: { readonly used: number | null; readonly total: number | null }): number | null =>
  used === null || total === null || total === 0 ? null : used / total

/** An empty registry and one that cannot be read must not look alike. */
const nothingYet = ({ registry }: Observed): string => {
  if (registry.kind === 'fresh' && registry.value.length > 0) return 'None of the papers asked for was found.'
  if (registry.kind === 'fresh') return 'No paper is published yet: papergen publish NOTEBOOK publishes the first.'
  return registry.error === null ? 'The registry was not read yet.' : problemLine(registry.error)
}

/** Our own signs in ASCII; titles and names stay as they are. */
const plain = (text: string): string => text.replaceAll('–', '-').replaceAll('→', '->').replaceAll('·', '-')
