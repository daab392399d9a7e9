import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parsePaperId } from '../../src/core/paper.ts'
import { markerIn, markerOf, parseSnippet, renderGeneration, renderSnippet } from '../../src/core/snippet.ts'

const share = (name: string) => readFileSync(new URL(`../../share/${name}`, import.meta.url), 'utf8')
const policy = { address: '192.168.1.116', base: '/thesis' }

describe('a snippet', () => {
  const text = renderSnippet(share('snippet.template'), policy, parsePaperId('attention'), 27000)

  it('reads back as ours, and tells an edit', () => {
    const upstream = { address: '192.168.1.116', port: 27000 }
    expect(parseSnippet('attention', text)).toEqual({ name: 'attention', origin: 'ours', upstream, text })
    expect(parseSnippet('attention', `${text}# mine\n`).origin).toBe('edited')
    expect(parseSnippet('other', text).origin).toBe('foreign')
  })

  it.each([
    ['location /thesis/a/ { proxy_pass http://10.0.0.1:27009; }', 'adopted', 27009],
    ['location /thesis/a/ {\n proxy_pass http://10.0.0.1:27009/thesis/a/;\n}', 'adopted', 27009],
    ['# location / { proxy_pass http://10.0.0.1:27009; }', 'foreign', undefined],
    ['location / { return 404; }', 'foreign', undefined],
  ])('of somebody else: %j', (theirs, origin, port) => {
    const { origin: told, upstream } = parseSnippet('a', theirs)
    expect([told, upstream?.port]).toEqual([origin, port])
  })
})

describe('the generation marker', () => {
  const [a, b] = [
    { name: 'a', text: 'A' },
    { name: 'b', text: 'é\n' },
  ]

  it('is a function of the snippets alone, in any order', () => {
    expect(markerOf([a, b])).toBe(markerOf([b, { name: '_generation', text: 'any' }, a]))
    expect(markerOf([a, b])).not.toBe(markerOf([a, { ...b, text: 'e\n' }]))
    expect(markerOf([])).toMatch(/^g[0-9a-f]{16}$/)
  })

  it('is read back from its file', () =>
    expect(markerIn(renderGeneration(share('generation.template'), '/thesis', 'g0123456789abcdef'))).toBe(
      'g0123456789abcdef',
    ))
})
