import { describe, expect, it } from 'vitest'
import { driftOf } from '../../src/core/drift.ts'
import type { Drift } from '../../src/core/facts.ts'
import { ago, type Spec, unreachable, worldOf } from './world.ts'

const driftsOf = (spec: Spec): Drift[] => {
  const observed = worldOf(spec)
  return [...observed.papers.values()].flatMap(paper => driftOf(paper, observed))
}

describe('driftOf', () => {
  it.each<[Drift['kind'], Spec, string]>([
    ['orphan-unit', { entry: null, snippet: null, listed: false }, 'a unit without'],
    ['orphan-snippet', { entry: null, unit: null, unitFile: null, listed: false }, '→ 27000 without'],
    ['wrong-port', { snippet: { upstream: { address: '192.168.1.116', port: 27005 } } }, 'route → 27005'],
    [
      'wrong-port',
      { snippet: { upstream: { address: '10.0.0.9', port: 27000 } } },
      'route → 10.0.0.9:27000, the paper is on 192.168.1.116:27000',
    ],
    [
      'wrong-port',
      { snippet: { upstream: { address: '10.0.0.9', port: 27005 } } },
      'route → 10.0.0.9:27005, the paper',
    ],
    ['wrong-port', { unitFile: { port: 27005 } }, 'unit on 27005'],
    ['port-held', { listener: { kind: 'foreign', pid: 12, name: 'py\u001b[31mthon' } }, 'held by python (pid 12)'],
    ['entry-without-unit', { unit: null, unitFile: null, listed: false }, 'there is no unit'],
    ['entry-without-snippet', { snippet: null }, 'no route'],
    ['listed-not-live', { entry: null, unit: null, unitFile: null, snippet: null }, 'not published'],
    ['live-not-listed', { listed: false }, 'not listed'],
    ['unit-edited', { unitFile: { origin: 'edited' } }, 'by hand'],
    ['snippet-edited', { snippet: { origin: 'edited' } }, 'by hand'],
    ['foreign-unit', { unitFile: { origin: 'foreign' } }, "is not papergen's"],
    ['foreign-snippet', { snippet: { origin: 'foreign' }, listed: false }, "is not papergen's"],
    ['unit-not-enabled', { unit: { enabled: false } }, 'not start at boot'],
    ['reload-pending', { state: { markerOnDisk: 'g2' }, edge: undefined }, 'nginx may not have loaded'],
    ['reload-pending', { unit: { needsReload: true } }, 'systemd has not read'],
  ])('finds %s alone', (kind, spec, words) => {
    const found = driftsOf(spec)
    expect(found.map(drift => drift.kind)).toEqual([kind])
    expect(found[0]?.words).toContain(words)
  })

  it.each<[string, Spec]>([
    ['a paper that is fine', {}],
    ['an adopted paper', { unitFile: { origin: 'adopted' }, snippet: { origin: 'adopted' } }],
    ['what was never seen', { unit: unreachable, snippet: unreachable, listed: unreachable, state: unreachable }],
    ['a registry that cannot be read', { entry: unreachable }],
    ['a paper the public gets, while another route was edited', { state: { markerOnDisk: 'g2' } }],
    ['a marker nginx would not tell', { state: { markerOnDisk: 'g2', markerServed: null } }],
    ['an operation under way', { intent: { since: new Date(ago(20)).toISOString() }, unit: null, unitFile: null }],
    ['a crashed unit', { unit: { state: 'failed' } }],
  ])('finds none in %s', (_, spec) => {
    expect(driftsOf(spec)).toEqual([])
  })

  it('names every disagreement of one paper', () => {
    const kinds = driftsOf({
      snippet: { origin: 'edited', upstream: { address: '192.168.1.116', port: 1 } },
      listed: false,
    })
    expect(kinds.map(drift => drift.kind)).toEqual(['wrong-port', 'live-not-listed', 'snippet-edited'])
  })
})
