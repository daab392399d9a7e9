/** As much of Python's syntax as it takes to find a call and read a string in it, without running anything. */

export type Literal = {
  readonly value: string
  readonly formatted: boolean
  /** Offset behind the closing quote. */
  readonly end: number
}

/** The source with comments and the insides of strings blanked out, offset for offset. */
export const codeOnly = (text: string): string => {
  let code = ''
  let at = 0
  while (at < text.length) {
    const match = quoteOrComment(text, at)
    if (match === null) return code + text.slice(at)
    code += text.slice(at, match.start) + text.slice(match.start, match.end).replace(/[^\n]/g, ' ')
    at = match.end
  }
  return code
}

/** The string literal at this offset; null when there is none, or it is of bytes, or not ended. */
export const literalAt = (text: string, offset: number): Literal | null => {
  const opening = /^([A-Za-z]{0,2})("""|'''|"|')/.exec(text.slice(offset, offset + 5))
  if (opening === null || !/^(?:[ru]|f|rf|fr|)$/i.test(opening[1]!)) return null
  const prefix = opening[1]!.toLowerCase()
  const quotes = opening[2]!
  const start = offset + opening[0].length
  const end = closing(text, start, quotes)
  if (end === null) return null
  const body = text.slice(start, end)
  const value = prefix.includes('r') ? body : unescaped(body)
  return value === null ? null : { value, formatted: prefix.includes('f'), end: end + quotes.length }
}

/** Offset of the first thing at or behind `offset` that is neither white space nor a comment. */
export const skipBlank = (text: string, offset: number): number => {
  const blank = /(?:\s|\\\r?\n|#[^\n]*)*/y
  blank.lastIndex = offset
  return offset + blank.exec(text)![0].length
}

const quoteOrComment = (text: string, from: number): { start: number; end: number } | null => {
  const opening = /#|"""|'''|"|'/g
  opening.lastIndex = from
  const match = opening.exec(text)
  if (match === null) return null
  const start = match.index
  if (match[0] === '#') {
    const end = text.indexOf('\n', start)
    return { start, end: end < 0 ? text.length : end }
  }
  const end = closing(text, start + match[0].length, match[0])
  return { start, end: end === null ? endOfLine(text, start) : end + match[0].length }
}

/** An unended quotation ends with its line, so one broken cell does not hide the rest. */
const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

const closing = (text: string, from: number, quotes: string): number | null => {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text.startsWith(quotes, at)) return at
    else if (text[at] === '\n' && quotes.length === 1) return null
  }
  return null
}

const simple: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Null for `\N{...}`, whose table of names only Python has. */
const unescaped = (body: string): string | null => {
  if (/(?:^|[^\\])(?:\\\\)*\\N\{/.test(body)) return null
  return body.replace(
    /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r?\n|.))/gs,
    (all, ...groups) => {
      const [octal, byte, short, long, other] = groups as (string | undefined)[]
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
      const hex = byte ?? short ?? long
      if (hex !== undefined)
        return Number.parseInt(hex, 16) <= 0x10ffff ? String.fromCodePoint(Number.parseInt(hex, 16)) : '\ufffd'
      return simple[other!.replace('\r\n', '\n')] ?? all
    },
  )
}
