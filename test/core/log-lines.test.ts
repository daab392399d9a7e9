import { describe, expect, it } from 'vitest'
import { reduce } from '../../src/core/reduce.ts'
import type { State } from '../../src/core/state.ts'
import { consoleOf, entryOf, shown, three, type } from './console-world.ts'

/** A focused journal with these lines. */
const logWith = (texts: readonly string[], size: readonly [number, number]): State => {
  const open = type(consoleOf(three(), {}, [...size]), 'l').state
  const entries = texts.map(text => entryOf(text))
  return type(reduce(open, { type: 'log-lines', unit: 'attention', source: 'journal', entries }), 'tab').state
}
const numbered = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}`)

describe('a log that is not read any more', () => {
  const text = 'A command failed on gpu: the disk that holds the journal cannot be read any more, and nobody knows why'
  const stopped = (state: State) => reduce(state, { type: 'log-failed', unit: 'attention', source: 'journal', text })

  it.each([
    [120, 40],
    [80, 24],
    [40, 15],
  ] as const)('says below its last line why, and what reads it anew, at %ix%i', (...size) => {
    const state = stopped(logWith(numbered(100), size))
    const screen = shown(state)
    expect(screen).toMatch(/━━ Journal: attention ── stopped ━/)
    expect(screen).toMatch(/line 99\n A command failed on gpu: the disk/)
    expect(screen).toMatch(/\n Next: f reads it anew\n/)
    expect(shown(type(state, 'tab').state)).toContain('Next: Tab, then f, reads it anew')
  })

  it('says all of it where there is no line', () => {
    const screen = shown(stopped(logWith([], [80, 24])))
    expect(screen.replaceAll(/\s+/g, ' ')).toContain(`${text} Next: f reads it anew`)
    expect(screen).not.toContain('No lines yet')
  })

  it('is read anew by f as it was read before, and pages as far as there is room for lines', () => {
    const state = stopped(logWith(numbered(100), [80, 24]))
    const { state: reading, effects } = type(state, 'f')
    expect(effects).toMatchObject([{ kind: 'open-log', unit: 'attention', range: { words: 'last 500 lines' } }])
    expect(reading.log).toMatchObject({ failed: null, following: true })
    const seen = (one: State) => shown(one).match(/line \d+/g) ?? []
    expect(seen(type(state, 'pageup', 'pageup').state)).toContain(seen(type(state, 'pageup').state)[0])
  })
})
