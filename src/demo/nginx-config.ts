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
  if (rest?.kind === 'close') throw refused('unexpected "}"', file, rest.line)
  return directives
}

const refused = (words: string, file: string, line: number): NginxError => new NginxError(`${words} in ${file}:${line}`)

/** Directives up to the brace that closes them, which stays. */
const blockOf = (tokens: Token[], file: string): Directive[] => {
  const directives: Directive[] = []
  while (tokens[0]?.kind !== 'close' && tokens[0]?.kind !== 'over') directives.push(directiveOf(tokens, file))
  return directives
}

const directiveOf = (tokens: Token[], file: string): Directive => {
  const words: string[] = []
  while (tokens[0]?.kind === 'word') words.push(tokens.shift()!.text)
  const [name, ...args] = words
  const end = tokens.shift()!
  if (end.kind === 'over') throw refused('unexpected end of file, expecting ";" or "}"', file, end.line)
  if (name === undefined || end.kind === 'close') throw refused(`unexpected "${end.text}"`, file, end.line)
  const why = whyNot(name, args, end)
  if (why !== null) throw refused(why, file, end.line)
  return { name, args, line: end.line, block: end.kind === 'open' ? blockAfter(tokens, file) : null }
}

const blockAfter = (tokens: Token[], file: string): Directive[] => {
  const block = blockOf(tokens, file)
  const end = tokens.shift()!
  if (end.kind === 'over') throw refused('unexpected end of file, expecting "}"', file, end.line)
  return block
}

/** In nginx's order: what it is, how it ends, how many arguments it has. */
const whyNot = (name: string, { length }: readonly string[], { kind }: Token): string | null => {
  const [least, most] = known.get(name) ?? [0, -1]
  if (most < 0) return `unknown directive "${name}"`
  if (blocks.has(name) && kind !== 'open') return `directive "${name}" has no opening "{"`
  if (!blocks.has(name) && kind !== 'end') return `directive "${name}" is not terminated by ";"`
  if (length >= least && length <= most) return null
  return `invalid number of arguments in "${name}" directive`
}

const blocks: ReadonlySet<string> = new Set(['location', 'types', 'limit_except', 'if'])

const many = 99

/** Directives that may stand in a route, or in what papergen installs beside routes, and how many arguments each takes. */
const known: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ...arity(0, 0, 'types internal'),
  ...arity(
    1,
    1,
    `proxy_pass proxy_http_version proxy_connect_timeout proxy_read_timeout proxy_send_timeout proxy_buffering
    client_max_body_size allow deny default_type charset auth_basic gzip`,
  ),
  ...arity(1, 2, 'location return expires'),
  ...arity(2, 2, 'proxy_set_header set'),
  ...arity(2, 3, 'add_header'),
  ...arity(2, many, 'error_page try_files'),
  ...arity(1, many, 'access_log limit_except if'),
])

function arity(least: number, most: number, names: string): [string, readonly [number, number]][] {
  return names.split(/\s+/).map(name => [name, [least, most]])
}

type Token = { readonly kind: 'word' | 'open' | 'close' | 'end' | 'over'; readonly text: string; readonly line: number }

const tokenShape =
  /(\s+)|#[^\n]*|([{};])|'((?:[^'\\]|\\.)*)'(?![^\s{;])|"((?:[^"\\]|\\.)*)"(?![^\s{;])|((?!['"])(?:[^\s{};\\]|\\.)+)/gsy

const kinds = { '{': 'open', '}': 'close', ';': 'end' } as const

const tokensOf = (text: string, file: string): Token[] => {
  const tokens: Token[] = []
  let line = 1
  let at = 0
  while (at < text.length) {
    tokenShape.lastIndex = at
    const found = tokenShape.exec(text)
    if (found === null) throw strayQuote(text.slice(at), file, line)
    const [whole, , sign, single, double, word] = found
    const value = single ?? double ?? word
    if (sign !== undefined) tokens.push({ kind: kinds[sign as keyof typeof kinds], text: sign, line })
    else if (value !== undefined) tokens.push({ kind: 'word', text: value.replace(/\\(['"\\])/g, '$1'), line })
    line += whole.split('\n').length - 1
    at = tokenShape.lastIndex
  }
  return [...tokens, { kind: 'over', text: '', line }]
}

/** Where a quoted word cannot end: it never does, or goes on after its quote. */
const strayQuote = (text: string, file: string, line: number): NginxError => {
  const quoted = /^(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/s.exec(text)?.[0]
  const lines = (quoted ?? text).split('\n').length - 1
  return quoted === undefined
    ? refused('unexpected end of file, expecting ";" or "}"', file, line + lines)
    : refused(`unexpected "${text[quoted.length]}"`, file, line + lines)
}

/** The arguments of the first directive of that name. */
export const argsOf = (block: readonly Directive[], name: string): readonly string[] | null =>
  block.find(directive => directive.name === name)?.args ?? null
