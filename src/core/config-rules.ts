import { z } from 'zod'
import { type Column, columnNames } from './columns.ts'
import { nearest } from './nearest.ts'

/**
 * What a value of the config may be. Many of them end up in a unit, an nginx file or a shell file that root reads, so what
 * could end a line, a word or a quotation there is refused here already.
 */

const text = (pattern: RegExp, must: string) =>
  z.string({ error: ({ input }) => `must be ${must}${given(input)}` }).regex(pattern, {
    error: ({ input }) => `must be ${must}${given(input)}`,
  })

export const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: ({ input }) => `must be ${values.map(quoted).join(' or ')}${given(input)}` })

export const yesOrNo = z.boolean({ error: ({ input }) => `must be true or false${given(input)}` })

export const name = text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'a name of letters, digits, dots and dashes')

export const login = text(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/, 'a login name')

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ipv4Shape = new RegExp(`^${octet}(?:\\.${octet}){3}$`)

/** nginx refuses a whole configuration over a name it cannot resolve, so an address it is. */
export const ipv4 = text(ipv4Shape, 'an IPv4 address such as "192.168.1.116"').refine(value => value !== '0.0.0.0', {
  error: 'must be one address of the GPU host: nothing can be sent to 0.0.0.0',
})

const hostShape = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]+)$/

export const address = text(hostShape, 'an address or a host name')

export const addressOrEmpty = text(new RegExp(`^$|${hostShape.source}`), 'an address or a host name, or empty')

/** A path of this machine: it is only ever opened, so it may hold spaces. */
export const pathHere = text(/^(?:~\/|\/)[^\p{Cc}]*$/u, 'a path that begins with / or ~/')

export const pathHereOrEmpty = text(/^$|^(?:~\/|\/)[^\p{Cc}]*$/u, 'a path that begins with / or ~/, or empty')

const segment = '(?!\\.\\.?(?:/|$))[\\p{L}\\p{M}\\p{N}._@+,=:-]+'
const plain = 'of letters, digits and ._@+,=:- (no spaces, quotes, % or $, no "..")'

export const absolute = text(new RegExp(`^(?:/${segment})+$`, 'u'), `an absolute path ${plain}`)

export const pathThere = text(new RegExp(`^~?(?:/${segment})+$`, 'u'), `a path from / or ~/ ${plain}`)

export const inProject = text(
  new RegExp(`^(?!-)${segment}(?:/${segment})*$`, 'u'),
  `a path inside the project ${plain}`,
)

export const program = text(
  new RegExp(`^(?:(?!-)${segment}|(?:/${segment})+)$`, 'u'),
  `a program's name or absolute path ${plain}`,
)

export const port = z
  .int({ error: ({ input }) => `must be a port from 1 to 65535${given(input)}` })
  .min(1, { error: ({ input }) => `must be a port from 1 to 65535${given(input)}` })
  .max(65535, { error: ({ input }) => `must be a port from 1 to 65535${given(input)}` })

const isPaperPort = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1024 && value <= 65535

/** Two at least: an update runs the new version beside the old one. */
export const portRange = z.custom<readonly [number, number]>(
  value => Array.isArray(value) && value.length === 2 && value.every(isPaperPort) && value[0] < value[1],
  { error: 'must be the first and the last port, such as [27000, 27999]: two or more, from 1024 to 65535' },
)

/** Which columns the grid has, in their order; each mistake by its place in the list. */
export const columns = z
  .array(z.string({ error: 'must be the name of a column' }), {
    error: 'must be a list of columns, such as ["paper", "unit", "verdict"]',
  })
  .superRefine((names, context) => {
    const refuse = (message: string, ...path: number[]): void => context.addIssue({ code: 'custom', message, path })
    names.forEach((column, at) => {
      if (!isColumn(column)) refuse(unknownColumn(column), at)
      else if (names.indexOf(column) < at) refuse(`${quoted(column)} is there already; take one of them out`, at)
    })
    if (!names.includes('paper')) refuse('must have "paper" among them: no row says without it whose it is')
  })
  .transform(names => names.filter(isColumn))

/** In milliseconds. */
export const duration = (min: number, max: number) =>
  text(/^\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h)$/, 'a time such as "5s", "500ms" or "1m"')
    .transform(milliseconds)
    .refine(value => value >= min && value <= max, { error: `must be from ${shown(min)} to ${shown(max)}` })

/** `90000` -> `90s`. */
export const shown = (ms: number): string =>
  ms % 3_600_000 === 0
    ? `${ms / 3_600_000}h`
    : ms % 60_000 === 0
      ? `${ms / 60_000}m`
      : ms % 1000 === 0
        ? `${ms / 1000}s`
        : `${ms}ms`

export const siteUrl = text(
  /^https:\/\/[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:\/[A-Za-z0-9._~-]+)*\/$/,
  'an https URL that ends with a slash, such as "https://example.org/thesis/"',
).refine(value => URL.canParse(value) && !/\/\.\.?\//.test(value), { error: 'is no URL that can be visited' })

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

const milliseconds = (value: string): number => {
  const [, number, unit] = /^([\d.]+)(\w+)$/.exec(value)!
  return Math.round(Number(number) * units[unit as keyof typeof units])
}

const isColumn = (column: string): column is Column => columnNames.some(known => known === column)

const unknownColumn = (column: string): string => {
  const guess = nearest(column, columnNames)
  const hint = guess === null ? `known are ${columnNames.join(', ')}` : `did you mean ${quoted(guess)}?`
  return `there is no column ${quoted(column.slice(0, 80))}; ${hint}`
}

const quoted = (value: unknown): string => JSON.stringify(value)

const given = (input: unknown): string =>
  typeof input === 'string' ? `, not ${quoted(input.slice(0, 80))}` : typeof input === 'number' ? `, not ${input}` : ''
