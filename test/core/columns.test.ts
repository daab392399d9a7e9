import { describe, expect, it } from 'vitest'
import { type Column, columnNames, columnsFor } from '../../src/core/columns.ts'
import { reduce } from '../../src/core/reduce.ts'
import { screenLines } from '../../src/core/screen.ts'
import { consoleOf, shown, three, type } from './console-world.ts'

const ids = ['diffusion-101', 'attention']
const names = (chosen: readonly Column[], width: number, listed = ids): string =>
  columnsFor(chosen, width, listed)
    .map(({ column }) => column)
    .join(' ')
const words = (text: string): Column[] => text.split(' ') as Column[]

describe('the columns that fit', () => {
  it.each([
    [200, 'paper title port unit up gpu edge verdict'],
    [120, 'paper title port unit up gpu edge verdict'],
    [105, 'paper title port unit up gpu edge verdict'],
    [104, 'paper title port unit gpu edge verdict'],
    [96, 'paper port unit gpu edge verdict'],
    [80, 'paper port unit gpu edge verdict'],
    [74, 'paper port unit edge verdict'],
    [63, 'paper unit edge verdict'],
    [56, 'paper unit edge'],
    [40, 'paper unit edge'],
    [37, 'paper unit'],
    [23, 'paper'],
  ])('of all, at %i', (width, kept) => {
    expect(names(columnNames, width)).toBe(kept)
  })

  it.each([
    ['verdict paper', 120, 'verdict paper'],
    ['verdict paper', 40, 'verdict paper'],
    ['verdict paper', 30, 'paper'],
    ['gpu up paper port', 42, 'gpu up paper port'],
    ['gpu up paper port', 41, 'gpu paper port'],
    ['paper title', 40, 'paper title'],
    ['paper', 40, 'paper'],
  ])('of %j at %i', (chosen, width, kept) => {
    expect(names(words(chosen), width)).toBe(kept)
  })

  it('each that stays on a screen stays on every wider one, and none goes past its edge', () => {
    for (const chosen of [columnNames, words('verdict title paper'), words('up gpu paper port'), words('paper')])
      for (const listed of [ids, ['a'], ['x'.repeat(63)]])
        for (let width = 40; width < 220; width++) {
          const here = columnsFor(chosen, width, listed)
          expect(here.reduce((sum, column) => sum + column.width + 2, 2)).toBeLessThanOrEqual(width)
          const wider = names(chosen, width + 1, listed)
          for (const { column } of here) expect(wider).toContain(column)
        }
  })

  it('gives the GPU memory its sparkline where everything fits with it', () => {
    const gpu = (width: number) => columnsFor(words('paper gpu'), width, ids).find(({ column }) => column === 'gpu')
    expect(gpu(40)).toMatchObject({ heading: 'GPU MEMORY', width: 13 })
    expect(gpu(30)).toMatchObject({ heading: 'GPU MEM', width: 9 })
  })
})

describe('the sign of a journal that moves', () => {
  const rowOf = (chosen: string, width: number, moving: readonly string[]): string => {
    const world = reduce(consoleOf(three(), { chosen: words(chosen) }, [width, 20]), {
      type: 'moving',
      papers: new Set(moving),
    })
    const rows = screenLines(world).map(({ spans }) => spans.map(({ text }) => text).join(''))
    return rows.find(row => /flow(?! M)/.test(row)) ?? ''
  }

  it.each([
    ['paper port', 40, '  ✗ flow      » 27002'],
    ['port paper', 40, '  ✗ 27002 »flow'],
    ['paper', 40, '  ✗ flow      » '],
    ['paper verdict', 40, '  ✗ flow      » failing: '],
    ['verdict paper', 40, ' »flow      '],
  ])('stands beside the paper: %j at %i', (chosen, width, row) => {
    const still = rowOf(chosen, width, ['attention'])
    const moving = rowOf(chosen, width, ['flow'])
    expect(still).not.toContain('»')
    expect(moving).toContain(row)
    expect(moving.replace('»', ' ')).toBe(still)
    expect(moving).toContain('»')
  })

  it('stands apart from the longest id', () => {
    const world = reduce(consoleOf({ 'diffusion-101': {} }, {}, [80, 24]), {
      type: 'moving',
      papers: new Set(['diffusion-101']),
    })
    expect(shown(world)).toContain('diffusion-101 » ')
  })
})

describe('the grid of the chosen ones', () => {
  const few = consoleOf(three(), { chosen: words('verdict port paper') })
  const shown = (state: typeof few): string =>
    screenLines(state)
      .map(({ spans }) => spans.map(({ text }) => text).join(''))
      .join('\n')

  it('stands in their order, the sign before all', () => {
    expect(shown(few)).toMatch(/^ {4}VERDICT ▴ +PORT {2}PAPER *\n.*\n?.*✗ failing: /m)
    expect(shown(few)).toMatch(/✗ failing: .*27001 {2}diffusion/)
  })

  it('s goes through them; what is not among them can be sorted by all the same', () => {
    const columns = ['s', 's', 's'].map((_, at) => type(few, ...'s'.repeat(at + 1)).state.ui.sort.column)
    expect(columns).toEqual(['port', 'paper', 'verdict'])
    const byUnit = type(few, ':', ...'sort by unit', 'enter').state
    expect(shown(byUnit)).toContain('sort: unit')
    expect(shown(byUnit)).toMatch(/attention[\s\S]*diffusion[\s\S]*flow/)
    expect(type(byUnit, 's').state.ui.sort.column).toBe('verdict')
  })

  it('the palette lists them before those that are not among them, and says so', () => {
    const palette = shown(type(few, ':', ...'sort by').state)
    expect(palette).toMatch(/(sort by (verdict|port|paper) +\n[\s\S]*){3}sort by (unit|up|gpu|edge|title) +not among/)
    expect(palette).toMatch(/sort by title +not among the columns/)
    expect(palette).not.toMatch(/sort by port +not/)
  })
})
