import { describe, expect, it } from 'vitest'
import { reduce } from '../../src/core/reduce.ts'
import { consoleOf, entryOf, shown, three, type } from './console-world.ts'

const inLog = (size: readonly [number, number]) => {
  const open = type(consoleOf(three(), {}, [...size]), 'l').state
  const line = { type: 'log-lines', unit: 'attention', source: 'journal', entries: [entryOf('hello')] } as const
  return type(reduce(open, line), 'tab').state
}
const bar = (state: ReturnType<typeof inLog>): string => shown(state).split('\n').at(-1) ?? ''

describe('what is typed at a log', () => {
  it.each([
    [120, 40, 'Save on this machine to ~/papergen-attention-20261123-140200.log▏   Enter saves what is shown, Esc'],
    [80, 24, 'Save on this machine to ~/papergen-attention-20261123-140200.log▏   Enter'],
    [40, 15, ' Save to …attention-20261123-140200.log▏'],
  ])('is a name whose end is seen at %ix%i', (columns, rows, words) => {
    expect(bar(type(inLog([columns, rows]), 'S').state)).toContain(words)
  })

  it.each([['/'], ['&']])('has its end on the screen at %s too', key => {
    const state = type(inLog([40, 15]), key, ...`${'확'.repeat(30)} and the end`).state
    expect(bar(state)).toMatch(/^ . ?…확.* and the end▏/)
  })
})
