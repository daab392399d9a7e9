import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { indexMarkers } from '../core/index-page.ts'
import { isPaperId } from '../core/paper.ts'
import { type EdgePolicy, policyLines } from '../core/policy.ts'
import { renderGeneration, renderSnippet } from '../core/snippet.ts'
import { createLock } from './entry-lock.ts'
import { type Answer, type Request, serveEntry, wrongWords } from './entry-session.ts'
import { answerLog, followLog } from './log-file.ts'
import type { Nginx } from './nginx.ts'
import { NginxError } from './nginx-config.ts'
import { markerOnDisk, readSnippets } from './nginx-routes.ts'
import type { Program } from './programs.ts'

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
  const former = new Map<string, string | null>()
  const confirmed = new Set<string>()
  let isConfirmed = false
  let expiry: NodeJS.Timeout | null = null
  const undo = async (): Promise<void> => {
    clearTimeout(expiry ?? undefined)
    if (isConfirmed || former.size === 0) return
    for (const [path, text] of former) put(path, text)
    former.clear()
    nginx.reload()
  }
  const lock = createLock({
    hello: [
      'program papergen-edge',
      'protocol 1',
      `version ${version}`,
      ...policyLines(policy),
      'stand-ins nginx',
      '',
    ].join('\n'),
    ready: () => {
      isConfirmed = false
      former.clear()
      confirmed.clear()
      return whyBroken(nginx)
    },
    undo,
    isTouched: () => false,
    end: async () => {
      await undo()
      former.clear()
      confirmed.clear()
    },
    lost: undo,
  })
  const remember = (path: string): void => {
    if (!former.has(path)) former.set(path, existsSync(path) ? readFileSync(path, 'utf8') : null)
    clearTimeout(expiry ?? undefined)
    if (!isConfirmed) expiry = setTimeout(() => void undo(), 60_000).unref()
  }
  const commit = (op: string): void => {
    confirmed.add(op)
    isConfirmed = true
    clearTimeout(expiry ?? undefined)
  }

  const change = ({ verb, words, body }: Request, operation: { op: string; operation: string }): Answer => {
    switch (verb) {
      case 'route-set':
      case 'route-drop': {
        const [id = '', port] = words.split(' ')
        if (!isPaperId(id)) return wrongWords
        const broken = whyBroken(nginx)
        if (broken !== null) return broken
        // Said before it is done: after this an undo must never put the paper before the public again.
        if (operation.operation === 'unpublish' && verb === 'route-drop') commit(operation.op)
        return setRoute(options, id, port === undefined ? null : Number(port), remember)
      }
      case 'index-set':
        return setIndex(options, body, remember)
      case 'hold':
        return { ok: '' }
      case 'confirm':
        commit(operation.op)
        return { ok: '' }
      default:
        return wrongWords
    }
  }

  return async (_argv, { stdin }) => {
    const channel = Symbol('channel')
    await serveEntry(stdin as Duplex, ['index-set'], async request => {
      const common = await lock.answer(request, channel)
      if (common !== null) return common
      const operation = lock.operation(channel)
      const told = read(options, request)
      if (told !== null) return told
      if (request.verb === 'outcome') {
        if (confirmed.has(request.words)) return { ok: 'confirmed' }
        return { ok: operation?.op === request.words ? 'pending' : 'none' }
      }
      return operation === null ? { no: 'no-lock', why: 'begin first' } : change(request, operation)
    })
    await lock.leave(channel)
    return 0
  }
}

const whyBroken = (nginx: Nginx): Answer | null => {
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
  const concerns = id === '-' ? `${policy.base}/` : `${policy.base}/${id}/`
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
      return { ok: existsSync(policy.index) ? `present\n${readFileSync(policy.index, 'utf8')}` : 'absent' }
    case 'log':
      return { ok: answerLog(log, concerns, Number(lines)) }
    case 'follow':
      return { stream: write => followLog(log, concerns, Number(lines), write) }
    default:
      return null
  }
}

const stateOf = (nginx: Nginx, { snippets }: EdgePolicy, certificate: readonly string[]): string => {
  const broken = whyBroken(nginx)
  const served = nginx.marker()
  const config =
    broken === null ? ['config ok'] : ['config broken', `config-error ${'why' in broken ? broken.why : ''}`]
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

const put = (path: string, text: string | null): void => {
  if (text === null) rmSync(path, { force: true })
  else writeFileSync(path, text)
}

/** Written, reloaded and proved by the marker; what this call changed goes back when nginx does not follow. */
const setRoute = (
  { nginx, policy, templates }: EdgeEntryOptions,
  id: Parameters<typeof renderSnippet>[2],
  port: number | null,
  remember: (path: string) => void,
): Answer => {
  const route = join(policy.snippets, `${id}.conf`)
  const generation = join(policy.snippets, '_generation.conf')
  remember(route)
  remember(generation)
  put(route, port === null ? null : renderSnippet(templates.snippet, policy, id, port))
  const marker = markerOnDisk(policy.snippets)
  put(generation, renderGeneration(templates.generation, policy.base, marker))
  nginx.reload()
  return nginx.marker() === marker ? { ok: '' } : { no: 'unproved', why: 'nginx did not follow the reload' }
}

const setIndex = (
  { policy, templates }: EdgeEntryOptions,
  fragment: string,
  remember: (path: string) => void,
): Answer => {
  const page = existsSync(policy.index) ? readFileSync(policy.index, 'utf8') : templates.index
  const [begin, end] = indexMarkers
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (after === undefined) return { no: 'foreign', why: `${policy.index} holds no ${begin} ... ${end}` }
  remember(policy.index)
  put(policy.index, `${before}${begin}\n${fragment}${end}${after}`)
  return { ok: '' }
}
