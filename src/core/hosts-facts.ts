import { age, gibOf, percent } from './age.ts'
import { explain, problemLine } from './explain.ts'
import type { EdgeState, Link, Reconnects } from './facts.ts'
import { certificateFacts, type Fact } from './hosts-certificate.ts'
import type { Span } from './line.ts'
import { lastOf, type Reading } from './reading.ts'
import type { State } from './state.ts'
import { servedCertificate } from './status-hosts.ts'
import { oneLine } from './text.ts'

export type { Fact }

/** What is known of the GPU host itself; its GPUs are told apart (hosts-gpus.ts). */
export const gpuHostFacts = ({ observed: { gpuHost }, at }: State): readonly Fact[] => {
  const { link, reconnects, stats, gpu } = gpuHost
  const seen = lastOf(stats)
  const driver = lastOf(gpu)?.driver
  const drivers = driver === undefined ? [] : [fact('GPU driver', driver === null ? 'not known' : oneLine(driver))]
  const links = linkFacts(link, reconnects, at)
  if (seen === undefined) return [...links, fact('machine', unknownWords(stats), 'dim'), ...drivers]
  const told = (name: string, words: string): Fact => aged(fact(name, words), stats, at)
  return [
    ...links,
    told('cpu', seen.cpu === null ? 'not known' : percent(seen.cpu)),
    told('memory', amount(seen.memory)),
    told('disk', amount(seen.disk)),
    ...drivers,
  ]
}

export const edgeHostFacts = (state: State): readonly Fact[] => {
  const { observed, at, ui } = state
  const { link, reconnects, state: reading } = observed.edgeHost
  const seen = lastOf(reading)
  const certificates = certificateFacts({
    served: servedCertificate(observed.papers.values()),
    onDisk: seen === undefined ? undefined : seen.certificate,
    site: new URL(ui.options.site),
    at,
  })
  return [
    ...linkFacts(link, reconnects, at),
    ...(seen === undefined ? [fact('nginx', unknownWords(reading), 'dim')] : [aged(nginxFact(seen), reading, at)]),
    ...certificates.map(each => (each.name === 'on disk' ? aged(each, reading, at) : each)),
    ...(seen === undefined ? [] : certbotFacts(seen.certbot).map(each => aged(each, reading, at))),
  ]
}

const fact = (name: string, words: string, tone: Span['tone'] = 'plain'): Fact => ({ name, words, tone })

/** The last words of somebody who does not answer any more, with their age. */
const aged = (told: Fact, reading: Reading<unknown>, at: number): Fact =>
  reading.kind === 'stale' ? fact(told.name, `${told.words} · ${age(at - reading.at)} ago`, 'dim') : told

const unknownWords = (reading: Reading<unknown>): string =>
  reading.kind === 'never' && reading.error !== null ? `not known: ${problemLine(reading.error)}` : 'not asked yet'

const linkFacts = (link: Link, reconnects: Reconnects, at: number): readonly Fact[] => {
  if (link.kind === 'local') return [fact('link', 'this machine')]
  return [fact('link', linkWords(link, at), link.kind === 'down' ? 'bad' : 'plain'), reconnectsFact(reconnects, at)]
}

const linkWords = (link: Exclude<Link, { kind: 'local' }>, at: number): string => {
  if (link.kind === 'connecting') return 'connecting'
  if (link.kind === 'down') return `lost for ${age(at - link.since)}: ${oneLine(explain(link.error).cause)}`
  const trip = link.rttMs === null ? 'not measured yet' : `${Math.round(link.rttMs)} ms`
  return `ssh for ${age(at - link.since)}, round trip ${trip}`
}

const reconnectsFact = ({ count, at: last, cause }: Reconnects, at: number): Fact => {
  if (count === 0 || last === null) return fact('reconnects', 'none since papergen started', 'dim')
  const why = cause === null ? '' : ` (${oneLine(explain(cause).cause)})`
  return fact('reconnects', `${count}, the last ${age(at - last)} ago${why}`)
}

const amount = ({ used, total }: { readonly used: number | null; readonly total: number | null }): string => {
  if (used === null || total === null || total === 0) return 'not known'
  return `${gibOf(used / mebi, total / mebi)}, ${percent(used / total)}`
}

const mebi = 1_048_576

const nginxFact = ({ nginx, configError, markerOnDisk, markerServed }: EdgeState): Fact => {
  if (configError !== null) return fact('nginx', `${nginx}: ${oneLine(configError)}`, 'bad')
  if (nginx !== 'active') return fact('nginx', nginx === 'unknown' ? 'not known' : nginx, 'bad')
  if (markerOnDisk === null || markerServed === null)
    return fact('nginx', 'active, whether it serves what is on disk is not known')
  return markerOnDisk === markerServed
    ? fact('nginx', 'active, serves what is on disk')
    : fact('nginx', 'active, an edit waits for a reload', 'warn')
}

const certbotFacts = (certbot: EdgeState['certbot']): readonly Fact[] => {
  if (certbot === null) return [fact('certbot', 'no timer: nothing here renews it', 'warn')]
  const { next, last, lastResult } = certbot
  const result = lastResult === null ? 'how it ended is not known' : oneLine(lastResult)
  const isWell = lastResult === null || lastResult === 'success'
  return [
    fact('certbot', `next run ${momentWords(next, 'none planned')}`),
    fact('', `last run ${momentWords(last, 'none yet')}, ${result}`, isWell ? 'plain' : 'bad'),
  ]
}

/** As systemd writes it; `n/a` where there is none. */
const momentWords = (moment: string | null, none: string): string =>
  moment === null ? 'not known' : moment === 'n/a' ? none : oneLine(moment)
