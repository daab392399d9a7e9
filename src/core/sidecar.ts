import type { RegistryEntry } from './facts.ts'
import { append, badState, member, objectItem, parseJson, property, remove, replace } from './json-edit.ts'
import { type Layout, layoutOf } from './registry-shape.ts'

/** What papergen knows of a paper beyond state.json: `state/papergen.json`, wholly papergen's own. */
export type SidecarEntry = Pick<RegistryEntry, 'title' | 'notebook' | 'publishedAt' | 'release' | 'pending'>

export type Sidecar = ReadonlyMap<string, SidecarEntry>

/** @throws PapergenError `bad-state` with the line */
export const readSidecar = (text: string | null, path: string): Sidecar => {
  if (text === null) return new Map()
  const { shape, slots } = sidecarLayout(text, path)
  if (shape !== 'v2') throw badState(path, text, 0, 'there is no "papers" object in it')
  return new Map(
    slots.map(({ id, record }) => {
      if (record.type !== 'object') throw badState(path, text, record.offset, `${JSON.stringify(id)} is no object`)
      const words = (key: string): string | null => {
        const value = member(record, key)?.value as unknown
        return typeof value === 'string' ? value : null
      }
      const [title, notebook, publishedAt, release] = ['title', 'notebook', 'published_at', 'release'].map(words)
      const pending = member(record, 'pending')?.value === true
      return [id, { title: title!, notebook: notebook!, publishedAt: publishedAt!, release: release!, pending }]
    }),
  )
}

/** Writes all that is known of this paper; what is null or false is left out. */
export const putSidecar = (text: string | null, id: string, entry: SidecarEntry, path = 'papergen.json'): string => {
  const before = text ?? emptySidecar
  const { container, slots } = sidecarLayout(before, path)
  const slot = slots.find(candidate => candidate.id === id)
  const item = objectItem(membersOf(entry))
  if (slot === undefined) return append(before, container, property(id, item))
  return replace(before, slot.record, item({ lineBreak: '\n    ', unit: '  ', colon: ': ' }))
}

/** The text without this paper; null when it was the last one: then the file goes. */
export const removeSidecar = (text: string, id: string, path = 'papergen.json'): string | null => {
  const { container, slots } = sidecarLayout(text, path)
  const slot = slots.find(candidate => candidate.id === id)
  if (slot === undefined) return text
  return slots.length === 1 ? null : remove(text, container, slot.child)
}

/** The registry's papers with what the sidecar adds; what the registry says itself wins. */
export const joinEntries = (entries: readonly RegistryEntry[], sidecar: Sidecar): RegistryEntry[] =>
  entries.map(entry => {
    const more = sidecar.get(entry.id)
    if (more === undefined) return entry
    return {
      ...entry,
      title: entry.title ?? more.title,
      notebook: entry.notebook ?? more.notebook,
      publishedAt: entry.publishedAt ?? more.publishedAt,
      release: more.release,
      pending: more.pending,
    }
  })

const emptySidecar = '{\n  "version": 1,\n  "papers": {}\n}\n'

const sidecarLayout = (text: string, path: string): Layout => layoutOf(parseJson(text, path), text, path)

const membersOf = ({ title, notebook, publishedAt, release, pending }: SidecarEntry): [string, string | boolean][] => {
  const all: [string, string | boolean | null][] = [
    ['title', title],
    ['notebook', notebook],
    ['published_at', publishedAt],
    ['release', release],
    ['pending', pending || null],
  ]
  return all.filter((pair): pair is [string, string | boolean] => pair[1] !== null)
}
