import type { IncomingMessage, ServerResponse } from 'node:http'
import { argsOf, type Directive } from './nginx-config.ts'
import { textAt } from './text-file.ts'

export const pathOf = ({ url = '/' }: IncomingMessage): string => url.replace(/\?.*$/s, '')

/** What a location with `return` says; `status` is the error that led to it, which stays. */
export const answer = (
  block: readonly Directive[],
  status: number | null,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const [code = '502', words = 'Bad Gateway'] = argsOf(block, 'return') ?? []
  if (status === null && /^30\d$/.test(code)) {
    redirect(response, Number(code), filled(words, request))
    return
  }
  const kind = argsOf(block, 'default_type')?.[0] ?? 'text/plain'
  const charset = argsOf(block, 'charset')?.[0]
  for (const { name, args } of block) if (name === 'add_header') response.setHeader(args[0]!, args[1] ?? '')
  response.setHeader('content-type', charset === undefined ? kind : `${kind}; charset=${charset}`)
  response.writeHead(status ?? Number(code)).end(filled(words, request))
}

export const redirect = (response: ServerResponse, status: number, location: string): void => {
  response.writeHead(status, { location }).end()
}

const filled = (text: string, request: IncomingMessage): string => {
  const args = /\?(.*)$/s.exec(request.url ?? '')?.[1] ?? ''
  const values: Readonly<Record<string, string>> = {
    is_args: args === '' ? '' : '?',
    args,
    uri: pathOf(request),
    request_uri: request.url ?? '',
    scheme: 'https',
    http_host: request.headers.host ?? '',
  }
  return text.replace(/\$(\w+)/g, (whole, name: string) => values[name] ?? whole)
}

export const page = (path: string, response: ServerResponse): void => {
  const text = textAt(path)
  if (text === null) plain(response, 404, 'not found')
  else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text)
}

export const plain = (response: ServerResponse, status: number, words: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${words}\n`)
}
