import { describe, expect, it } from 'vitest'
import { hopChain } from '../../src/core/hops.ts'
import { cells, fit } from '../../src/core/text.ts'
import { judge } from '../../src/core/verdict.ts'
import { situations } from './situations.ts'
import { leaking, now, worldOf } from './world.ts'

const paperIn = (observed: ReturnType<typeof worldOf>) => [...observed.papers.values()][0]!

describe('judge', () => {
  it.each(situations)('%s', (_, spec, level, hop, cause, fix) => {
    const observed = worldOf(spec)
    expect(judge(paperIn(observed), observed, now)).toEqual({ level, hop, cause, fix })
  })
})

describe('hopChain', () => {
  const signsOf = (spec: Parameters<typeof worldOf>[0]) => {
    const observed = worldOf(spec)
    return hopChain(paperIn(observed), observed, now).map(({ name, sign, words }) => `${name} ${sign} ${words}`)
  }

  it('is all ok for a paper that is fine', () => {
    expect(signsOf({})).toEqual([
      'registry ok 27000',
      'unit ok active',
      'process ok 4711',
      'local http ok 200 2 ms',
      'edge→gpu ok 3 ms',
      'nginx ok → 27000',
      'tls ok 59 d',
      'public ok 200 9 ms',
      'index ok listed',
      'cells ok no errors',
    ])
  })

  it('marks the process of a paper whose GPU memory grows', () => {
    expect(signsOf({ afterwards: leaking })).toContain('process bad 4711, its GPU memory grows')
  })

  it.each(situations.filter(([, , level]) => level === 'failing'))('shows where it breaks: %s', (_, spec, __, hop) => {
    const observed = worldOf(spec)
    const bad = hopChain(paperIn(observed), observed, now).filter(({ sign }) => sign === 'bad')
    const near = ['lan', 'nginx', 'tls', 'public'].includes(hop ?? '')
      ? ['lan', 'nginx', 'tls', 'public']
      : ['unit', 'process', 'local']
    expect(bad.some(state => near.includes(state.hop))).toBe(true)
  })
})

describe('docs/verdicts.md', () => {
  it('lists the situations this test proves', async () => {
    await expect(page()).toMatchFileSnapshot('../../docs/verdicts.md')
  })
})

const page = (): string => {
  const rows = situations.map(([what, , level, hop, cause, fix]) => [what, level, hop ?? '', cause, fix ?? ''])
  const columns = ['situation', 'verdict', 'hop', 'cause', 'fix']
  const widths = columns.map((column, i) => Math.max(...[columns, ...rows].map(row => cells(row[i] ?? column))))
  const line = (row: readonly string[]) => `| ${row.map((text, i) => fit(text, widths[i] ?? 0)).join(' | ')} |`
  return [
    '# Situations and verdicts',
    '',
    'Made from test/core/situations.ts by test/core/verdict.test.ts (`vitest run -u` renews it): what is found, and what papergen says.',
    '',
    line(columns),
    line(widths.map(width => '-'.repeat(width))),
    ...rows.map(line),
    '',
  ].join('\n')
}
