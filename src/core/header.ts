import { age, gibOf, percent } from './age.ts'
import { explain, problemLine } from './explain.ts'
import type { Level, Link, StandIn } from './facts.ts'
import { type Line, line, type Span, span } from './line.ts'
import { lastOf } from './reading.ts'
import { judgedOf } from './rows.ts'
import { signOf, signs } from './signs.ts'
import type { State } from './state.ts'
import { standInsOf } from './status.ts'
import { servedCertificate } from './status-hosts.ts'
import { cells, oneLine } from './text.ts'

/** The two lines at the top: hosts and counts, then the GPU and the machine under it. One line on a narrow screen. */
export const headerLines = (state: State): readonly Line[] => {
  const { columns } = state.ui
  const first = firstLine(state)
  const lines = columns < 60 ? [briefLine(state)] : [first, ...gpuLines(state)]
  return [...lines, ...standInLines(state), ...troubleLines(state)]
}

/** How many papers fail matters more than the certificate: what does not fit goes, the counts stay. */
const firstLine = (state: State): Line => {
  const services = edgeSpans(state)
  const ago = edgeAge(state)
  // How the hosts are reached is known to who set them up: it goes before nginx and the certificate do.
  const ways = [
    ...[3, 2].map(kept => ({ inWords: true, kept })),
    ...[3, 2, 1, 0].map(kept => ({ inWords: false, kept })),
  ]
  const lines = ways.map(({ inWords, kept }) =>
    line(
      span(inWords ? ' papergen ' : ' papergen', 'strong'),
      ...hostSpans(state, inWords),
      ...services.slice(0, kept).flat(),
      ...(kept === 0 ? [] : ago),
      span('  '),
      ...countSpans(state, inWords ? '  ' : ' '),
    ),
  )
  return lines.find(candidate => isShort(state, candidate)) ?? briefLine(state)
}

/** Only the counts, without the name where even they are long. */
const briefLine = (state: State): Line => {
  const named = line(span(' papergen   ', 'strong'), ...countSpans(state, '  '))
  return isShort(state, named) ? named : line(...countSpans(state, ' '))
}

const isShort = ({ ui }: State, { spans }: Line): boolean => cells(spans.map(({ text }) => text).join('')) <= ui.columns

const dot = (state: State, up: boolean): string => (state.ui.options.ascii ? (up ? '*' : 'o') : up ? '●' : '○')

const hostSpans = (state: State, inWords: boolean): Span[] => [
  ...oneHost(state, 'gpuHost', inWords),
  ...oneHost(state, 'edgeHost', inWords),
]

/** A host that is not there says so also where words are few. */
const oneHost = (state: State, which: 'gpuHost' | 'edgeHost', inWords: boolean): Span[] => {
  const { name, link, via } = state.observed[which]
  const up = link.kind === 'up' || link.kind === 'local'
  const rtt =
    link.kind === 'up' && link.rttMs !== null && state.ui.columns >= 100 ? ` ${Math.round(link.rttMs)} ms` : ''
  return [
    span(`  ${oneLine(name)} `),
    span(dot(state, up), up ? 'ok' : 'bad'),
    span(up ? (inWords ? ` ${via}${rtt}` : '') : link.kind === 'connecting' ? ' connecting' : ' lost', 'dim'),
  ]
}

/** nginx, the certificate and certbot: the last goes first where there is no room. */
const edgeSpans = (state: State): readonly Span[][] => {
  const edge = lastOf(state.observed.edgeHost.state)
  const stale = state.observed.edgeHost.state.kind === 'stale'
  if (edge === undefined) return [[span('  nginx ?', 'dim')]]
  const good = edge.nginx === 'active'
  const days = daysLeft(state)
  return [
    [span('  nginx '), span(good ? dot(state, true) : edge.nginx, stale ? 'dim' : good ? 'ok' : 'bad')],
    days === null ? [] : [span('  cert '), span(`${days} d`, stale ? 'dim' : days < 14 ? 'warn' : 'plain')],
    edge.certbot === null ? [] : [span('  certbot '), span(certbotWord(state, edge.certbot.lastResult), 'plain')],
  ]
}

/** How old the last words of an edge are that does not answer. */
const edgeAge = ({ observed, at }: State): Span[] =>
  observed.edgeHost.state.kind === 'stale' ? [span(`  · ${age(at - observed.edgeHost.state.at)} ago`, 'dim')] : []

const certbotWord = (state: State, result: string | null): string =>
  result === null || result === 'success' ? dot(state, true) : oneLine(result)

const daysLeft = (state: State): number | null => {
  const expires =
    servedCertificate([...state.observed.papers.values()])?.expires ??
    lastOf(state.observed.edgeHost.state)?.certificate?.notAfter ??
    null
  return expires === null ? null : Math.floor((expires - state.at) / 86_400_000)
}

/** How many papers there are, and how many of each level; what is ok recedes. */
const countSpans = (state: State, gap: string): Span[] => {
  const counts = new Map<Level, number>()
  for (const { verdict } of judgedOf(state)) counts.set(verdict.level, (counts.get(verdict.level) ?? 0) + 1)
  const total = state.observed.papers.size
  const shown = (Object.keys(signs) as Level[]).filter(level => counts.has(level))
  return [
    span(` ${total} paper${total === 1 ? '' : 's'}`),
    ...shown.map(level => span(`${gap}${counts.get(level)} ${signOf(level, state.ui.options.ascii)}`, toneOf(level))),
  ]
}

export const toneOf = (level: Level): Span['tone'] =>
  level === 'ok' ? 'ok' : level === 'failing' ? 'bad' : level === 'unknown' || level === 'stopped' ? 'dim' : 'warn'

const gpuLines = (state: State): Line[] => {
  const { gpu, stats } = state.observed.gpuHost
  const sample = lastOf(gpu)
  const machine = lastOf(stats)
  const machineWords =
    machine === undefined
      ? ''
      : `cpu ${percent(machine.cpu)}   mem ${gibOf(mib(machine.memory.used), mib(machine.memory.total))}   disk ${percent(ratio(machine.disk.used, machine.disk.total))}`
  if (sample === undefined)
    return [
      line(
        span(
          gpu.kind === 'never' && gpu.error !== null ? ` GPU  ${problemLine(gpu.error)}` : ' GPU  not asked yet',
          'dim',
        ),
        span(`   ${machineWords}`, 'dim'),
      ),
    ]
  return sample.devices
    .slice(0, 4)
    .map((device, index) =>
      line(
        span(` GPU ${device.index}  ${oneLine(device.name)}  `, gpu.kind === 'stale' ? 'dim' : 'plain'),
        span(gibOf(device.usedMib, device.totalMib), gpu.kind === 'stale' ? 'dim' : 'strong'),
        span(` ${bar(device.usedMib, device.totalMib, state.ui.options.ascii)} `, 'dim'),
        span(` ${percent(device.utilization)}  ${device.temperatureC ?? '–'} °C`),
        span(device.note === null ? '' : `  ${oneLine(device.note)}`, 'warn'),
        span(gpu.kind === 'stale' ? `  · ${age(state.at - gpu.at)} ago` : '', 'dim'),
        span(index === 0 && state.ui.columns >= 100 ? `      ${machineWords}` : '', 'dim'),
      ),
    )
}

const mib = (bytes: number | null): number | null => (bytes === null ? null : bytes / 1_048_576)
const ratio = (used: number | null, total: number | null): number | null =>
  used === null || total === null || total === 0 ? null : used / total

const bar = (used: number | null, total: number | null, ascii: boolean): string => {
  // Nobody says that more is used than there is, and yet a driver may.
  const filled = Math.min(10, Math.round((ratio(used, total) ?? 0) * 10))
  return (ascii ? '#' : '▇').repeat(filled) + (ascii ? '.' : '▁').repeat(10 - filled)
}

/** What is not the real thing is named as long as it is shown. */
const standInLines = (state: State): Line[] => {
  const named = standInsOf(state.observed).filter(
    part => part !== 'gpu' || state.observed.gpuHost.standIns.kind !== 'never',
  )
  const { note } = state.ui.options
  if (named.length === 0) return []
  const words = ` stand-ins: ${named.map(part => standInNames[part]).join(', ')}`
  const more = note === null ? '' : `   ${oneLine(note)}`
  return [line(span(words, 'warn'), span(cells(words + more) <= state.ui.columns ? more : '', 'dim'))]
}

const standInNames: Readonly<Record<StandIn, string>> = {
  gpu: 'GPU',
  systemd: 'systemd',
  nginx: 'nginx',
  marimo: 'marimo',
}

/** A GPU that can be seen no more, and a host that cannot be reached, say so in words. */
const troubleLines = (state: State): Line[] => [...gpuTrouble(state), ...hostTrouble(state)]

/** Beside the last values, or where there is no room for the line that would say it. */
const gpuTrouble = ({ ui, observed }: State): Line[] => {
  const { gpu } = observed.gpuHost
  const problem = gpu.kind === 'fresh' ? null : gpu.error
  const isSaid = gpu.kind === 'never' && ui.columns >= 60
  return problem?.kind !== 'gpu-unseen' || isSaid ? [] : [line(span(` GPU  ${explain(problem).cause}`, 'bad'))]
}

/** With what happens next. */
const hostTrouble = (state: State): Line[] =>
  [state.observed.gpuHost, state.observed.edgeHost].flatMap(({ name, link }) =>
    link.kind === 'down'
      ? [
          line(
            span(
              ` ${oneLine(name)} ${state.ui.options.ascii ? 'o' : '○'} ${retryWords(link, state.at)} (${oneLine(explain(link.error).cause)})`,
              'bad',
            ),
          ),
        ]
      : [],
  )

/** What a link that is down does next. */
export const retryWords = (link: Extract<Link, { kind: 'down' }>, at: number): string => {
  if (link.retryAt === null) return 'not reconnecting'
  const seconds = Math.max(0, Math.ceil((link.retryAt - at) / 1000))
  // No wait is that long: the clock was set back meanwhile.
  return seconds === 0 || seconds > 60 ? 'reconnecting' : `reconnecting in ${seconds} s`
}
