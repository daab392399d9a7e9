import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { readConfig } from '../../src/core/config.ts'
import { type PaperId, parsePaperId } from '../../src/core/paper.ts'
import { type EdgePolicy, edgePolicy } from '../../src/core/policy.ts'
import { renderGeneration, renderSnippet } from '../../src/core/snippet.ts'
import { type Directive, parseNginx } from '../../src/demo/nginx-config.ts'
import { hostileText, some } from './arbitrary.ts'
import { accepted } from './cases.ts'
import { paperId, templates } from './files.ts'

/** What nginx is given when somebody who wants more writes the config and names the papers. */

export type Route = {
  readonly policy: Pick<EdgePolicy, 'address' | 'base' | 'ports'>
  readonly id: PaperId
  readonly port: number
}

/** So many routes that the core makes of such words, no two alike, and how many times it refused to make one. */
export const routesTaken = (count: number): { readonly routes: readonly Route[]; readonly refused: number } => {
  const routes = new Map<string, Route>()
  let refused = 0
  while (routes.size < count)
    for (const words of some(asked, count)) {
      const route = accepted(() => routeOf(words))
      if (route === null) refused++
      else if (routes.size < count) routes.set(JSON.stringify(route), route)
    }
  return { routes: [...routes.values()], refused }
}

type Asked = {
  readonly url: string
  readonly address: string
  readonly ports: readonly unknown[]
  readonly port: number
  readonly id: string
}

const routeOf = ({ url, address, ports, port, id }: Asked): Route => {
  const toml = `[site]\nurl = ${JSON.stringify(url)}\n[gpu]\naddress = ${JSON.stringify(address)}\nports = ${JSON.stringify(ports)}\n`
  const policy = edgePolicy(readConfig(toml, '/c.toml', '/home/son'))
  return { policy, id: parsePaperId(id), port: Math.min(policy.ports[1], Math.max(policy.ports[0], port)) }
}

/** With something of theirs before, in or after it, or only theirs. */
const spoilt = (usual: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const within = fc.tuple(usual, hostileText, fc.nat(99)).map(([text, odd, percent]) => {
    const at = Math.round((text.length * percent) / 90)
    return text.slice(0, at) + odd + text.slice(at)
  })
  return fc.oneof({ weight: 5, arbitrary: within }, hostileText)
}

const segment = fc.oneof(fc.stringMatching(/^[\w.-]{1,12}$/), fc.stringMatching(/^[\w.~-]{1,4}$/), fc.constantFrom('..', '.', '_generation', 'x'.repeat(60))) // biome-ignore format: one list
const path = fc.array(segment, { maxLength: 3 }).map(parts => parts.map(part => `/${part}`).join(''))
const octet = fc.integer({ min: 1, max: 254 })
const usual = {
  url: path.map(base => `https://learn.ericfromkorea.com${base}/`),
  address: fc.tuple(octet, octet, octet, octet).map(parts => parts.join('.')),
  ports: fc.constantFrom([27000, 27999], [1024, 65535], [30000, 30001]),
  port: fc.integer({ min: 0, max: 70_000 }),
  id: paperId,
}
const oddPorts = fc.array(fc.oneof(fc.integer(), fc.double(), hostileText), { maxLength: 3 })

/** One of them spoilt at a time, now and then none: what comes through is to be hostile too. */
const asked: fc.Arbitrary<Asked> = fc.oneof(
  fc.record({ ...usual, url: spoilt(usual.url) }),
  fc.record({ ...usual, address: fc.oneof(spoilt(usual.address), fc.constantFrom('::1', 'dead', '1.2.3.4:80', '0.0.0.0', 'localhost')) }), // biome-ignore format: one record
  fc.record({ ...usual, ports: oddPorts }),
  fc.record({ ...usual, id: fc.oneof(spoilt(usual.id), hostileText) }),
  fc.record(usual),
)

const generation = readFileSync(new URL('../../share/generation.template', import.meta.url), 'utf8')
const marker = 'g0123456789abcdef'

/** Both files of a route, as they lie in the routes' folder. */
export const textsOf = ({ policy, id, port }: Route): Readonly<Record<string, string>> => ({
  [`${id}.conf`]: renderSnippet(templates.snippet, policy, id, port),
  '_generation.conf': renderGeneration(generation, policy.base, marker),
})

/** Every directive of both, flat, in nginx's own order. */
export const directivesOf = (texts: readonly string[]): readonly string[] => texts.flatMap(text => parseNginx(text, 'x').flatMap(flat)) // biome-ignore format: one chain

const flat = ({ name, args, block }: Directive): readonly string[] => [
  JSON.stringify([name, ...args]),
  ...(block ?? []).flatMap(flat),
]

/** What the directives of a route must be: those of the plainest one there is, word by word with its own values. */
export const meantOf = ({ policy: { base, address }, id, port }: Route): readonly string[] => {
  const plain = { policy: { base: '/base-x', address: 'address-x', ports: [0, 0] }, id: 'id-x' as PaperId, port: 424242 } as const // biome-ignore format: one route
  return directivesOf(Object.values(textsOf(plain))).map(words =>
    words
      .replaceAll('/base-x', base)
      .replaceAll('address-x', address)
      .replaceAll('id-x', id)
      .replaceAll('424242', String(port)),
  )
}
