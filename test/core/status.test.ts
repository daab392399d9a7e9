import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { type Observed, observe } from '../../src/core/observed.ts'
import { lastOf } from '../../src/core/reading.ts'
import { statusDocument, statusExit } from '../../src/core/status.ts'
import { statusTable } from '../../src/core/table.ts'
import { cells } from '../../src/core/text.ts'
import { situations } from './situations.ts'
import { empty, now, unreachable, worldOf } from './world.ts'

const ajv = new Ajv2020({ allErrors: true, strict: false })
addFormats.default(ajv)
const valid = ajv.compile(JSON.parse(readFileSync(new URL('../../share/status.schema.json', import.meta.url), 'utf8')))

describe('statusDocument', () => {
  it.each([...situations.map(([what, spec]) => [what, worldOf(spec)] as const), ['nothing seen', empty()] as const])(
    'keeps to the schema: %s',
    (_, observed) => {
      const document = statusDocument(observed, { at: now })
      valid(JSON.parse(JSON.stringify(document)))
      expect(valid.errors ?? []).toEqual([])
    },
  )

  it('names what says of itself that it is a stand-in', () => {
    const named = (observed: Observed) => (statusDocument(observed, { at: now }) as { simulated: string[] }).simulated
    const at = { at: now }
    const observed = worldOf({})
    expect(named(observed)).toEqual([])
    const told = observe(observed, { type: 'stand-ins', answer: { ...at, value: ['systemd', 'marimo'] } })
    const state = lastOf(observed.edgeHost.state)!
    const all = observe(told, { type: 'edge-state', answer: { ...at, value: { ...state, simulated: true } } })
    expect(named(all)).toEqual(['systemd', 'marimo', 'nginx'])
  })

  it('tells a missing route from one that was not seen', () => {
    const routeOf = (spec: Parameters<typeof worldOf>[0]) =>
      (statusDocument(worldOf(spec), { at: now }) as { papers: { route: object }[] }).papers[0]?.route
    expect(routeOf({ snippet: null })).toEqual({ snippet: 'missing', origin: null, listed: true })
    expect(routeOf({ snippet: unreachable, listed: unreachable })).toEqual({
      snippet: 'unknown',
      origin: null,
      listed: null,
    })
  })
})

describe('statusExit', () => {
  it.each([
    [0, {}],
    [3, { listed: false }],
    [4, { snippet: unreachable }],
    [4, { edgeLink: { kind: 'down', since: now, retryAt: null, error: unreachable } }],
  ] as const)('is %i', (code, spec) => {
    expect(statusExit(worldOf(spec), now)).toBe(code)
  })

  it('is 0 without papers', () => {
    expect(statusExit(observe(empty(), { type: 'registry', answer: { at: now, value: [] } }), now)).toBe(0)
  })
})

describe('statusTable', () => {
  it('lines wide titles up and stays within the width', () => {
    const lines = statusTable(worldOf({ entry: { title: '확산 모델 기초' } }), now, { width: 110, ascii: false }).split(
      '\n',
    )
    const at = (line: string | undefined, word: string) => cells((line ?? '').slice(0, (line ?? '').indexOf(word)))
    expect(at(lines[3], ' PORT')).toBe(at(lines[4], '27000'))
    expect(lines.every(line => cells(line) <= 110)).toBe(true)
    expect(lines[4]).toMatch(/^✓ {2}attention .* active {2}3 d .* 200 {2}9 ms {2}ok$/)
  })

  it('keeps its signs in ASCII and its width on a narrow screen', () => {
    const text = statusTable(worldOf({ snippet: { upstream: { address: '192.0.2.1', port: 27005 } } }), now, {
      width: 80,
      ascii: true,
    })
    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
    expect(text.split('\n').every(line => cells(line) <= 80)).toBe(true)
    expect(text).toContain('! ')
  })

  it('does not call the registry empty when only the papers asked for are gone', () => {
    const others = { ...worldOf({ id: 'flow' }), papers: new Map() }
    expect(statusTable(others, now, { width: 80, ascii: true })).toContain('None of the papers asked for was found')
  })

  it('tells an empty registry from one that could not be read', () => {
    const emptyOne = observe(empty(), { type: 'registry', answer: { at: now, value: [] } })
    const lost = observe(empty(), { type: 'registry', answer: { at: now, error: unreachable } })
    const options = { width: 80, ascii: true }
    expect(statusTable(emptyOne, now, options)).toContain('No paper is published yet')
    expect(statusTable(lost, now, options)).toContain('cannot be reached')
  })
})
