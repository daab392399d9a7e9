import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { RegistryEntry } from '../core/facts.ts'
import { indexMarkers, renderFragment } from '../core/index-page.ts'
import { notebookTitle } from '../core/notebook.ts'
import { parsePaperId } from '../core/paper.ts'
import type { GpuPolicy } from '../core/policy.ts'
import { generationName, renderGeneration, renderSnippet } from '../core/snippet.ts'
import { renderUnit } from '../core/unit.ts'
import type { Part } from './cast.ts'
import type { DemoFolder } from './folder.ts'
import { markerOnDisk } from './nginx-routes.ts'

export type Templates = {
  readonly unit: string
  readonly snippet: string
  readonly generation: string
  readonly index: string
}

export type Settled = {
  /** Units to start. */
  readonly start: readonly string[]
  readonly enabled: readonly string[]
}

/** Both hosts as a publish of each paper would have left them: notebooks, releases, registry, units, routes, index page. */
export const settle = (
  cast: readonly Part[],
  folder: DemoFolder,
  policy: GpuPolicy,
  templates: Templates,
  freePort: () => number,
): Settled => {
  const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  for (const { notebook, text } of cast) writeFileSync(join(folder.project, notebook), text)
  const published = cast.filter(part => part.at !== 'unpublished')
  const entries = published.map((part): RegistryEntry => {
    const { notebook, text } = part
    const release = createHash('sha256').update(text).digest('hex').slice(0, 16)
    const title = notebookTitle(text, notebook)
    return { id: part.id, port: freePort(), title, notebook, publishedAt: at, release, pending: false }
  })
  entries.forEach((entry, index) => {
    writeRelease(folder, entry, published[index]!)
    writeUnit(folder, policy, templates, entry)
    // Somebody's hand sent this one astray.
    const astray = published[index]!.at === 'drifted' ? entry.port + 100 : entry.port
    const route = renderSnippet(templates.snippet, policy, parsePaperId(entry.id), astray)
    writeFileSync(join(folder.snippets, `${entry.id}.conf`), route)
  })
  writeRegistry(folder, entries)
  writeEdge(folder, policy, templates, entries)
  const nameOf = ({ id }: { readonly id: string }): string => `papergen-${id}.service`
  return {
    start: published.filter(part => part.at !== 'stopped').map(nameOf),
    enabled: published.map(nameOf),
  }
}

const writeRelease = ({ state }: DemoFolder, { id, release, notebook, title }: RegistryEntry, { text }: Part): void => {
  const folder = join(state, 'releases', id, release ?? '')
  const file = basename(notebook ?? '')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, file), text)
  writeFileSync(join(folder, '.papergen'), `file ${file}\nnotebook ${notebook}\ntitle ${title}\nmade ${Date.now()}\n`)
}

const writeUnit = ({ units }: DemoFolder, policy: GpuPolicy, { unit }: Templates, entry: RegistryEntry): void => {
  const release = { hash: entry.release ?? '', notebook: entry.notebook ?? '' }
  const text = renderUnit(unit, policy, parsePaperId(entry.id), entry.port, release)
  writeFileSync(join(units, `papergen-${entry.id}.service`), text)
}

/** state.json as `putEntry` would fill it, at once: a thousand edits by position would take seconds. */
const writeRegistry = ({ state }: DemoFolder, entries: readonly RegistryEntry[]): void => {
  const papers = entries.map(({ id, port, title, notebook, publishedAt }) => [
    id,
    { port, title, notebook, published_at: publishedAt },
  ])
  const more = entries.map(({ id, title, notebook, publishedAt, release }) => [
    id,
    { title, notebook, published_at: publishedAt, release },
  ])
  const write = (file: string, version: number, rows: readonly unknown[][]): void =>
    writeFileSync(
      join(state, file),
      `${JSON.stringify({ version, papers: Object.fromEntries(rows as [string, object][]) }, null, 2)}\n`,
    )
  write('state.json', 2, papers)
  write('papergen.json', 1, more)
}

const writeEdge = (
  { snippets, index, errorLog, accessLog }: DemoFolder,
  { base }: GpuPolicy,
  { generation, index: page }: Templates,
  entries: readonly RegistryEntry[],
): void => {
  writeFileSync(join(snippets, `${generationName}.conf`), renderGeneration(generation, base, markerOnDisk(snippets)))
  const [begin] = indexMarkers
  writeFileSync(
    index,
    page.replace(`${begin}\n`, () => `${begin}\n${renderFragment(entries, base)}`),
  )
  writeFileSync(errorLog, '')
  writeFileSync(accessLog, '')
}

/** `.venv/bin/marimo` of the project: the real one where there is one, else the stand-in. */
export const writeMarimo = ({ project }: DemoFolder, argv: readonly string[]): void => {
  const path = join(project, '.venv/bin/marimo')
  const words = argv.map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  writeFileSync(path, `#!/bin/sh\nexec ${words} "$@"\n`)
  chmodSync(path, 0o755)
}
