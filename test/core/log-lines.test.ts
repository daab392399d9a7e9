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

describe('a wrapped line that is taller than the pane', () => {
  const words = (count: number) => Array.from({ length: count }, (_, at) => `word${at}`.padEnd(10, '.')).join('')
  const long = words(70)
  /** Its rows on the screen, without what stands before them. */
  const rows = (state: State) =>
    shown(state)
      .split('\n')
      .filter(row => row.includes('...'))
      .map(row => row.slice(state.ui.columns < 60 ? 13 : 23))
  const cursor = (state: State) => shown(state).match(/^▸.*$/gm)
  const logs = [
    ['120x40', ['before', words(210), 'after'], [120, 40]],
    ['80x24', ['before', long, 'after'], [80, 24]],
    ['40x15', ['before', words(20), 'after'], [40, 15]],
  ] as const

  it.each(logs)('is read from its start to its end and back, at %s', (_, texts, size) => {
    let state = type(logWith(texts, size), 'w', 'g').state
    expect(shown(state)).toMatch(/^▸.*before$/m)
    const seen = new Set<string>()
    state = type(state, 'j').state
    expect(rows(state)[0]).toMatch(/^word0\./)
    for (let step = 0; step < 90 && !/^▸.*after$/m.test(shown(state)); step++) {
      expect(cursor(state), `step ${step}`).toHaveLength(1)
      for (const row of rows(state)) seen.add(row)
      state = type(state, 'j').state
    }
    expect([...seen].join('')).toBe(texts[1])
    expect(cursor(state)).toEqual([expect.stringMatching(/after$/)])
    for (let step = 0; step < 90 && !/^▸.*before$/m.test(shown(state)); step++) {
      expect(cursor(state), `back ${step}`).toHaveLength(1)
      state = type(state, 'k').state
    }
    expect(cursor(state)).toEqual([expect.stringMatching(/before$/)])
  })

  it.each(logs)('is paged through, at %s', (_, texts, size) => {
    let state = type(logWith(texts, size), 'w', 'g', 'j').state
    const seen = new Set<string>()
    for (let step = 0; step < 20; step++, state = type(state, 'pagedown').state)
      for (const row of rows(state)) seen.add(row)
    expect([...seen].join('')).toBe(texts[1])
    expect(cursor(state)).toEqual([expect.stringMatching(/after$/)])
  })

  it('stays at its end or its start where there is no line beyond', () => {
    const alone = type(logWith([long], [80, 24]), 'w').state
    expect(rows(alone).at(-1)).toMatch(/word69\.+$/)
    const atEnd = type(alone, 'f', 'j', 'j').state
    expect(rows(atEnd)).toEqual(rows(alone))
    const atStart = type(atEnd, 'g').state
    expect(rows(atStart)[0]).toMatch(/^word0\./)
    expect(rows(type(atStart, 'k', 'k').state)).toEqual(rows(atStart))
  })

  it('does not hide the lines before it', () => {
    expect(shown(type(logWith(['one', 'two', long], [80, 24]), 'w', 'g').state)).toMatch(/▸.*one\n.*two\n.*word0\./)
  })
})

it('a wrapped line at the cursor is seen from its start wherever it fits', () => {
  const texts = [...numbered(20), `begin ${'x'.repeat(120)}`, ...numbered(7)]
  const state = type(logWith(texts, [80, 24]), 'w', ...Array<string>(7).fill('k')).state
  expect(shown(state)).toMatch(/^▸.*begin x/m)
})
