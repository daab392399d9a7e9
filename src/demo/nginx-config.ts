/** A directive of an nginx configuration, with its block where it has one. */
export type Directive = {
  readonly name: string
  readonly args: readonly string[]
  readonly block: readonly Directive[] | null
  readonly line: number
}

/** What nginx says of a configuration it refuses: `unknown directive "x" in FILE:LINE`. */
export class NginxError extends Error {}

/** @throws NginxError in nginx's words */
export const parseNginx = (text: string, file: string): readonly Directive[] => {
  const tokens = tokensOf(text, file)
  const directives = blockOf(tokens, file)
  const [rest] = tokens
  if (rest !== undefined) throw refused('unexpected "}"', file, rest.line)
  return directives
}

const refused = (words: string, file: string, line: number): NginxError => new NginxError(`${words} in ${file}:${line}`)

/** Directives up to the brace that closes them, which stays. */
const blockOf = (tokens: Token[], file: string): Directive[] => {
  const directives: Directive[] = []
  while (tokens[0] !== undefined && tokens[0].kind !== 'close') directives.push(directiveOf(tokens, file))
  return directives
}

const directiveOf = (tokens: Token[], file: string): Directive => {
  const words: string[] = []
  const { line } = tokens[0]!
  while (tokens[0]?.kind === 'word') words.push(tokens.shift()!.text)
  const [name, ...args] = words
  const end = tokens.shift()
  if (name === undefined) throw refused(`unexpected "${end?.text}"`, file, line)
  if (end === undefined || end.kind === 'close')
    throw refused('unexpected end, expecting ";" or "}"', file, end?.line ?? line)
  if (!known.has(name)) throw refused(`unknown directive "${name}"`, file, line)
  if (end.kind === 'end') return { name, args, line, block: null }
  const block = blockOf(tokens, file)
  if (tokens.shift() === undefined) throw refused('unexpected end of file, expecting "}"', file, line)
  return { name, args, line, block }
}

/** Directives that may stand in a route, or in what papergen installs beside routes. */
const known: ReadonlySet<string> = new Set(
  `location return proxy_pass proxy_http_version proxy_set_header proxy_connect_timeout proxy_read_timeout proxy_send_timeout
  proxy_buffering client_max_body_size error_page allow deny access_log try_files types default_type charset add_header internal
  auth_basic expires gzip limit_except if set`.split(/\s+/),
)

type Token = { readonly kind: 'word' | 'open' | 'close' | 'end'; readonly text: string; readonly line: number }

const tokenShape = /(\s+)|#[^\n]*|([{};])|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|((?:[^\s{};\\]|\\.)+)/gsy

const kinds = { '{': 'open', '}': 'close', ';': 'end' } as const

const tokensOf = (text: string, file: string): Token[] => {
  const tokens: Token[] = []
  let line = 1
  let at = 0
  while (at < text.length) {
    tokenShape.lastIndex = at
    const found = tokenShape.exec(text)
    if (found === null) throw refused(`unexpected "${text[at]}"`, file, line)
    const [whole, , sign, single, double, word] = found
    const value = single ?? double ?? word
    if (sign !== undefined) tokens.push({ kind: kinds[sign as keyof typeof kinds], text: sign, line })
    else if (value !== undefined) tokens.push({ kind: 'word', text: value.replace(/\\(['"\\])/g, '$1'), line })
    line += whole.split('\n').length - 1
    at = tokenShape.lastIndex
  }
  return tokens
}

/** The arguments of the first directive of that name. */
export const argsOf = (block: readonly Directive[], name: string): readonly string[] | null =>
  block.find(directive => directive.name === name)?.args ?? null
