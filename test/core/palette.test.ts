import { describe, expect, it } from 'vitest'
import { gridKeys } from '../../src/core/grid-keys.ts'
import { chosenIn, foundIn, whyNotRun } from '../../src/core/palette.ts'
import { screenLines } from '../../src/core/screen.ts'
import { type Dialog, reduce, type State } from '../../src/core/state.ts'
import { consoleOf, reportOf, three, type } from './console-world.ts'
import { now } from './world.ts'

const world = consoleOf(three())
const withNotebooks = reduce(world, {
  type: 'notebooks',
  notebooks: [{ path: 'papers/x.py', mtimeMs: now, title: 'An X' }],
})
const opened = (state: State, query: string): State => type(state, ':', ...query).state
const first = (query: string): string | undefined => foundIn(withNotebooks, query)[0]?.entry.words
const shown = (state: State): string =>
  screenLines(state)
    .map(({ spans }) => spans.map(({ text }) => text).join(''))
    .join('\n')

describe('what it finds', () => {
  it.each([
    ['restart attention', 'restart attention'],
    ['journal of diffusion', 'journal of diffusion'],
    ['go to flow', 'go to flow'],
    ['gt flow', 'go to flow'],
    ['sort by port', 'sort by port'],
    ['publish papers/x.py', 'publish papers/x.py'],
    ['publish', 'publish'],
    ['help', 'help'],
    ['hosts', 'hosts'],
    ['quit', 'quit'],
    ['확산 hops', 'hops of diffusion'],
    ['browser', 'open'],
    ['attention', 'go to attention'],
    ['flow matching', 'go to flow'],
    ['r', 'restart'],
    ['R', 'restart failing'],
    ['u', 'unpublish'],
  ])('%j', (query, words) => {
    expect(first(query)).toBe(words)
  })

  it('every key of the grid by its name, each with its key', () => {
    for (const { key, name, shown: keyShown } of gridKeys.filter(each => each.key !== ':')) {
      expect(foundIn(world, name)[0]?.entry).toMatchObject({ words: name, shown: keyShown, act: { kind: 'key', key } })
    }
  })

  it('names no two entries the same', () => {
    const all = foundIn(withNotebooks, 'o').map(({ entry }) => entry.words)
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('Enter runs what the key would run', () => {
  it.each([
    ['restart flow', [{ kind: 'run', requests: [{ kind: 'restart', id: 'flow' }] }]],
    ['journal of flow', [{ kind: 'open-log', unit: 'flow', source: 'journal' }]],
    ['copy url of diffusion', [{ kind: 'copy-url', id: 'diffusion' }]],
    ['quit', [{ kind: 'quit' }]],
  ])('%j', (query, effects) => {
    expect(type(opened(world, query), 'enter')).toMatchObject({ effects, state: { ui: { dialog: null } } })
  })

  it('with the same question', () => {
    const { state, effects } = type(opened(world, 'restart attention'), 'enter')
    expect(effects).toEqual([])
    expect(state.ui.dialog).toMatchObject({ kind: 'confirm', question: expect.stringContaining('3 viewers') })
    const typed = type(opened(world, 'unpublish flow'), 'enter').state
    expect(typed.ui.dialog).toMatchObject({ kind: 'confirm', expected: 'flow' })
  })

  it('on the paper it names, though others are marked; they stay marked', () => {
    const marked = { ...world, ui: { ...world.ui, marks: new Set(['attention', 'diffusion']) } }
    const { state, effects } = type(opened(marked, 'restart flow'), 'enter')
    expect(effects).toEqual([{ kind: 'run', requests: [{ kind: 'restart', id: 'flow' }] }])
    expect([...state.ui.marks]).toEqual(['attention', 'diffusion'])
  })

  it('mark marks one more', () => {
    const marked = { ...world, ui: { ...world.ui, marks: new Set(['attention']) } }
    expect([...type(opened(marked, 'mark flow'), 'enter').state.ui.marks].sort()).toEqual(['attention', 'flow'])
  })

  it('goes to a paper the filter hides, which ends the filter', () => {
    const filtered = type(world, '/', ...'flow', 'enter').state
    const { state } = type(opened(filtered, 'go to attention'), 'enter')
    expect(state.ui).toMatchObject({ cursor: 'attention', filter: '' })
  })

  it('sorts', () => {
    expect(type(opened(world, 'sort by port'), 'enter').state.ui.sort.column).toBe('port')
  })
})

describe('what stands beside an entry', () => {
  const line = (state: State, words: string): string =>
    shown(state)
      .split('\n')
      .find(each => new RegExp(`^[▸ ] \\S+ +${words}(  |$)`).test(each))
      ?.replace(new RegExp(`^.*?${words}`), '')
      .trim() ?? 'not found'
  const marked = { ...world, ui: { ...world.ui, marks: new Set(['attention', 'flow']) } }
  const oneMarked = { ...world, ui: { ...world.ui, marks: new Set(['flow']) } }

  it.each([
    ['restart', world, 'attention'],
    ['restart', marked, '2 marked papers'],
    ['restart', oneMarked, 'flow'],
    ['journal', world, 'attention'],
    ['journal', marked, '2 marked papers'],
    ['journal', oneMarked, 'attention'],
    ['hops', world, 'attention: the hop chain: where a paper breaks'],
    ['repair', world, 'attention: finish or undo what was interrupted, mend drift'],
    ['unpublish', world, 'attention: take the paper off the site'],
    ['restart failing', world, 'restart every failing paper'],
    ['past operations', world, 'who did what, how it ended'],
    ['help', world, ''],
    ['quit', world, ''],
  ])('%s', (words, state, detail) => {
    expect(line(type(state, ':').state, words)).toBe(detail)
  })
})

describe('what cannot run', () => {
  const running = reduce(world, { type: 'operation', report: reportOf() })
  const readOnly = consoleOf(three(), { readOnly: true })

  it.each([
    ['restart flow', running, 'restart attention is under way'],
    ['restart flow', readOnly, '--read-only'],
    ['zoom', world, 'no log pane is open'],
    ['publish', readOnly, '--read-only'],
  ])('%j says why and stays', (query, state, why) => {
    const before = opened(state, query)
    const found = foundIn(before, query)[0]
    expect(found && whyNotRun(before, found.entry)).toContain(why)
    expect(shown(before)).toContain(why)
    const pressed = type(before, 'enter')
    expect(pressed.effects).toEqual([])
    expect(pressed.state.ui.dialog).toMatchObject({ kind: 'palette' })
    expect(pressed.state.notice?.text).toContain(why)
  })

  it('what matches nothing', () => {
    expect(type(opened(world, 'zzzz'), 'enter').state.notice?.text).toContain('Nothing matches')
  })
})

describe('moving in it', () => {
  const chosen = (...keys: string[]) => type(world, ':', ...keys).state.ui.dialog

  it.each([
    [['down'], 'restart failing'],
    [['down', 'up', 'up'], 'restart'],
    [['end'], 'quit'],
    [['pagedown', 'pageup'], 'restart'],
  ])('%j', (keys, words) => {
    expect(chosen(...keys)).toMatchObject({ chosen: words })
  })

  it('a letter chooses the best again, Backspace and Esc go back', () => {
    expect(chosen('down', 'h')).toMatchObject({ query: 'h', chosen: null })
    expect(chosen('h', '확', 'backspace')).toMatchObject({ query: 'h' })
    expect(chosen('h', 'esc')).toBeNull()
  })

  it('the chosen entry stays chosen when others come', () => {
    const at = type(world, ':', ...'pu', 'down').state
    const later = reduce(at, { type: 'notebooks', notebooks: [{ path: 'papers/pu.py', mtimeMs: now, title: 'Pu' }] })
    const dialog = later.ui.dialog as Extract<Dialog, { kind: 'palette' }>
    const found = foundIn(later, dialog.query)
    expect(found.length).toBe(foundIn(at, dialog.query).length + 1)
    expect(found[chosenIn(found, dialog.chosen)]?.entry.words).toBe(dialog.chosen)
  })
})

it('asks for the notebooks where one could be published', () => {
  expect(type(world, ':').effects).toEqual([{ kind: 'list-notebooks' }])
  expect(type(consoleOf(three(), { readOnly: true }), ':').effects).toEqual([])
})
