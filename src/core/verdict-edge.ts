import { age } from './age.ts'
import { edgeServes, isRenewed, isShadowed } from './edge-evidence.ts'
import { explain } from './explain.ts'
import type { EdgeProbe, Hop, PaperFacts, Verdict } from './facts.ts'
import type { Observed } from './observed.ts'
import { lastOf } from './reading.ts'
import { isOfThisRun, isStartingUp } from './verdict-unit.ts'

/**
 * What keeps visitors from the paper although its unit is fine (or cannot be seen): the way from the edge, nginx, TLS, DNS.
 * Null when the public page is this paper's, or was never asked.
 */
export const edgeTrouble = (paper: PaperFacts, observed: Observed, at: number): Verdict | null => {
  const probe = lastOf(paper.edge)
  if (probe === undefined) return nginxDown(observed)
  if (probe.ok) return probe.websocket === false ? noWebsocket : null
  if (isStartingUp(paper, at) && isTooEarly(paper, probe)) {
    return { level: 'starting', hop: 'public', cause: 'started, the public page does not show it yet', fix: null }
  }
  return nginxDown(observed) ?? byKind(probe, paper, observed, at)
}

/** What readers get instead of the paper; null when they get it, and when no answer tells. */
export const insteadOfPage = ({ edge }: PaperFacts): string | null => {
  const probe = lastOf(edge)
  if (probe === undefined || probe.ok || probe.status === null) return null
  return probe.kind === 'wrong-paper' ? 'another page' : String(probe.status)
}

/** Milliseconds by which two clocks, one in whole milliseconds, may tell the same moment apart. */
const clockStep = 5

/** Asked before the port was open: it tells of the moment before. */
const isTooEarly = (paper: PaperFacts, { kind, ms }: EdgeProbe): boolean => {
  if (!isOfThisRun(paper, paper.edge) || paper.edge.kind === 'never') return true
  const askedAt = paper.edge.at - (ms ?? 0) + clockStep
  return kind === 'bad-gateway' && (paper.answersSince === null || askedAt < paper.answersSince)
}

const noWebsocket: Verdict = {
  level: 'failing',
  hop: 'nginx',
  cause: 'the page loads, but no WebSocket gets through the edge: visitors see an empty notebook',
  fix: 'repair',
}

const nginxDown = ({ edgeHost }: Observed): Verdict | null => {
  const state = lastOf(edgeHost.state)
  if (state?.nginx !== 'inactive' && state?.nginx !== 'failed') return null
  return failing('nginx', `nginx on ${edgeHost.name} is ${state.nginx === 'failed' ? 'failed' : 'stopped'}`)
}

const byKind = (probe: EdgeProbe, paper: PaperFacts, observed: Observed, at: number): Verdict => {
  switch (probe.kind) {
    case 'tls':
      return failing('tls', tlsWords(probe, observed, at))
    case 'dns':
      return unresolved(probe, observed)
    case 'bad-gateway':
      return badGateway(probe, paper, observed)
    case 'wrong-paper':
      return failing('nginx', routeWords(paper, 'the public page is not this paper'), 'repair')
    case 'client-error':
      return clientError(probe, paper, observed)
    case 'server-error':
      return probe.status === 504 ? badGateway(probe, paper, observed) : failing('public', `${status(probe)} in public`)
    case 'redirect':
      return failing('public', `redirects elsewhere (${status(probe)})`)
    case 'timeout':
      return lastOf(paper.lan)?.ok === false
        ? badGateway(probe, paper, observed)
        : unanswered('no answer in time', probe, observed)
    case 'refused':
      return unanswered('connection refused', probe, observed)
    default:
      return unanswered('cannot be reached', probe, observed)
  }
}

/** 502 and 504: nginx works and gets nothing. The hop from the edge tells whether the way or the route is wrong. */
const badGateway = (probe: EdgeProbe, paper: PaperFacts, observed: Observed): Verdict => {
  const { gpuHost, edgeHost } = observed
  // An edge that cannot be reached could not be asked what it gets.
  const lan = edgeHost.link.kind === 'down' ? undefined : lastOf(paper.lan)
  if (gpuHost.link.kind === 'down') {
    return failing(
      'lan',
      `${status(probe)}, and ${gpuHost.name} cannot be reached: ${explain(gpuHost.link.error).cause}`,
    )
  }
  if (lan?.ok === false) {
    const answersHere = lastOf(paper.local)?.ok === true
    const firewall = answersHere ? `, though it answers on ${gpuHost.name} (a firewall between them?)` : ''
    return failing('lan', `${status(probe)}: from the edge ${lan.error ?? 'no answer'}${firewall}`)
  }
  if (lan?.ok === true)
    return failing('nginx', routeWords(paper, `${status(probe)}, though the edge reaches it`), 'repair')
  return failing('lan', `${status(probe)}: nginx gets no answer from ${gpuHost.name}`)
}

const clientError = (probe: EdgeProbe, paper: PaperFacts, { edgeHost }: Observed): Verdict => {
  if (probe.status !== 404) return failing('public', `visitors are refused (${status(probe)})`)
  if (isShadowed(edgeHost))
    return failing(
      'nginx',
      `404: nginx on ${edgeHost.name} serves no route of papergen's; another server block answers`,
    )
  return lastOf(paper.snippet) === null
    ? failing('nginx', '404: the edge has no route to it', 'repair')
    : failing('nginx', routeWords(paper, '404, though its route is on the edge'), 'repair')
}

/** A wrong route is the first thing to suspect; its port is the evidence. */
const routeWords = (paper: PaperFacts, what: string): string => {
  const port = lastOf(paper.entry)?.port
  const routed = lastOf(paper.snippet)?.upstream?.port
  return port !== undefined && routed !== undefined && port !== routed
    ? `${what}: route → ${routed}, not ${port}`
    : what
}

/** A resolver that says nothing tells nothing of what visitors meet; one that knows no such name does. */
const unresolved = (probe: EdgeProbe, { edgeHost }: Observed): Verdict => {
  const why = `the site's name does not resolve${because(probe)}`
  return edgeServes(edgeHost) && /^no (?:name server|answer)/.test(probe.error ?? '')
    ? { level: 'unknown', hop: 'public', cause: `${why}; nginx on ${edgeHost.name} serves it`, fix: null }
    : failing('public', why)
}

const unanswered = (how: string, probe: EdgeProbe, { edgeHost, gpuHost }: Observed): Verdict => {
  // Not a word on what visitors meet: they come from elsewhere.
  if (edgeServes(edgeHost) && probe.phases.connect === null) {
    const asking = gpuHost.link.kind === 'local' ? gpuHost.name : 'this machine'
    const why = `${asking} gets no connection to the public page (${probe.error ?? how})`
    const cause = `${why}, though nginx on ${edgeHost.name} serves it: no hairpin NAT, or a firewall before it`
    return { level: 'unknown', hop: 'public', cause, fix: null }
  }
  const both = edgeHost.link.kind === 'down' ? `; ${edgeHost.name} cannot be reached either` : ''
  return failing('public', `public page: ${how}${how === probe.error ? '' : because(probe)}${both}`)
}

const tlsWords = ({ certificate, error }: EdgeProbe, { edgeHost }: Observed, at: number): string => {
  if (certificate === null) return `TLS fails${error === null ? '' : `: ${error}`}`
  if (certificate.expires <= at) {
    const cure = isRenewed(certificate, edgeHost, at) ? '; a renewed one is on disk, nginx has not loaded it' : ''
    return `the certificate expired ${age(at - certificate.expires)} ago${cure}`
  }
  if (!certificate.namesMatch) return 'the certificate is for another name'
  return certificate.trusted
    ? `TLS fails${error === null ? '' : `: ${error}`}`
    : `the certificate is not trusted${error === null ? '' : `: ${error}`}`
}

const status = (probe: EdgeProbe): string => (probe.status === null ? 'no answer' : String(probe.status))

const because = ({ error }: EdgeProbe): string => (error === null ? '' : `: ${error}`)

const failing = (hop: Hop, cause: string, fix: Verdict['fix'] = null): Verdict => ({
  level: 'failing',
  hop,
  cause,
  fix,
})
