import { describe, expect, it } from 'vitest'
import { hopChain } from '../../src/core/hops.ts'
import { judge } from '../../src/core/verdict.ts'
import { situations } from './situations.ts'
import { now, worldOf } from './world.ts'

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

  it.each(situations.filter(([, , level]) => level === 'failing'))('shows where it breaks: %s', (_, spec, __, hop) => {
    const observed = worldOf(spec)
    const bad = hopChain(paperIn(observed), observed, now).filter(({ sign }) => sign === 'bad')
    const near = ['lan', 'nginx', 'tls', 'public'].includes(hop ?? '')
      ? ['lan', 'nginx', 'tls', 'public']
      : ['unit', 'process', 'local']
    expect(bad.some(state => near.includes(state.hop))).toBe(true)
  })
})
