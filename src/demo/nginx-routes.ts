import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generationName, markerIn, markerOf } from '../core/snippet.ts'
import { type Directive, NginxError, parseNginx } from './nginx-config.ts'

export type Snippet = { readonly name: string; readonly text: string }

/** What a running nginx serves: the locations of every snippet, as they were at its last reload. */
export type Routes = {
  readonly exact: ReadonlyMap<string, readonly Directive[]>
  /** The longest first. */
  readonly prefixes: readonly (readonly [prefix: string, block: readonly Directive[]])[]
  readonly named: ReadonlyMap<string, readonly Directive[]>
  readonly marker: string | null
}

export const noRoutes: Routes = { exact: new Map(), prefixes: [], named: new Map(), marker: null }

/** Every `*.conf` of the folder, by name; hidden files are skipped, as nginx's include glob does. */
export const readSnippets = (folder: string): readonly Snippet[] =>
  readdirSync(folder)
    .filter(file => /^[A-Za-z0-9_][\w.-]*\.conf$/.test(file))
    .sort()
    .map(file => ({ name: file.slice(0, -'.conf'.length), text: readFileSync(join(folder, file), 'utf8') }))

/** @throws NginxError when one of the files cannot stand */
export const readRoutes = (folder: string): Routes => {
  const snippets = readSnippets(folder)
  const seen = new Set<string>()
  const locations = snippets.flatMap(({ name, text }) => locationsOf(text, join(folder, `${name}.conf`), seen))
  const of = (sign: string): [string, readonly Directive[]][] =>
    locations.flatMap(({ args, block }) => (args[0] === sign && args[1] ? [[args[1], block ?? []]] : []))
  return {
    exact: new Map(of('=')),
    prefixes: of('^~').sort(([a], [b]) => b.length - a.length),
    named: new Map(locations.flatMap(({ args, block }) => (args[0]?.startsWith('@') ? [[args[0], block ?? []]] : []))),
    marker: markerIn(snippets.find(({ name }) => name === generationName)?.text ?? ''),
  }
}

const locationsOf = (text: string, file: string, seen: Set<string>): readonly Directive[] => {
  const locations = parseNginx(text, file).filter(({ name }) => name === 'location')
  for (const { args, line } of locations) {
    const key = args.join(' ')
    if (seen.has(key)) throw new NginxError(`duplicate location "${args.at(-1)}" in ${file}:${line}`)
    seen.add(key)
  }
  return locations
}

/** The marker that belongs to the files as they lie there now. */
export const markerOnDisk = (folder: string): string => markerOf(readSnippets(folder))
