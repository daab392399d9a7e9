import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { PapergenError } from './errors.ts'

/**
 * Edits of a JSON text by position. Parsing and printing would reorder an id like `2024` and round a 20-digit number, and
 * every other writer of the file would see a diff of lines nobody changed.
 */

/** @throws PapergenError `bad-state` with the line, for whatever Python's json module would refuse too. */
export const parseJson = (text: string, path: string): Node => {
  const tooDeep = tooDeepAt(text)
  if (tooDeep !== null) throw badState(path, text, tooDeep, `it is nested more than ${deepest} deep`)
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
  const first = errors[0]
  if (first !== undefined) throw badState(path, text, first.offset, syntaxReason(text, first))
  if (root === undefined) throw badState(path, text, 0, 'the file is empty')
  try {
    JSON.parse(text)
  } catch (error) {
    throw badState(path, text, 0, `not JSON: ${(error as Error).message}`)
  }
  return root
}

/** Python reads a thousand levels, and whoever goes down by calling himself gets no further than some thousands. */
const deepest = 500

/** Where a bracket opens too deep a level; null when none does. */
const tooDeepAt = (text: string): number | null => {
  let depth = 0
  for (const { 0: part, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (part === '[' || part === '{') depth++
    if (part === ']' || part === '}') depth--
    if (depth > deepest) return index
  }
  return null
}

/** Where the trouble is, as a line number counted from 1. */
export const badState = (path: string, text: string, offset: number, reason: string): PapergenError =>
  new PapergenError({ kind: 'bad-state', path, line: text.slice(0, offset).split('\n').length, reason })

export const keyOf = (property: Node): string => property.children![0]!.value as string

export const recordOf = (property: Node): Node => property.children![1]!

/** The value under a key; undefined when the object has none. */
export const member = (object: Node, key: string): Node | undefined => {
  const property = object.children?.find(child => keyOf(child) === key)
  return property === undefined ? undefined : recordOf(property)
}

export const source = (text: string, node: Node): string => text.slice(node.offset, endOf(node))

export const replace = (text: string, node: Node, raw: string): string =>
  text.slice(0, node.offset) + raw + text.slice(endOf(node))

/** What is inserted: `render` gets the line break with its indentation, or null in a text on one line. */
export type Item = (layout: Layout) => string
export type Layout = { readonly lineBreak: string | null; readonly unit: string; readonly colon: string }

/** Adds an item behind the last one of an object or array, laid out as its neighbours are. `remove` gives back the former bytes. */
export const append = (text: string, container: Node, item: Item): string => {
  const last = container.children?.at(-1)
  return last === undefined ? fillEmpty(text, container, item) : appendBehind(text, container, last, item)
}

/** Takes a property or element out, with its comma. */
export const remove = (text: string, container: Node, child: Node): string => {
  const children = container.children!
  const at = children.indexOf(child)
  const before = children[at - 1]
  const after = children[at + 1]
  if (before !== undefined) return text.slice(0, endOf(before)) + text.slice(endOf(child))
  if (after !== undefined) return text.slice(0, child.offset) + text.slice(after.offset)
  const left = text.slice(container.offset + 1, child.offset)
  const right = text.slice(endOf(child), endOf(container) - 1)
  // fillEmpty leaves equal white space on both sides only where the container held it before.
  const inside = left === right ? left : ''
  return text.slice(0, container.offset + 1) + inside + text.slice(endOf(container) - 1)
}

/** `"key": value`, for `append` into an object. */
export const property =
  (key: string, value: Item): Item =>
  layout =>
    `${JSON.stringify(key)}${layout.colon}${value(layout)}`

/** A value that needs no layout: a number, a string. */
export const scalar =
  (value: string | number | boolean): Item =>
  () =>
    JSON.stringify(value)

export const rawItem =
  (raw: string): Item =>
  () =>
    raw

/** An object over several lines, or on one where the neighbours are. */
export const objectItem =
  (members: readonly (readonly [string, string | number | boolean])[]): Item =>
  ({ lineBreak, unit, colon }) => {
    const parts = members.map(([key, value]) => `${JSON.stringify(key)}${colon}${JSON.stringify(value)}`)
    if (lineBreak === null) return `{${parts.join(colon === ':' ? ',' : ', ')}}`
    return parts.length === 0 ? '{}' : `{${lineBreak}${unit}${parts.join(`,${lineBreak}${unit}`)}${lineBreak}}`
  }

const endOf = (node: Node): number => node.offset + node.length

const appendBehind = (text: string, container: Node, last: Node, item: Item): string => {
  const children = container.children!
  const before = children.at(-2)
  const gapStart = before === undefined ? container.offset + 1 : text.indexOf(',', endOf(before)) + 1
  const gap = text.slice(gapStart, last.offset)
  const style = styleOf(text)
  const separator = gap.includes('\n') ? gap : before === undefined && style.colon !== ':' ? ' ' : gap
  const lineBreak = gap.includes('\n') ? lastLineOf(gap) : null
  const rendered = item({ ...style, lineBreak })
  return `${text.slice(0, endOf(last))},${separator}${rendered}${text.slice(endOf(last))}`
}

const fillEmpty = (text: string, container: Node, item: Item): string => {
  const style = styleOf(text)
  const inside = text.slice(container.offset + 1, endOf(container) - 1)
  const isRoot = container.parent === undefined
  const spread = inside === '' && (isRoot || text.trim().includes('\n'))
  const outer = style.eol + indentAt(text, container.offset)
  const inner = outer + style.unit
  const [left, right] = spread ? [inner, outer] : [inside, inside]
  const lineBreak = spread ? inner : inside.includes('\n') ? lastLineOf(inside) : null
  const rendered = item({ ...style, lineBreak })
  return text.slice(0, container.offset + 1) + left + rendered + right + text.slice(endOf(container) - 1)
}

/** The line break and the indentation a gap ends with. */
const lastLineOf = (gap: string): string => /\r?\n[^\n]*$/.exec(gap)![0]

const indentAt = (text: string, offset: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))![0]

const styleOf = (text: string): { eol: string; unit: string; colon: string } => ({
  eol: /\r?\n/.exec(text.trim())?.[0] ?? '\n',
  unit: /^\s*[{[]\s*?\n([ \t]+)\S/.exec(text)?.[1] ?? '  ',
  colon: /^[^:]*"\s*:\S/.test(text) ? ':' : ': ',
})

const syntaxReason = (text: string, error: ParseError): string =>
  error.offset >= text.trimEnd().length
    ? 'the file ends in the middle: it looks truncated'
    : `not JSON: ${printParseErrorCode(error.error)
        .replace(/([a-z])([A-Z])/g, '$1 $2')
        .toLowerCase()}`
