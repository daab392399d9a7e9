import { describe, expect, it } from 'vitest'
import { gridKeys } from '../../src/core/grid-keys.ts'
import { chosenIn, foundIn, whyNotRun } from '../../src/core/palette.ts'
import { nameOf } from '../../src/core/palette-entries.ts'
import { reduce } from '../../src/core/reduce.ts'
import { screenLines } from '../../src/core/screen.ts'
import type { Dialog, State } from '../../src/core/state.ts'
import { consoleOf, entryOf, reportOf, three, type } from './console-world.ts'
import { now } from './world.ts'

const world = consoleOf(three())
const withNotebooks = reduce(world, {
  type: 'notebooks',
  notebooks: [{ path: 'papers/x.py', mtimeMs: now, title: 'An X' }],
})
const opened = (state: State, query: string): State => type(state, ':', ...query).state
const first = (query: string): string | undefined => foundIn(withNotebooks, query)[0]?.words
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
      expect(foundIn(world, name)[0]).toMatchObject({ words: name, shown: keyShown, act: { kind: 'key', key } })
    }
  })

  it('a paper that is called as a key is told apart from it', () => {
    const { flow } = three()
    const called = consoleOf({ flow: flow!, failing: { ...flow, entry: { port: 27005 } }, all: {} })
    const below = (query: string) => type(opened(called, query), 'down')
    expect(
      foundIn(called, 'restart failing')
        .slice(0, 2)
        .map(({ shown: key }) => key),
    ).toEqual(['R', 'r'])
    const { state } = below('restart failing')
    expect(shown(state)).toMatch(/▸ r +restart failing/)
    const requests = [{ kind: 'restart', id: 'failing' }]
    expect(type(state, 'enter').effects).toEqual([{ kind: 'run', requests }])
    expect([...type(below('mark all').state, 'enter').state.ui.marks]).toEqual(['all'])
  })

  it('names no two entries the same', () => {
    const all = foundIn(withNotebooks, 'o').map(nameOf)
    expect(new Set(all).size).toBe(all.length)
  })
})

it('lets a character outside the first plane stand out as a whole', () => {
  const paper = consoleOf({ attention: { entry: { title: 'a' } } })
  const notebooks = [{ path: 'papers/👩.py', mtimeMs: now, title: 'Ada' }]
  const lines = screenLines(opened(reduce(paper, { type: 'notebooks', notebooks }), '👩'))
  expect(lines.flatMap(({ spans }) => spans).filter(({ text }) => text.includes('👩'))).toContainEqual({
    text: '👩',
    tone: 'strong',
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

  it.each([['split'], ['merge'], ['beside']])('the journal answers to %j', query => {
    expect(foundIn(world, query).map(({ words }) => words)).toContain('journal')
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
    ['journal', world, 'attention: its journal; marked papers: all merged; e beside it: split'],
    ['journal', marked, '2 marked papers: its journal; marked papers: all merged; e beside it: split'],
    ['journal', oneMarked, 'attention: its journal; marked papers: all merged; e beside it: split'],
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
    expect(found && whyNotRun(before, found)).toContain(why)
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

describe('the keys of a log that is open', () => {
  const entries = [entryOf('one'), entryOf('two')]
  const lines = { type: 'log-lines', unit: 'attention', source: 'journal', entries } as const
  const beside = reduce(type(world, 'l').state, lines)
  const inLog = type(beside, 'tab').state
  const ofLog = (state: State) =>
    foundIn(state, '').flatMap(({ words, shown: key }) =>
      words.startsWith('log: ') ? [`${key} ${words.slice(5)}`] : [],
    )

  it('are there while it is, each by its own name', () => {
    expect(ofLog(world)).toEqual([])
    expect(ofLog(inLog)).toEqual(
      [
        ['f pause', '/ find', 'n next hit', 'N previous hit', '& filter', '1 only emerg', '2 only alert and worse'],
        ['3 only crit and worse', '4 only err and worse', '5 only warning and worse', '6 only notice and worse'],
        ['7 only info and worse', '8 every priority', 'Enter open', 'i run', 's since', 'w wrap', 't times', 'y copy'],
        ['v select', 'S save', 'g first line', 'G last line', 'l close'],
      ].flat(),
    )
  })

  it('come first where the log has the focus, behind the others where not', () => {
    expect(foundIn(inLog, '')[0]?.words).toBe('log: pause')
    expect(foundIn(beside, '')[0]?.words).toBe('restart')
    expect(foundIn(beside, '').at(-1)?.words).toBe('log: close')
  })

  it.each([
    ['log: pause', { following: false }],
    ['log: err', { scope: { priority: 3 } }],
    ['log: find', { prompt: { kind: 'find' } }],
    ['log: save', { prompt: { kind: 'save' } }],
    ['log: wrap', { wrap: true }],
    ['log: times', { times: 'date' }],
  ])('%j does what the key does, and the log has the keys', (query, log) => {
    const wraps = inLog.log?.wrap
    const there = query === 'log: wrap' ? { wrap: !wraps } : log
    for (const state of [inLog, beside])
      expect(type(opened(state, query), 'enter').state).toMatchObject({
        log: there,
        ui: { focus: 'log', dialog: null },
      })
  })

  it('close the log with the key that opened it', () => {
    for (const key of ['l', 'e']) {
      const { state, effects } = type(opened(type(world, key).state, 'log: close'), 'enter')
      expect(state.log).toBeNull()
      expect(effects).toMatchObject([{ kind: 'close-log' }])
    }
  })

  it.each([
    ['log: next hit', inLog, 'nothing is searched for: / finds'],
    ['log: open', inLog, 'only a cell error with its traceback opens'],
    ['log: copy', type(world, 'l', 'tab').state, 'there is no line'],
    ['log: run', type(world, 'e', 'tab').state, "nginx's logs know no runs"],
  ])('%j says why it cannot act, and stays', (query, state, why) => {
    const before = opened(state, query)
    expect(shown(before)).toContain(why)
    const after = type(before, 'enter').state
    expect(after.notice?.text).toBe(`${query}: ${why}`)
    expect(after.ui.dialog).toMatchObject({ kind: 'palette' })
  })

  it('do nothing when the log was closed meanwhile', () => {
    const gone = reduce(opened(inLog, 'log: pause'), { type: 'log-closed' })
    expect(foundIn(gone, 'log: pause')).toEqual([])
  })
})

describe('with a thousand papers', () => {
  const thousand = () =>
    consoleOf(
      Object.fromEntries(
        Array.from({ length: 1_000 }, (_, at) => [
          `paper-${at}`,
          { entry: { port: 27000 + at, title: `Study ${at}` } },
        ]),
      ),
    )
  const many = thousand()

  it.each([
    [['r', 're', 'res', 'res 7', 'res 77', 'res 777', 'res 77', 'res', 'res 5'], 'restart paper-5'],
    [['s', 'st', 'study', 'study 12'], 'go to paper-12'],
    [['go to', 'go to paper', 'j'], 'journal'],
  ])('%j finds letter by letter what the last query alone finds', (queries, first) => {
    const words = (state: State, query: string) => foundIn(state, query).map(each => each.words)
    const found = queries.map(query => words(many, query)).at(-1)
    expect(found).toEqual(words(thousand(), queries.at(-1)!))
    expect(found?.[0]).toBe(first)
  })

  it('looks at no paper anew when something else of one is told', () => {
    const before = foundIn(many, 'restart paper-5')
    const told = new Map(many.observed.papers)
    told.set('paper-3', { ...told.get('paper-3')!, gpuHistory: [1, 2] })
    const after = foundIn({ ...many, observed: { ...many.observed, papers: told } }, 'restart paper-5')
    expect(after.length).toBe(before.length)
    expect(
      after.every((entry, at) => entry === before[at] || entry.act.kind !== 'key' || entry.act.paper === null),
    ).toBe(true)
  })
})

describe('moving in it', () => {
  const chosen = (...keys: string[]) => type(world, ':', ...keys).state.ui.dialog

  it.each([
    [['down'], 'R restart failing'],
    [['down', 'up', 'up'], 'r restart'],
    [['end'], 'q quit'],
    [['pagedown', 'pageup'], 'r restart'],
  ])('%j', (keys, name) => {
    expect(chosen(...keys)).toMatchObject({ chosen: name })
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
    expect(nameOf(found[chosenIn(found, dialog.chosen)]!)).toBe(dialog.chosen)
  })
})

it('asks for the notebooks where one could be published', () => {
  expect(type(world, ':').effects).toEqual([{ kind: 'list-notebooks' }])
  expect(type(consoleOf(three(), { readOnly: true }), ':').effects).toEqual([])
})
