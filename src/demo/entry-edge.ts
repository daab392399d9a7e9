import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { indexMarkers } from '../core/index-page.ts'
import { isPaperId, type PaperId } from '../core/paper.ts'
import { type EdgePolicy, policyLines } from '../core/policy.ts'
import { generationName, parseSnippet, renderGeneration, renderSnippet } from '../core/snippet.ts'
import { createUndertaken } from './edge-undertaken.ts'
import { createLock, type Operation } from './entry-lock.ts'
import { type Answer, type Refusal, type Request, serveEntry, wrongWords } from './entry-session.ts'
import { answerLog, followLog } from './log-file.ts'
import type { Nginx } from './nginx.ts'
import { NginxError } from './nginx-config.ts'
import { markerOnDisk, readSnippets } from './nginx-routes.ts'
import type { Program } from './programs.ts'
import { put, textAt } from './text-file.ts'

export type EdgeEntryOptions = {
  readonly nginx: Nginx
  readonly policy: EdgePolicy
  readonly version: string
  readonly templates: { readonly snippet: string; readonly generation: string; readonly index: string }
  /** Lines of `state` about the certificate. */
  readonly certificate: readonly string[]
}

/** `papergen-edge serve` over the demo's nginx: the verbs of docs/entry-points.md. */
export const createEdgeEntry = (options: EdgeEntryOptions): Program => {
  const { nginx, policy, version } = options
  const undertaken = createUndertaken(nginx)
  const lock = createLock({
    hello: [
      'program papergen-edge',
      'protocol 1',
      `version ${version}`,
      ...policyLines(policy),
      'stand-ins nginx',
      '',
    ].join('\n'),
    ready: () => whyBroken(nginx),
    taken: undertaken.begin,
    undo: async () => undertaken.undo(),
    isTouched: () => false,
    end: async () => undertaken.end(),
    lost: async () => undertaken.undo(),
  })

  const change = ({ verb, words, body }: Request, { op, operation }: Operation): Answer => {
    if (undertaken.isExpired()) return { no: 'failed', why: 'not confirmed for 60 s: everything was put back' }
    switch (verb) {
      case 'route-set':
      case 'route-drop': {
        const route = routeOf(verb, words, policy)
        if (route === null) return wrongWords
        const broken = whyBroken(nginx)
        if (broken !== null) return broken
        // Said before it is done: after this an undo must never put the paper before the public again.
        if (operation === 'unpublish' && verb === 'route-drop') undertaken.commit(op)
        return setRoute(options, route.id, route.port, undertaken.remember)
      }
      case 'index-set':
        return setIndex(options, body, undertaken.remember)
      case 'hold':
        undertaken.hold()
        return { ok: '' }
      case 'confirm':
        undertaken.commit(op)
        return { ok: '' }
      default:
        return wrongWords
    }
  }

  return async (_argv, { stdin }) => {
    const channel = Symbol('channel')
    const serve = async (request: Request): Promise<Answer> => {
      const common = (await lock.answer(request, channel)) ?? read(options, request)
      if (common !== null) return common
      const operation = lock.operation(channel)
      if (request.verb === 'outcome') return { ok: undertaken.outcome(request.words, operation?.op ?? null) }
      if (request.verb === 'forget') return undertaken.forget(request.words)
      return operation === null ? { no: 'no-lock', why: 'begin first' } : change(request, operation)
    }
    try {
      await serveEntry(stdin as Duplex, ['index-set'], serve)
    } finally {
      await lock.leave(channel)
    }
    return 0
  }
}

const routeOf = (
  verb: string,
  words: string,
  { ports: [first, last] }: EdgePolicy,
): { readonly id: PaperId; readonly port: number | null } | null => {
  const [id = '', port, ...more] = words.split(' ')
  if (!isPaperId(id) || more.length > 0 || (port === undefined) !== (verb === 'route-drop')) return null
  if (port === undefined) return { id, port: null }
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0
  return number >= first && number <= last ? { id, port: number } : null
}

const whyBroken = (nginx: Nginx): Refusal | null => {
  try {
    nginx.test()
    return null
  } catch (thrown) {
    if (!(thrown instanceof NginxError)) throw thrown
    return { no: 'broken', why: `nginx: [emerg] ${thrown.message}` }
  }
}

/** What needs no lock. */
const read = ({ nginx, policy, certificate }: EdgeEntryOptions, { verb, words }: Request): Answer | null => {
  const [which = '', lines = '0', id = '-'] = words.split(' ')
  const log = which === 'access' ? policy.accessLog : policy.errorLog
  const concerns = (line: string): boolean =>
    id === '-' ? line.includes(`${policy.base}/`) || isOfNginx(line) : line.includes(`${policy.base}/${id}/`)
  switch (verb) {
    case 'state':
      return { ok: stateOf(nginx, policy, certificate) }
    case 'snippets':
      return {
        ok: readSnippets(policy.snippets)
          .map(({ name, text }) => `file ${name}.conf ${Buffer.byteLength(text)}\n${text}\n`)
          .join(''),
      }
    case 'index':
      return { ok: pageOf(textAt(policy.index)) }
    case 'log':
      return { ok: answerLog(log, concerns, Number(lines)) }
    case 'follow':
      return { stream: write => followLog(log, concerns, Number(lines), write) }
    default:
      return null
  }
}

const pageOf = (page: string | null): string => (page === null ? 'absent' : `present\n${page}`)

/** nginx itself speaks: `crit` and above. */
const isOfNginx = (line: string): boolean => /^\S+ \S+ \[(crit|alert|emerg)\] /.test(line)

const stateOf = (nginx: Nginx, { snippets }: EdgePolicy, certificate: readonly string[]): string => {
  const broken = whyBroken(nginx)
  const served = nginx.marker()
  const config = broken === null ? ['config ok'] : ['config broken', `config-error ${broken.why}`]
  return [
    'nginx active',
    ...config,
    `marker-disk ${markerOnDisk(snippets)}`,
    ...(served === null ? [] : [`marker-served ${served}`]),
    ...certificate,
    'stand-in nginx',
    '',
  ].join('\n')
}

/** Written, reloaded and proved by the marker; what this call changed goes back when nginx does not follow. */
const setRoute = (
  { nginx, policy, templates }: EdgeEntryOptions,
  id: PaperId,
  port: number | null,
  remember: (path: string) => void,
): Answer => {
  const route = join(policy.snippets, `${id}.conf`)
  const generation = join(policy.snippets, `${generationName}.conf`)
  const before = [route, generation].map(path => [path, textAt(path)] as const)
  if (isForeign(id, before[0]?.[1] ?? null)) return { no: 'foreign', why: route }
  remember(route)
  remember(generation)
  put(route, port === null ? null : renderSnippet(templates.snippet, policy, id, port))
  const marker = markerOnDisk(policy.snippets)
  put(generation, renderGeneration(templates.generation, policy.base, marker))
  const broken = whyBroken(nginx)
  if (broken === null) nginx.reload()
  if (nginx.marker() === marker) return { ok: '' }
  for (const [path, text] of before) put(path, text)
  return broken === null ? { no: 'unproved', why: 'nginx did not follow the reload' } : { ...broken, no: 'failed' }
}

const isForeign = (id: PaperId, text: string | null): boolean =>
  text !== null && parseSnippet(id, text).origin === 'foreign'

const setIndex = (
  { policy, templates }: EdgeEntryOptions,
  fragment: string,
  remember: (path: string) => void,
): Answer => {
  const page = textAt(policy.index) ?? templates.index
  const [begin, end] = indexMarkers
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (after === undefined) return { no: 'foreign', why: `${policy.index} holds no ${begin} ... ${end}` }
  remember(policy.index)
  put(policy.index, `${before}${begin}\n${fragment}${end}${after}`)
  return { ok: '' }
}
