import { describe, expect, it, test } from 'vitest'
import type { GpuProcess, GpuSample, UnitFacts } from '../../src/core/facts.ts'
import { type GpuUse, type GpuUses, learnUses, mergeUses, usesNow } from '../../src/core/gpu-use.ts'
import { putUses, readUses } from '../../src/core/gpu-use-file.ts'
import { unitFacts } from './fake-values.ts'
import { ago, now } from './world.ts'

const sampleOf = (...processes: readonly Partial<GpuProcess>[]): GpuSample => ({
  devices: [],
  processes: processes.map(process => ({ ...attention, ...process })),
  driver: null,
  simulated: false,
})
const attention: GpuProcess = {
  ...{ pid: 1, name: 'python', uuid: 'GPU-0', mib: 100, unit: 'papergen-attention.service', user: null },
}
const running = { ...unitFacts, state: 'active', exitStatus: 0, enabled: true } as const
const run = (invocation: string | null, since: number | null = ago(3_600)): readonly UnitFacts[] => [
  { ...running, unit: 'attention', invocation, since },
]
const used = (mib: number, more: Partial<GpuUse> = {}): GpuUse => ({
  ...{ run: 'a', at: ago(7_200), peaks: { 'GPU-0': mib } },
  ...more,
})
const known = (use: GpuUse): GpuUses => new Map([['attention', use]])

describe('what a paper used at its last run', () => {
  const gone = { peaks: { 'GPU-0': 900 } }
  test.each<[string, GpuUses, GpuSample, readonly UnitFacts[], object | undefined]>([
    ['the first sample', new Map(), sampleOf({}), run('a'), { run: 'a', at: now, peaks: { 'GPU-0': 100 } }],
    ['more in the same run', known(used(90)), sampleOf({}), run('a'), { at: now, peaks: { 'GPU-0': 100 } }],
    ['less in the same run', known(used(900)), sampleOf({}), run('a'), { at: now, ...gone }],
    ['less in another run', known(used(900)), sampleOf({}), run('b'), { run: 'b', peaks: { 'GPU-0': 100 } }],
    ['less in a young run', known(used(900)), sampleOf({}), run('b', ago(20)), { run: 'a', at: ago(7_200), ...gone }],
    ['more in a young run', known(used(90)), sampleOf({}), run('b', ago(20)), { run: 'b', peaks: { 'GPU-0': 100 } }],
    ['a start nobody knows', known(used(900)), sampleOf({}), run('b', null), { run: 'b', peaks: { 'GPU-0': 100 } }],
    ['several processes', new Map(), sampleOf({}, { pid: 2 }), run('a'), { peaks: { 'GPU-0': 200 } }],
    ['two GPUs', new Map(), sampleOf({}, { uuid: 'GPU-1' }), run('a'), { peaks: { 'GPU-0': 100, 'GPU-1': 100 } }],
    ['a process that does not say', known(used(9)), sampleOf({}, { mib: null }), run('b'), used(9)],
    ['the second unit of an update', new Map(), sampleOf({ unit: 'papergen-attention--next.service' }), [], undefined],
    ['a unit systemd does not know', new Map(), sampleOf({}), [], undefined],
    ['another service', new Map(), sampleOf({ unit: 'ollama.service' }), run('a'), undefined],
    ['no GPU process', known(used(9)), sampleOf(), run('b'), used(9)],
  ])('%s', (_, before, sample, units, after) => {
    const uses = learnUses(before, sample, now, units).get('attention')
    if (after === undefined) expect(uses).toBeUndefined()
    else expect(uses).toMatchObject(after)
  })

  it('is no news within a minute when nothing grew', () => {
    const before = known(used(100, { at: ago(50) }))
    expect(learnUses(before, sampleOf({}), now, run('a'))).toBe(before)
    expect(learnUses(before, sampleOf({ mib: 101 }), now, run('a'))).not.toBe(before)
  })

  it('a thousand papers are learned of in one go', () => {
    const all = Array.from({ length: 1_000 }, (_, at) => ({ pid: at, unit: `papergen-paper-${at}.service` }))
    const units = all.map((_, at) => ({ ...running, unit: `paper-${at}`, invocation: 'a', since: ago(3_600) }))
    const uses = learnUses(new Map(), sampleOf(...all), now, units)
    expect([uses.size, usesNow(sampleOf(...all)).size]).toEqual([1_000, 1_000])
  })
})

describe('two papergens', () => {
  test.each<[string, GpuUse, GpuUse, object]>([
    ['of the same run the most counts', used(5), used(3, { at: now }), { at: now, peaks: { 'GPU-0': 5 } }],
    ['of two runs the later', used(5), used(3, { run: 'b', at: now }), { run: 'b', peaks: { 'GPU-0': 3 } }],
    ['whoever tells it first', used(3, { run: 'b', at: now }), used(5), { run: 'b', peaks: { 'GPU-0': 3 } }],
  ])('%s', (_, one, other, both) => {
    expect(mergeUses(known(one), known(other)).get('attention')).toMatchObject(both)
  })

  it('who learns nothing keeps what there is', () => {
    const before = known(used(5))
    expect(mergeUses(before, known(used(4)))).toBe(before)
    expect(mergeUses(before, new Map())).toBe(before)
  })
})

describe('the file', () => {
  it('reads back what was written, by project', () => {
    const text = putUses(putUses(null, 'here', known(used(5))), 'there', known(used(7)))
    expect([...readUses(text, 'here')]).toEqual([['attention', used(5)]])
    expect([...readUses(text, 'there')]).toEqual([['attention', used(7)]])
    expect(readUses(text, 'elsewhere').size).toBe(0)
  })

  it('merges with what another papergen wrote meanwhile', () => {
    const theirs = putUses(null, 'here', new Map([['flow', used(7)]]))
    expect([...readUses(putUses(theirs, 'here', known(used(5))), 'here').keys()].sort()).toEqual(['attention', 'flow'])
  })

  it('keeps no more than so many papers and projects, the longest unseen go', () => {
    const many: GpuUses = new Map(Array.from({ length: 2_500 }, (_, at) => [`p${at}`, used(1, { at })]))
    const kept = readUses(putUses(null, 'here', many), 'here')
    expect([kept.size, kept.has('p2499'), kept.has('p0')]).toEqual([2_000, true, false])
    const projects = Array.from({ length: 25 }, (_, at) => at)
    const text = projects.reduce<string | null>((t, at) => putUses(t, `p${at}`, known(used(1, { at: at + 1 }))), null)
    expect(projects.filter(at => readUses(text, `p${at}`).size === 1)).toEqual(projects.slice(5))
  })

  test.each([
    ['', 'nothing'],
    ['{"version":1', 'half of it'],
    ['[]', 'another thing'],
    ['{"version":2,"projects":{}}', 'another version'],
    ['{"version":1,"projects":{"here":{"a":{"run":1,"at":"x","peaks":{}}}}}', 'other types'],
    ['{"version":1,"projects":{"here":{"a":{"run":null,"at":1,"peaks":{"GPU-0":-5}}}}}', 'a number that cannot be'],
  ])('%j (%s) is as if nothing were known, and is written anew', text => {
    expect(readUses(text, 'here').size).toBe(0)
    expect(readUses(putUses(text, 'here', known(used(5))), 'here').size).toBe(1)
  })
})
