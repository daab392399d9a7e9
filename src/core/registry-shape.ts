import type { Node } from 'jsonc-parser'
import { badState, keyOf, member, recordOf } from './json-edit.ts'

/**
 * The shapes of state.json that exist in the field:
 * `v2` {"papers": {id: {port}}} · `map` {id: port} · `ports` {"ports": {id: port}} · `objects` {id: {port}} ·
 * `list` {"papers": [{id, port}]}
 */
export type Shape = 'v2' | 'map' | 'ports' | 'objects' | 'list'

/** Whether a paper's record can hold title, notebook and time; where not, they live in the sidecar. */
export const hasRoom = (shape: Shape): boolean => shape === 'v2' || shape === 'objects' || shape === 'list'

/** One paper's place in the file. `child` is the property or element, `record` its value. */
export type Slot = { readonly id: string; readonly child: Node; readonly record: Node }

export type Layout = { readonly shape: Shape; readonly container: Node; readonly slots: readonly Slot[] }

/** @throws PapergenError `bad-state` when no shape fits. */
export const layoutOf = (root: Node, text: string, path: string): Layout => {
  if (root.type !== 'object') throw badState(path, text, root.offset, 'the file is not a JSON object')
  const papers = member(root, 'papers')
  if (papers?.type === 'array') return { shape: 'list', container: papers, slots: elements(papers, text, path) }
  if (papers?.type === 'object' && !isPaperRecord(papers))
    return { shape: 'v2', container: papers, slots: properties(papers) }
  const ports = member(root, 'ports')
  if (ports?.type === 'object' && !(isPaperRecord(ports) && (hasWords(ports) || hasOtherRecords(root))))
    return { shape: 'ports', container: ports, slots: properties(ports) }
  return flat(root, text, path)
}

const flat = (root: Node, text: string, path: string): Layout => {
  const all = properties(root)
  const records = all.filter(({ record }) => isPaperRecord(record))
  const numbers = all.filter(({ id, record }) => record.type === 'number' && !isVersion(id, record))
  if (records.length === 0) {
    const odd = all.find(({ record }) => record.type !== 'number' && looksLikePort(record))
    if (odd !== undefined) throw badState(path, text, odd.child.offset, `${JSON.stringify(odd.id)} has no port number`)
    return { shape: 'map', container: root, slots: numbers }
  }
  const stray = numbers.find(({ record }) => (record.value as number) >= 1024)
  if (stray !== undefined)
    throw badState(path, text, stray.child.offset, `${JSON.stringify(stray.id)} is a bare port among records`)
  return { shape: 'objects', container: root, slots: records }
}

const properties = (object: Node): Slot[] =>
  (object.children ?? []).map(child => ({ id: keyOf(child), child, record: recordOf(child) }))

const elements = (array: Node, text: string, path: string): Slot[] =>
  (array.children ?? []).map(child => {
    const id = child.type === 'object' ? member(child, 'id')?.value : undefined
    if (typeof id !== 'string') throw badState(path, text, child.offset, 'a paper in the list has no id')
    return { id, child, record: child }
  })

const isPaperRecord = (node: Node): boolean =>
  node.type === 'object' && ['number', 'string', 'null', 'boolean'].includes(member(node, 'port')?.type ?? 'absent')

const hasWords = (node: Node): boolean => properties(node).some(({ record }) => record.type === 'string')

const hasOtherRecords = (root: Node): boolean =>
  properties(root).some(({ id, record }) => id !== 'ports' && isPaperRecord(record))

const isVersion = (id: string, node: Node): boolean => id === 'version' && (node.value as number) < 1024

// In a flat file a string or null where a port belongs is a mistake; an object or array is a key we do not know.
const looksLikePort = (node: Node): boolean =>
  (node.type === 'string' && /^\d+$/.test(node.value as string)) || node.type === 'null'
