import { describe, expect, it } from 'vitest'
import type { Hop } from '../../src/core/facts.ts'
import { causeOf, partOf } from '../../src/core/hop-cause.ts'
import type { HopState } from '../../src/core/hops.ts'

const order: readonly Hop[] = [
  ...(['registry', 'unit', 'process', 'local', 'lan'] as const),
  ...(['nginx', 'tls', 'public', 'index', 'cells'] as const),
]

const chainOf = (...broken: readonly Hop[]): readonly HopState[] =>
  order.map(hop => ({ hop, name: hop, sign: broken.includes(hop) ? 'bad' : 'ok', words: '' }))

describe('the hop that breaks, and what only follows from it', () => {
  it.each<[string, readonly Hop[], Hop | null, Hop | null, readonly Hop[]]>([
    ['nothing is broken', [], null, null, []],
    ['a crash', ['unit', 'lan', 'public'], 'unit', 'unit', ['lan', 'public']],
    ['a wrong route', ['nginx', 'public'], 'nginx', 'nginx', ['public']],
    ['a port that is held', ['unit', 'process', 'lan', 'public'], 'process', 'process', ['unit', 'lan', 'public']],
    ['troubles of their own stay loud', ['unit', 'tls', 'index', 'cells', 'public'], 'unit', 'unit', ['public']],
    ['without a hop in the verdict the first counts', ['lan', 'public'], null, 'lan', ['public']],
    ['a hop that is not seen broken is not taken', ['public'], 'nginx', 'public', []],
  ])('%s', (_, broken, named, expected, following) => {
    const chain = chainOf(...broken)
    const cause = causeOf(chain, named)
    expect(cause?.hop ?? null).toBe(expected)
    expect(chain.filter(hop => partOf(hop, cause) === 'follows').map(({ hop }) => hop)).toEqual(following)
    expect(chain.filter(hop => partOf(hop, cause) === 'cause').length).toBe(expected === null ? 0 : 1)
  })
})
