import type { Node } from 'jsonc-parser'
import { PapergenError } from './errors.ts'
import type { RegistryEntry } from './facts.ts'
import {
  append,
  badState,
  type Item,
  keyOf,
  member,
  objectItem,
  parseJson,
  property,
  rawItem,
  remove,
  replace,
  scalar,
  source,
} from './json-edit.ts'
import { hasRoom, type Layout, layoutOf, type Shape, type Slot } from './registry-shape.ts'

export { hasRoom, type Shape } from './registry-shape.ts'

export type Registry = { readonly shape: Shape; readonly entries: readonly RegistryEntry[] }

/**
 * The papers of a state.json, in the file's order. Without a file there are none, and the shape is the new one.
 * `release` and `pending` are the sidecar's: see `joinEntries`.
 * @throws PapergenError `bad-state` with the line
 */
export const readRegistry = (text: string | null, path: string, ports: readonly [number, number]): Registry => {
  if (text === null) return { shape: 'v2', entries: [] }
  const root = parseJson(text, path)
  refuseTwins(root, text, path)
  const layout = layoutOf(root, text, path)
  refuseNewer(root, layout, text, path)
  const entries = layout.slots.map(slot => readEntry(slot, text, path, ports))
  refuseCollisions(layout.slots, entries, text, path)
  return { shape: layout.shape, entries }
}

/** The text with this paper in it, everything else byte for byte as it was. A new file gets the new shape. */
export const putEntry = (text: string | null, entry: RegistryEntry, path = 'state.json'): string => {
  const before = text ?? emptyRegistry
  const { shape, container, slots } = layoutOf(parseJson(before, path), before, path)
  const slot = slots.find(({ id }) => id === entry.id)
  if (slot === undefined) {
    refuseOtherKey(before, container, entry.id, path)
    return append(before, container, newItem(shape, entry))
  }
  if (slot.record.type === 'number') return replace(before, slot.record, String(entry.port))
  return known(entry).reduce((now, [key, value]) => setMember(now, entry.id, key, value, path), before)
}

/** The text without this paper; the same text when there is none. */
export const removeEntry = (text: string, id: string, path = 'state.json'): string => {
  const { container, slots } = layoutOf(parseJson(text, path), text, path)
  const slot = slots.find(candidate => candidate.id === id)
  return slot === undefined ? text : remove(text, container, slot.child)
}

/** The source of this paper's record, for an undo; null when there is none. */
export const entryText = (text: string, id: string, path = 'state.json'): string | null => {
  const { slots } = layoutOf(parseJson(text, path), text, path)
  const slot = slots.find(candidate => candidate.id === id)
  return slot === undefined ? null : source(text, slot.record)
}

/** Puts the record back as `entryText` gave it; null takes the paper out. */
export const restoreEntry = (text: string, id: string, raw: string | null, path = 'state.json'): string => {
  if (raw === null) return removeEntry(text, id, path)
  const { shape, container, slots } = layoutOf(parseJson(text, path), text, path)
  const slot = slots.find(candidate => candidate.id === id)
  if (slot !== undefined) return replace(text, slot.record, raw)
  return append(text, container, shape === 'list' ? rawItem(raw) : property(id, rawItem(raw)))
}

/**
 * The lowest port of the range that no entry has and nothing listens on.
 * @throws PapergenError `port-unavailable`
 */
export const allocatePort = (
  entries: readonly RegistryEntry[],
  [first, last]: readonly [number, number],
  busy: (port: number) => boolean,
): number => {
  const taken = new Set(entries.map(({ port }) => port))
  for (let port = first; port <= last; port++) if (!taken.has(port) && !busy(port)) return port
  throw new PapergenError({ kind: 'port-unavailable', port: null, why: `no free port from ${first} to ${last}` })
}

const emptyRegistry = '{\n  "version": 2,\n  "papers": {}\n}\n'

const known = ({ port, title, notebook, publishedAt }: RegistryEntry): [string, string | number | null][] => [
  ['port', port],
  ['title', title],
  ['notebook', notebook],
  ['published_at', publishedAt],
]

const newItem = (shape: Shape, entry: RegistryEntry): Item => {
  if (!hasRoom(shape)) return property(entry.id, scalar(entry.port))
  const members = known(entry).filter((pair): pair is [string, string | number] => pair[1] !== null)
  return shape === 'list' ? objectItem([['id', entry.id], ...members]) : property(entry.id, objectItem(members))
}

const setMember = (text: string, id: string, key: string, value: string | number | null, path: string): string => {
  const { record } = layoutOf(parseJson(text, path), text, path).slots.find(slot => slot.id === id)!
  const present = record.children!.find(child => keyOf(child) === key)
  if (present === undefined) return value === null ? text : append(text, record, property(key, scalar(value)))
  const node = member(record, key)!
  if (value === null) return node.value === null ? text : remove(text, record, present)
  return node.value === value ? text : replace(text, node, JSON.stringify(value))
}

const readEntry = ({ id, child, record }: Slot, text: string, path: string, ports: readonly [number, number]) => {
  const refuse = (reason: string, node: Node = child) =>
    badState(path, text, node.offset, `${JSON.stringify(id)} ${reason}`)
  if (id === '') throw refuse('is no name for a paper')
  const portNode = record.type === 'object' ? member(record, 'port') : record
  if (portNode === undefined) throw refuse('has no port')
  const port = portNode.value as unknown
  if (typeof port !== 'number' || !Number.isInteger(port)) throw refuse('has a port that is no whole number', portNode)
  if (port < ports[0] || port > ports[1])
    throw refuse(`has port ${source(text, portNode)}, outside ${ports[0]} to ${ports[1]}`, portNode)
  const words = (key: string): string | null => {
    const node = record.type === 'object' ? member(record, key) : undefined
    if (node === undefined || node.type === 'null') return null
    if (node.type !== 'string') throw refuse(`has a ${key} that is no text`, node)
    return node.value as string
  }
  const [title, notebook, publishedAt] = [words('title'), words('notebook'), words('published_at')]
  return { id, port, title, notebook, publishedAt, release: null, pending: false }
}

const refuseOtherKey = (text: string, container: Node, id: string, path: string): void => {
  const other = container.type === 'object' ? container.children?.find(child => keyOf(child) === id) : undefined
  if (other !== undefined)
    throw badState(path, text, other.offset, `the key ${JSON.stringify(id)} is in use for something that is no paper`)
}

const refuseTwins = (node: Node, text: string, path: string): void => {
  const seen = new Set<string>()
  for (const child of node.children ?? []) {
    if (node.type === 'object') {
      const key = keyOf(child)
      if (seen.has(key)) throw badState(path, text, child.offset, `${JSON.stringify(key)} appears twice`)
      seen.add(key)
    }
    refuseTwins(child, text, path)
  }
}

const refuseNewer = (root: Node, { shape }: Layout, text: string, path: string): void => {
  const version = shape === 'v2' || shape === 'list' ? member(root, 'version') : undefined
  if (version !== undefined && (typeof version.value !== 'number' || version.value > 2))
    throw badState(path, text, version.offset, `version ${source(text, version)} is not known to this papergen`)
}

const refuseCollisions = (slots: readonly Slot[], entries: readonly RegistryEntry[], text: string, path: string) => {
  const ids = new Set<string>()
  const ports = new Map<number, string>()
  entries.forEach(({ id, port }, index) => {
    const at = slots[index]!.child.offset
    if (ids.has(id)) throw badState(path, text, at, `${JSON.stringify(id)} appears twice`)
    const other = ports.get(port)
    if (other !== undefined)
      throw badState(path, text, at, `${JSON.stringify(other)} and ${JSON.stringify(id)} share port ${port}`)
    ids.add(id)
    ports.set(port, id)
  })
}
