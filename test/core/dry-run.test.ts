import { describe, expect, it } from 'vitest'
import { reduce } from '../../src/core/reduce.ts'
import { screenLines } from '../../src/core/screen.ts'
import type { State } from '../../src/core/state.ts'
import { consoleOf, planDraft, prepared, three, type } from './console-world.ts'
import { now, unreachable } from './world.ts'

const world = consoleOf(three())
const letters = [...'attention']
const refused = { kind: 'refused', problem: unreachable } as const
const many = planDraft(Array.from({ length: 60 }, (_, at) => `Step ${at + 1}`))

const shown = (state: State): string =>
  screenLines(state)
    .map(({ spans }) => spans.map(({ text }) => text).join(''))
    .join('\n')

describe('a question with a dry run', () => {
  it.each([
    ['u', true],
    ['x', true],
    ['r', false],
  ])('%s: %s', (key, isPrepared) => {
    const { state, effects } = type(world, key)
    expect(effects.map(({ kind }) => kind)).toEqual(isPrepared ? ['prepare'] : [])
    expect(shown(state).includes('Preparing the plan')).toBe(isPrepared)
  })

  it('runs nothing before the plan is shown', () => {
    for (const keys of [
      ['x', 'y'],
      ['x', 'Y'],
      ['u', ...letters, 'enter'],
    ]) {
      const { state, effects } = type(world, ...keys)
      expect(effects).toEqual([])
      expect(state.notice?.text).toContain('being prepared')
      expect(type(state, 'esc').state.ui.dialog).toBeNull()
    }
  })

  it('shows the steps, and runs the very requests they were prepared for', () => {
    const asked = type(world, 'x').state
    const ready = prepared(asked)
    expect(shown(ready)).toMatch(/y\/N *\n +1 +Check both hosts *\n +2 +Take it down/)
    const [effect] = type(ready, 'y').effects
    expect(effect).toMatchObject({ kind: 'run' })
    expect(effect && 'requests' in effect && effect.requests).toBe(
      asked.ui.dialog?.kind === 'confirm' && asked.ui.dialog.requests,
    )
  })

  it('wants no plan of another question', () => {
    const asked = type(type(world, 'x', 'esc').state, 'x').state
    expect(reduce(asked, { type: 'prepared', requests: [{ kind: 'repair', id: 'attention' }], drafts: [many] })).toBe(
      asked,
    )
    const left = type(asked, 'esc').state
    expect(reduce(left, { type: 'prepared', requests: [], drafts: [many] })).toBe(left)
  })

  it('shows a refusal with what, where, why and next, and cannot be confirmed', () => {
    const state = prepared(type(world, 'x').state, refused)
    expect(shown(state)).toMatch(/cannot be reached[\s\S]*Next: /)
    expect(shown(state)).not.toContain('y/N')
    expect(type(state, 'y')).toMatchObject({
      effects: [],
      state: { notice: { text: expect.stringContaining('refused') } },
    })
    const typed = prepared(type(world, 'u').state, refused)
    expect(type(typed, ...letters, 'enter').effects).toEqual([])
  })

  it('one refusal among several stops all', () => {
    const marked = type({ ...world, ui: { ...world.ui, marks: new Set(['attention', 'flow']) } }, 'x').state
    expect(type(prepared(marked, planDraft(), refused), '2', 'enter').effects).toEqual([])
    expect(type(prepared(marked, planDraft(), planDraft()), '2', 'enter').effects).toHaveLength(1)
  })

  it('is none when there is nothing to do', () => {
    const state = prepared(type(world, 'x').state, {
      kind: 'plan',
      warnings: [],
      title: 'Nothing to repair',
      steps: [],
      text: '',
    })
    expect(state).toMatchObject({ ui: { dialog: null }, notice: { text: 'Nothing to repair' } })
  })
})

describe('looking at the plan', () => {
  const asked = prepared(type(world, 'x').state, many)
  const unfolded = (state: State) => state.ui.dialog?.kind === 'confirm' && state.ui.dialog.dryRun?.unfoldedFrom

  it('Esc folds it, and then goes back', () => {
    const folded = type(asked, 'tab', 'esc').state
    expect([folded.ui.dialog?.kind, unfolded(folded)]).toEqual(['confirm', null])
    expect(type(folded, 'esc').state.ui.dialog).toBeNull()
  })

  it.each([['d'], ['tab']])('%s unfolds and folds it', key => {
    expect(shown(asked)).toMatch(/more lines: Tab shows all/)
    expect(shown(type(asked, key).state)).toContain('run    host: true')
    expect(unfolded(type(asked, key, key).state)).toBeNull()
  })

  it.each([
    [['down', 'down'], 2],
    [['j', 'k', 'k'], 0],
    [['pagedown'], asked.ui.rows - 8],
    [['d', 'end', 'home'], 0],
  ])('%j', (keys, from) => {
    expect(unfolded(type(asked, ...keys).state)).toBe(from)
  })

  it.each([
    [120, 40],
    [80, 24],
    [40, 15],
  ])('scrolls to its last line and no further at %i x %i', (columns, rows) => {
    const state = type({ ...asked, ui: { ...asked.ui, columns, rows } }, 'end').state
    const lines = shown(state).split('\n')
    expect(lines.at(-2)).toContain('run    host: true')
    expect(lines.join('\n')).toMatch(/60\. Step 60/)
    expect(shown(type(state, 'down').state)).toBe(shown(state))
  })

  it.each([
    [
      120,
      40,
      'x',
      ' y yes  Tab exact files and commands  Esc back ',
      /━━ Are you sure\? ━+ 1-\d+ of 121, j k scroll, Esc back ━━/,
    ],
    [40, 15, 'x', ' y yes  Tab files  Esc back ', /━━ Are you sure\? ━+ 1-\d+ of 121, j k ━━/],
    [120, 40, 'u', ' Enter confirm  Tab exact files and commands  Esc back ', /1-\d+ of 121, ↓ ↑ scroll, Esc back ━━/],
    [40, 15, 'u', ' Enter confirm  Tab files  Esc back ', /━━ Are you sure\? ━+ 1-\d+ of 121, ↓ ↑ ━━/],
  ])(
    'at %i x %i %s names its keys, and unfolded how to scroll and where one is',
    (columns, rows, key, bar, heading) => {
      const sized = { ...world, ui: { ...world.ui, columns, rows } }
      const question = prepared(type(sized, key).state, many)
      expect(shown(question).split('\n').at(-1)?.trimEnd()).toBe(bar.trimEnd())
      expect(shown(type(question, 'tab').state)).toMatch(heading)
    },
  )

  it('where something is typed, d is a letter', () => {
    const typed = prepared(type(world, 'u').state)
    expect(type(typed, 'd').state.ui.dialog).toMatchObject({ typed: 'd', dryRun: { unfoldedFrom: null } })
    expect(type(typed, 'tab').state.ui.dialog).toMatchObject({ typed: '', dryRun: { unfoldedFrom: 0 } })
  })
})

describe('a question has its answer on the screen at every size', () => {
  const papers = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`diffusion-${at + 1000}`, {}]))
  const sizes = [
    [40, 15],
    [80, 24],
    [120, 40],
  ] as const
  const sized = (state: State, [columns, rows]: readonly [number, number]): State => ({
    ...state,
    ui: { ...state.ui, columns, rows },
  })
  const flat = (state: State): string => shown(state).replace(/\s+/g, ' ')

  it.each(sizes)('of a thousand papers it names what has room, and whom it would cut off, at %i x %i', (...size) => {
    const asked = type(sized(consoleOf(papers), size), '*', 'r', '1', '0').state
    expect(shown(asked)).toMatch(/Type 1000 and Enter: 10▏ *\n[^\n]*Esc back/)
    const [, last, more] =
      /Restart 1000 papers: diffusion-1000, .*-(\d+) and (\d+) more\. All are ok; (nobody is viewing them)\./.exec(
        flat(asked),
      )!
    expect(Number(last) - 999 + Number(more)).toBe(1000)
  })

  it.each(sizes)('of papers taken off the site it leaves the plan a place, at %i x %i', (...size) => {
    const asked = prepared(type(sized(consoleOf(papers), size), '*', 'u').state)
    expect(shown(asked)).toMatch(/Type 1000 and Enter: ▏ *\n[^\n]*\n.*Unpublish attention: 2 steps/)
    expect(flat(type(asked, 'tab', '7').state)).toContain('Type 1000 and Enter: 7▏ Unpublish attention')
  })

  it('names all where they have room', () => {
    const few = Object.fromEntries(Object.entries(papers).slice(0, 12))
    const asked = type(sized(consoleOf(few), [120, 40]), '*', 'r').state
    expect(flat(asked)).toContain('diffusion-1010, diffusion-1011. All are ok; nobody')
  })

  it('beside the warnings of eight GPUs', () => {
    const asked = sized(consoleOf(papers), [40, 15])
    const peaks = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`GPU-${at}`, 40_000]))
    const gpuUses = new Map(Object.keys(papers).map(id => [id, { run: 'r', at: now, peaks }]))
    const warned = type({ ...asked, observed: { ...asked.observed, gpuUses } }, '*', 'r').state
    expect(flat(warned)).toContain('together at their last runs')
    expect(shown(warned)).toMatch(/Type 1000 and Enter: ▏ *\n[^\n]*Esc back/)
  })

  it.each([
    ['short', 'attention', 'Type attention and Enter: att▏'],
    [
      'variational-autoencoders-2024',
      'variational-autoencoders-2024',
      'Type its id and Enter: variational-autoencoders-2024▏',
    ],
    ['a'.repeat(63), 'a'.repeat(63), `Type its id and Enter: …${'a'.repeat(34)}▏`],
  ])('of %s what is typed is seen at 40 x 15', (_, id, answer) => {
    const asked = type(
      prepared(type(sized(consoleOf({ [id]: {} }), [40, 15]), 'u').state),
      ...(id === 'attention' ? 'att' : id),
    )
    expect(flat(asked.state)).toContain(answer)
  })
})
