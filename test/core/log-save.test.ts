import { describe, expect, it } from 'vitest'
import { reduce } from '../../src/core/reduce.ts'
import { consoleOf, entryOf, three, type } from './console-world.ts'

const inLog = () => {
  const open = type(consoleOf(three()), 'l').state
  const line = { type: 'log-lines', unit: 'attention', source: 'journal', entries: [entryOf('hello')] } as const
  return type(reduce(open, line), 'tab').state
}
describe('the name that S proposes', () => {
  it('is another one for each time the lines are saved, however soon', () => {
    let state = inLog()
    const paths: unknown[] = []
    for (let time = 0; time < 3; time++) {
      const { effects, ...saved } = type(state, 'S', 'enter')
      paths.push(effects.map(effect => effect.kind === 'save' && effect.path))
      ;({ state } = saved)
    }
    const name = '~/papergen-attention-20261123-140200'
    expect(paths.flat()).toEqual([`${name}.log`, `${name}-2.log`, `${name}-3.log`])
  })
})
