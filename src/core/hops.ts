import { age } from './age.ts'
import { driftOf, holderWords } from './drift.ts'
import { problemLine } from './explain.ts'
import type { Hop, PaperFacts, ServedCertificate } from './facts.ts'
import { growthOf } from './gpu-growth.ts'
import type { Observed } from './observed.ts'
import { lastOf, type Reading } from './reading.ts'
import { oneLine } from './text.ts'
import { exitWords } from './unit-words.ts'
import { isOfThisRun, isStartingUp } from './verdict-unit.ts'

/** One hop on the way from the registry to a visitor. `waiting`: it depends on an earlier hop that is not there. */
export type HopState = {
  readonly hop: Hop
  readonly name: string
  readonly sign: 'ok' | 'bad' | 'unknown' | 'waiting'
  readonly words: string
}

/** "Where does it break?": every hop in the order in which a request depends on it. */
export const hopChain = (paper: PaperFacts, observed: Observed, at: number): HopState[] => {
  const chain: [Hop, string, State][] = [
    ['registry', 'registry', registry(paper)],
    ['unit', 'unit', unit(paper)],
    ['process', 'process', process(paper, at)],
    ['local', 'local http', local(paper, at)],
    ['lan', 'edge→gpu', lan(paper, observed)],
    ['nginx', 'nginx', nginx(paper, observed)],
    ['tls', 'tls', tls(paper, at)],
    ['public', 'public', publicPage(paper)],
    ['index', 'index', index(paper, observed)],
    ['cells', 'cells', cellsHop(paper)],
  ]
  return chain.map(([hop, name, [sign, words]]) => ({ hop, name, sign, words: oneLine(words) }))
}

type State = readonly [HopState['sign'], string]

const registry = ({ entry }: PaperFacts): State =>
  known(entry, value => {
    if (value === null) return ['bad', 'no entry']
    return value.pending ? ['waiting', `${value.port}, publish unfinished`] : ['ok', String(value.port)]
  })

const unit = ({ unit }: PaperFacts): State =>
  known(unit, value => {
    if (value === null) return ['bad', 'none']
    if (value.state === 'active' || value.state === 'reloading') return ['ok', value.state]
    if (value.state === 'failed') return ['bad', `failed (${exitWords(value)})`]
    if (value.sub === 'auto-restart') return ['bad', `crashes (${exitWords(value)})`]
    return value.state === 'activating' ? ['waiting', 'activating'] : ['bad', value.state]
  })

const process = (paper: PaperFacts, at: number): State => {
  const state = lastOf(paper.unit)
  const listener = lastOf(paper.listener)
  if (listener?.kind === 'foreign') return ['bad', `port held by ${holderWords(paper)}`]
  if (state === undefined) return ['unknown', '?']
  if (state?.state !== 'active') return ['waiting', '–']
  if (listener?.kind === 'nobody') return ['bad', 'listens on no port']
  if (growthOf(paper, at) !== null) return ['bad', `${state.mainPid ?? '?'}, its GPU memory grows`]
  return state.mainPid === null ? ['unknown', '?'] : ['ok', String(state.mainPid)]
}

const local = (paper: PaperFacts, at: number): State => {
  const state = lastOf(paper.unit)
  if (state !== undefined && state?.state !== 'active') return ['waiting', '–']
  return known(paper.local, value => {
    if (value.ok) return ['ok', millis(value.status, value.ms)]
    const sign = isStartingUp(paper, at) || !isOfThisRun(paper, paper.local) ? 'waiting' : 'bad'
    return [sign, value.error ?? String(value.status ?? 'no answer')]
  })
}

const lan = ({ lan }: PaperFacts, { edgeHost }: Observed): State =>
  edgeHost.link.kind === 'down' && lan.kind !== 'never'
    ? ['unknown', `${edgeHost.name} cannot be asked`]
    : known(lan, ({ ok, ms, error }) => (ok ? ['ok', millis(null, ms)] : ['bad', error ?? 'no answer']))

const nginx = (paper: PaperFacts, observed: Observed): State => {
  const state = lastOf(observed.edgeHost.state)?.nginx ?? 'unknown'
  if (state === 'inactive' || state === 'failed') return ['bad', state]
  return known(paper.snippet, value => {
    if (value === null) return ['bad', 'no route']
    if (value.origin === 'foreign') return ['bad', 'foreign file']
    const route = value.upstream === null ? '→ ?' : `→ ${value.upstream.port}`
    const port = lastOf(paper.entry)?.port
    if (port !== undefined && value.upstream !== null && value.upstream.port !== port) return ['bad', route]
    return state === 'broken-config' ? ['bad', `${route}, broken config`] : ['ok', route]
  })
}

const tls = ({ edge }: PaperFacts, at: number): State =>
  known(edge, ({ kind, certificate, error }) => {
    if (certificate === null) return kind === 'tls' ? ['bad', error ?? 'fails'] : ['unknown', '?']
    return certificateState(certificate, at)
  })

const certificateState = ({ expires, namesMatch, trusted }: ServedCertificate, at: number): State => {
  if (expires <= at) return ['bad', `expired ${age(at - expires)} ago`]
  if (!namesMatch) return ['bad', 'another name']
  return trusted ? ['ok', age(expires - at)] : ['bad', 'not trusted']
}

const publicPage = ({ edge }: PaperFacts): State =>
  known(edge, ({ ok, kind, status, ms, websocket }) => {
    if (!ok) return ['bad', status === null || kind === 'wrong-paper' ? kind : String(status)]
    return websocket === false ? ['bad', 'no WebSocket'] : ['ok', millis(status, ms)]
  })

const index = (paper: PaperFacts, observed: Observed): State =>
  known(paper.listed, listed => {
    if (listed) return ['ok', 'listed']
    const live = driftOf(paper, observed).some(({ kind }) => kind === 'live-not-listed')
    return live ? ['bad', 'not listed'] : ['waiting', 'not listed']
  })

const cellsHop = (paper: PaperFacts): State =>
  known(paper.cells, ({ errors }) => {
    if (errors > 0) return ['bad', `${errors} errors`]
    // A paper that does not run raises for nobody, which says nothing of its cells.
    return lastOf(paper.unit)?.state === 'active' ? ['ok', 'no errors'] : ['waiting', '–']
  })

const known = <T>(reading: Reading<T>, say: (value: T) => State): State => {
  if (reading.kind === 'never') return ['unknown', reading.error === null ? '?' : problemLine(reading.error)]
  return say(reading.value)
}

const millis = (status: number | null, ms: number | null): string =>
  [status === null ? null : String(status), ms === null ? null : `${Math.round(ms)} ms`].filter(Boolean).join(' ') ||
  'ok'
