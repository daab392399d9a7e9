import { readFileSync } from 'node:fs'
import { parsePaperId } from '../../src/core/paper.ts'
import { renderGeneration, renderSnippet } from '../../src/core/snippet.ts'
import type { Answer } from './loopback.ts'

/** What nginx answers for a paper that is down: read out of what papergen renders, so that no test can drift from it. */
export const downPage = (base: string): { readonly statuses: readonly number[]; readonly answer: Answer } => {
  const down = location(renderGeneration(share('generation.template'), base, 'g0123456789abcdef'))
  const route = renderSnippet(share('snippet.template'), { address: '127.0.0.1', base }, parsePaperId('a'), 27000)
  const statuses = /^\s*error_page ((?:\d+ )+)@papergen_down;$/m.exec(route)![1]!.trim().split(' ').map(Number)
  const type = `${/^\s*default_type (.+);$/m.exec(down)![1]}; charset=${/^\s*charset (.+);$/m.exec(down)![1]}`
  return {
    statuses,
    answer: { status: statuses[0]!, headers: { ...headersOf(down), 'Content-Type': type }, body: parameterOf(down) },
  }
}

const share = (name: string) => readFileSync(new URL(`../../share/${name}`, import.meta.url), 'utf8')

/** To the end of the file: the style within has braces of its own. */
const location = (generation: string): string => generation.slice(generation.indexOf('location @papergen_down {'))

/** Without `always` nginx would leave a header out of a 502. */
const headersOf = (down: string): Record<string, string> =>
  Object.fromEntries(
    [...down.matchAll(/^\s*add_header (\S+) (?:"([^"]*)"|(\S+)) always;$/gm)].map(match => [
      match[1]!,
      (match[2] ?? match[3])!,
    ]),
  )

const parameterOf = (down: string): string => /^\s*return 200 '([^']*)';$/m.exec(down)![1]!
