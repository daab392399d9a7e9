import { applyEdits, format } from 'jsonc-parser'
import type { RegistryEntry } from './facts.ts'
import {
  append,
  badState,
  keyOf,
  member,
  parseJson,
  property,
  rawItem,
  recordOf,
  replace,
  source,
} from './json-edit.ts'
import { putEntry } from './registry.ts'
import { layoutOf, type Slot } from './registry-shape.ts'

/**
 * A state.json in the new shape. Keys we do not know stay, in their order and as they are written; titles and the like that had
 * to live in the sidecar (`joined`) move in. Only the white space is made anew. A text in the new shape keeps its layout.
 * @throws PapergenError `bad-state`
 */
export const migrate = (text: string, joined: readonly RegistryEntry[] = [], path = 'state.json'): string => {
  const moved = reshape(text, path)
  return joined.reduce((now, entry) => putEntry(now, entry, path), moved)
}

const reshape = (text: string, path: string): string => {
  const root = parseJson(text, path)
  const { shape, slots } = layoutOf(root, text, path)
  if (shape === 'v2') return withVersion(text, path)
  const papers = slots.map(slot => `${JSON.stringify(slot.id)}: ${recordText(text, slot)}`)
  const taken = new Set(shape === 'map' || shape === 'objects' ? slots.map(({ id }) => id) : ['papers', 'ports'])
  const others = root.children!.filter(child => !taken.has(keyOf(child)) && keyOf(child) !== 'version')
  const clash = others.find(child => keyOf(child) === 'papers')
  if (clash !== undefined) throw badState(path, text, clash.offset, 'its key "papers" is in use for something else')
  const all = ['"version": 2', `"papers": {${papers.join(', ')}}`, ...others.map(child => source(text, child))]
  return pretty(`{${all.join(', ')}}`)
}

const withVersion = (text: string, path: string): string => {
  const root = parseJson(text, path)
  const version = member(root, 'version')
  if (version === undefined) return append(text, root, property('version', rawItem('2')))
  return version.value === 2 ? text : replace(text, version, '2')
}

/** A bare port becomes a record; a list's element loses the id it now stands under. */
const recordText = (text: string, { record }: Slot): string => {
  if (record.type === 'number') return `{"port": ${source(text, record)}}`
  const members = record.children!.filter(child => keyOf(child) !== 'id' || record.parent?.type !== 'array')
  return `{${members.map(child => `${JSON.stringify(keyOf(child))}: ${source(text, recordOf(child))}`).join(', ')}}`
}

const pretty = (text: string): string =>
  `${applyEdits(text, format(text, undefined, { tabSize: 2, insertSpaces: true, eol: '\n' }))}\n`
