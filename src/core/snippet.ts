import type { SnippetFile } from './facts.ts'
import type { PaperId } from './paper.ts'
import { fill, sha256, signature, withHeader } from './template.ts'

/** What the edge's policy lends to a route. */
type RoutePolicy = { readonly address: string; readonly base: string }

/** The nginx snippet of a paper, as papergen-edge writes it. `template` is share/snippet.template. */
export const renderSnippet = (template: string, { address, base }: RoutePolicy, id: PaperId, port: number): string =>
  withHeader(id, fill(template, { id, address, base, port: String(port) }))

/** `_generation.conf`: the marker and the page for a paper that is down. `template` is share/generation.template. */
export const renderGeneration = (template: string, base: string, marker: string): string =>
  withHeader(generationName, fill(template, { base, marker }))

/** No paper id begins with an underscore. */
export const generationName = '_generation'

/** A function of the snippets, so that putting the former ones back brings the former marker back. */
export const markerOf = (snippets: readonly { readonly name: string; readonly text: string }[]): string => {
  const parts = snippets
    .filter(({ name }) => name !== generationName && !name.startsWith('.'))
    .map(({ name, text }) => ({ file: `${name}.conf`, text }))
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map(({ file, text }) => `file ${file} ${new TextEncoder().encode(text).length}\n${text}`)
  return `g${sha256(parts.join('')).slice(0, 16)}`
}

/** The marker that a `_generation.conf` answers; null when it holds none. */
export const markerIn = (text: string): string | null => /^\s*return 200 "(g[0-9a-f]{16})";$/m.exec(text)?.[1] ?? null

/** A snippet as it lies on the edge; `name` is the file name without `.conf`. */
export const parseSnippet = (name: string, text: string): SnippetFile => {
  const code = text.replace(/^\s*#.*$/gm, '')
  const upstream = /\bproxy_pass\s+http:\/\/(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]):(\d{1,5})\b/.exec(code)
  const signed = signature(name, text)
  const adopted = upstream !== null && /\blocation\s/.test(code)
  return {
    name,
    origin: signed === 'other' ? 'foreign' : (signed ?? (adopted ? 'adopted' : 'foreign')),
    upstream: upstream === null ? null : { address: upstream[1]!, port: Number(upstream[2]) },
    text,
  }
}
