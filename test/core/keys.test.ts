import { describe, expect, it } from 'vitest'
import { reduce } from '../../src/core/reduce.ts'
import { rowAtCursor } from '../../src/core/rows.ts'
import type { State } from '../../src/core/state.ts'
import { consoleOf, entryOf, prepared, reportOf, shown, three, type } from './console-world.ts'
import { now } from './world.ts'

const at = (state: State, cursor: string): State => ({ ...state, ui: { ...state.ui, cursor } })
const world = at(consoleOf(three()), 'attention')
const running = reduce(world, { type: 'operation', report: reportOf() })
const letters = (word: string): readonly string[] => [...word]

describe('moving', () => {
  it.each([
    ['g', 'diffusion'],
    ['G', 'attention'],
    ['k', 'flow'],
    ['up', 'flow'],
    ['j', 'attention'],
    ['pageup', 'diffusion'],
    ['pagedown', 'attention'],
  ])('%s from the last row', (key, cursor) => {
    expect(type(world, key).state.ui.cursor).toBe(cursor)
  })

  it('does nothing without rows', () => {
    expect(type(consoleOf({}), 'j', 'G', 'pagedown', 'enter', ' ').state.ui.cursor).toBeNull()
  })

  it('counts every key it was given, whatever came of it', () => {
    expect(type(world, 'j', 'Q', 'esc').state.handled).toBe(3)
  })
})

describe('confirming', () => {
  const run = (id: string, kind = 'restart') => [{ kind: 'run', requests: [{ kind, id }] }]

  it('restarts a failing paper at once', () => {
    expect(type(at(world, 'flow'), 'r').effects).toEqual(run('flow'))
  })

  it.each([
    [['y'], run('attention')],
    [['Y'], run('attention')],
    [['n'], []],
    [['enter'], []],
    [['esc'], []],
    [['x'], []],
    [['r'], []],
  ] as const)('a healthy one after y alone: %j', (keys, effects) => {
    const asked = type(world, 'r')
    expect(asked.effects).toEqual([])
    expect(asked.state.ui.dialog).toMatchObject({ kind: 'confirm', expected: null })
    expect(type(asked.state, ...keys).effects).toEqual(effects)
  })

  it('a yes to a restart that asked nothing copies nothing, and says so', () => {
    const running = reduce(type(at(world, 'flow'), 'r').state, {
      type: 'requested',
      requests: [{ kind: 'restart', id: 'flow' }],
    })
    const pressed = type(running, 'y')
    expect(pressed.effects).toEqual([])
    expect(pressed.state.notice).toEqual({ tone: 'info', text: 'Nothing was asked: the restart runs already.' })
    const over = reduce(running, { type: 'requested', requests: [] })
    expect(type(over, 'y').effects).toEqual([{ kind: 'copy-url', id: 'flow' }])
  })

  it('unpublishes when the very id was typed', () => {
    const asked = prepared(type(world, 'u').state)
    expect(type(asked, ...letters('attention'), 'enter').effects).toEqual(run('attention', 'unpublish'))
    const mistaken = type(asked, ...letters('attentiom'), 'enter')
    expect(mistaken.effects).toEqual([])
    expect(mistaken.state.notice?.text).toContain('attention')
    expect(type(mistaken.state, 'backspace', 'n', 'enter').effects).toEqual(run('attention', 'unpublish'))
  })

  it.each([['y'], ['Y'], ['enter'], ['r']])('%s alone does not unpublish', key => {
    expect(type(prepared(type(world, 'u').state), key, 'enter').effects).toEqual([])
  })

  it('restarts all failing after their count', () => {
    const requests = ['diffusion', 'flow'].map(id => ({ kind: 'restart', id }))
    expect(type(world, 'R', '2', 'enter').effects).toEqual([{ kind: 'run', requests }])
    expect(type(world, 'R', '3', 'enter').effects).toEqual([])
  })

  it('does what was asked, though the cursor moved on meanwhile', () => {
    const asked = type(world, 'r').state
    expect(type(at(asked, 'flow'), 'y').effects).toEqual(run('attention'))
  })

  it.each(['r', 'u', 'x', 'R', 'p'])('%s during an operation is refused with the reason', key => {
    const pressed = type(running, key)
    expect(pressed.effects).toEqual([])
    expect(pressed.state.ui.dialog).toBeNull()
    expect(pressed.state.notice?.text).toContain('restart attention is under way')
  })

  it('does not begin beside an operation that began while it was asked', () => {
    const asked = type(world, 'r').state
    const meanwhile = reduce(asked, { type: 'requested', requests: [{ kind: 'repair', id: 'flow' }] })
    const pressed = type(meanwhile, 'y')
    expect(pressed.effects).toEqual([])
    expect(pressed.state.notice?.text).toContain('repair flow is under way')
  })
})

describe('Ctrl-C', () => {
  const told = (more: Parameters<typeof reportOf>[1]) =>
    reduce(world, { type: 'operation', report: reportOf({ kind: 'running' }, more) })

  it.each([
    ['idle it quits', world, [{ kind: 'quit' }], null],
    ['the first cancels', told({ operation: 'publish' }), [{ kind: 'cancel' }], 'undone'],
    ['a restart, which has no undo, is only waited for no more', running, [{ kind: 'cancel' }], 'goes on'],
    ['a second is ignored and says so', told({ cancelling: true }), [], 'Already cancelling'],
    ['past the commit point it finishes', told({ committed: true }), [], 'finishes'],
    [
      'quits after the end',
      reduce(running, { type: 'operation', report: reportOf({ kind: 'done' }) }),
      [{ kind: 'quit' }],
      null,
    ],
    [
      'cancels before the first step was told',
      reduce(world, { type: 'requested', requests: [{ kind: 'restart', id: 'flow' }] }),
      [{ kind: 'cancel' }],
      'undone',
    ],
  ] as const)('%s', (_, state, effects, words) => {
    const pressed = type(state, 'ctrl-c')
    expect(pressed.effects).toEqual(effects)
    if (words === null) expect(pressed.state.notice).toBeNull()
    else expect(pressed.state.notice?.text).toContain(words)
  })

  it.each([[['u']], [['?']], [['/']], [['p']]])('quits from inside %j', keys => {
    expect(type(world, ...keys, 'ctrl-c').effects).toEqual([{ kind: 'quit' }])
  })
})

describe('Ctrl-Z', () => {
  it.each([[[]], [['u']], [['?']], [['/']], [['p']]])('suspends from inside %j', keys => {
    expect(type(world, ...keys, 'ctrl-z').effects).toEqual([{ kind: 'suspend' }])
  })

  it('does not during an operation, and says why', () => {
    const pressed = type(running, 'ctrl-z')
    expect(pressed.effects).toEqual([])
    expect(pressed.state.notice?.text).toContain('both hosts would stay locked')
  })
})

describe('q', () => {
  it('quits when nothing is under way, asks otherwise', () => {
    expect(type(world, 'q').effects).toEqual([{ kind: 'quit' }])
    const asked = type(running, 'q')
    expect(asked).toMatchObject({ effects: [], state: { ui: { dialog: { kind: 'quit' } } } })
    expect(type(asked.state, 'n').effects).toEqual([])
    expect(type(asked.state, 'y').effects).toEqual([{ kind: 'cancel' }, { kind: 'quit' }])
  })

  it('is a letter like any other in a filter and in a typed confirmation', () => {
    expect(type(world, '/', 'q')).toMatchObject({ effects: [], state: { ui: { filter: 'q' } } })
    expect(type(world, 'u', 'q')).toMatchObject({ effects: [], state: { ui: { dialog: { typed: 'q' } } } })
  })
})

describe('the filter', () => {
  it.each([
    ['^(att|fl)', ['attention', 'flow']],
    ['port:2700[12]', ['diffusion', 'flow']],
    ['PORT:\\D', []],
    ['!^a', ['diffusion', 'flow']],
    // Half typed: it is looked for as it stands, and nobody has it.
    ['(att', []],
  ])('takes %j as a regular expression', (filter, ids) => {
    const { state } = type(consoleOf(three()), '/', ...letters(filter), 'enter', '*')
    expect([...state.ui.marks].sort()).toEqual(ids)
  })

  it.each([
    ['flow', ['flow']],
    ['확산', ['diffusion']],
    ['!verdict:failing', ['attention']],
    ['verdict:failing', ['diffusion', 'flow']],
    ['unit:failed', ['diffusion', 'flow']],
    ['port:27002', ['flow']],
    ['', ['diffusion', 'flow', 'attention']],
    ['nothing like it', []],
  ])('%j', (filter, ids) => {
    const { state } = type(world, '/', ...letters(filter), 'enter', '*')
    expect(state.ui.editingFilter).toBe(false)
    expect([...state.ui.marks]).toEqual(ids)
  })

  it('puts the cursor on what it shows, so that no key acts on a hidden paper', () => {
    const { state } = type(world, '/', ...letters('flow'), 'enter')
    expect(rowAtCursor(state)?.paper.id).toBe('flow')
  })

  it('moves the cursor off what f hides', () => {
    expect(rowAtCursor(type(world, 'f').state)?.paper.id).toBe('flow')
  })

  it('is cleared by Esc, while edited and after', () => {
    expect(type(world, '/', 'x', 'esc').state.ui).toMatchObject({ filter: '', editingFilter: false })
    expect(type(world, '/', 'f', 'enter', 'esc').state.ui.filter).toBe('')
  })

  it('is drawn clean while it is edited, whatever was remembered of it', () => {
    const remembered = { ...world, ui: { ...world.ui, filter: '\u001b[31mfl\u001b]0;title\u0007o\nw\u202e ' } }
    const lines = shown(type(remembered, '/').state).split('\n')
    expect(lines).toHaveLength(40)
    expect(lines.at(-1)).toContain(' /flo w ▏ ')
  })

  it('Backspace takes a whole character', () => {
    expect(type(world, '/', '확', '🙂', 'backspace').state.ui.filter).toBe('확')
  })
})

describe('the log pane', () => {
  const entries = Array.from({ length: 100 }, (_, i) => entryOf(String(i)))
  const opened = type(world, 'l')
  const lines = { type: 'log-lines', unit: 'attention', source: 'journal', entries } as const
  const focused = type(reduce(opened.state, lines), 'tab').state

  it('opens and closes with its key, and follows the paper', () => {
    expect(opened.effects).toMatchObject([{ kind: 'open-log', unit: 'attention', source: 'journal' }])
    expect(type(opened.state, 'l')).toMatchObject({ effects: [{ kind: 'close-log' }], state: { log: null } })
    const edge = type(opened.state, 'e')
    expect(edge.effects).toMatchObject([{ kind: 'open-log', unit: 'attention', source: 'error' }])
    expect(edge.state.notice?.text).toBe('Two logs stand side by side from 140 columns on; here are 120.')
    expect(type(opened.state, 'k', 'l').effects).toMatchObject([{ kind: 'open-log', unit: 'flow', source: 'journal' }])
  })

  it('scrolls without moving the grid', () => {
    const scrolled = type(focused, 'k', 'k').state
    expect(scrolled.ui.cursor).toBe('attention')
    expect(scrolled.log).toMatchObject({ following: false, cursor: 97, bottom: 99 })
    expect(type(scrolled, 'G').state.log).toMatchObject({ following: true, bottom: 99 })
    expect(type(focused, 'f').state.log?.following).toBe(false)
    expect(type(focused, 'g', 'pagedown').state.log?.cursor).toBeLessThan(40)
  })

  it('says that there is none to go to', () => {
    expect(type(world, 'tab').state.notice?.text).toContain('no log pane')
  })

  it('needs a paper', () => {
    expect(type(consoleOf({}), 'l')).toMatchObject({ effects: [], state: { log: null, notice: { tone: 'warning' } } })
  })
})

describe('what is being typed when an operation begins', () => {
  const asked = type(at(world, 'flow'), 'l', 'r', 'tab').state
  const requested = reduce(asked, { type: 'requested', requests: [{ kind: 'restart', id: 'flow' }] })
  const begins = (state: State) =>
    reduce(state, { type: 'operation', report: reportOf({ kind: 'running' }, { id: 'flow' }) })

  it.each([
    ['/', 'nothing'],
    ['&', '0 lines'],
  ])(
    'at the log with %s keeps the keys and the log to its end; then the operation comes to the front',
    (key, soFar) => {
      const typed = type(begins(type(requested, key, 'f').state), 'o')
      expect(typed.effects).toEqual([])
      const { log, ui } = type(typed.state, 'f', 'q').state
      expect([log?.prompt?.typed, ui.faultsOnly, ui.dialog]).toEqual(['fofq', false, null])
      expect(shown(typed.state).split('\n').at(-1)).toContain(`fo▏   ${soFar}`)
      expect(shown(typed.state)).not.toContain('Restart attention')
      for (const end of ['esc', 'enter']) {
        const { state } = type(typed.state, end)
        expect([state.log?.prompt, shown(state).includes('Restart attention')]).toEqual([null, true])
        expect(type(state, 'q').state.ui.dialog).toEqual({ kind: 'quit' })
      }
    },
  )

  it.each([
    [':', { dialog: { kind: 'palette', query: 'foq' } }],
    ['/', { editingFilter: true, filter: 'foq' }],
  ])('over the papers with %s keeps the keys', (key, ui) => {
    const typed = type(begins(type({ ...requested, ui: { ...requested.ui, focus: 'grid' } }, key, 'f').state), 'o', 'q')
    expect(typed).toMatchObject({ effects: [], state: { ui } })
  })
})

describe('publishing', () => {
  const listed = (state: State) =>
    reduce(state, {
      type: 'notebooks',
      notebooks: [
        { path: 'papers/attention.py', mtimeMs: now - 60_000, title: 'Attention' },
        { path: 'papers/new_one.py', mtimeMs: now - 60_000, title: 'A new one' },
        { path: 'papers/논문.py', mtimeMs: now - 60_000, title: '논문' },
      ],
    })

  it('lists, chooses, asks, runs', () => {
    const opened = type(world, 'p')
    expect(opened.effects).toEqual([{ kind: 'list-notebooks' }])
    const asked = type(listed(opened.state), ...letters('new'), 'enter')
    const request = { kind: 'publish', notebook: 'papers/new_one.py', id: 'new-one', title: null, port: null }
    const effects = [{ kind: 'prepare', requests: [request] }]
    expect(asked).toMatchObject({ effects, state: { ui: { dialog: { kind: 'confirm' } } } })
    expect(type(prepared(asked.state), 'y').effects).toEqual([{ kind: 'run', requests: [request] }])
  })

  it('names the sessions an update drops', () => {
    const asked = type(listed(type(world, 'p').state), ...letters('attention'), 'enter')
    expect(asked.state.ui.dialog).toMatchObject({ question: expect.stringContaining('3 open sessions') })
  })

  it('asks for the id that a name does not give', () => {
    const naming = type(listed(type(world, 'p').state), '논', 'enter')
    expect(naming).toMatchObject({ effects: [], state: { ui: { dialog: { naming: { path: 'papers/논문.py' } } } } })
    const bad = type(naming.state, ...letters('My Paper'), 'enter')
    expect([bad.effects, bad.state.notice?.text]).toEqual([[], expect.stringContaining('An id is a-z')])
    const asked = type(naming.state, ...letters('my-paperr'), 'backspace', 'enter')
    expect(asked.state.ui.dialog).toMatchObject({ question: 'Publish papers/논문.py as my-paper?' })
    const request = { kind: 'publish', notebook: 'papers/논문.py', id: 'my-paper', title: null, port: null }
    expect(asked.effects).toEqual([{ kind: 'prepare', requests: [request] }])
    expect(type(naming.state, 'esc').state.ui.dialog).toBeNull()
  })
})

describe('Esc', () => {
  const ended = reduce(running, { type: 'operation', report: reportOf({ kind: 'done' }) })

  it('closes an operation that ended, never one that runs', () => {
    expect(type(ended, 'esc').state.operation).toBeNull()
    expect(type(running, 'esc').state.operation).not.toBeNull()
  })

  it.each([['?'], ['enter'], ['p'], ['r'], ['u']])('closes what %s opened and changes nothing', key => {
    const { state, effects } = type(world, key, 'esc')
    expect([state.ui.dialog, effects]).toEqual([null, []])
  })
})

describe('the keys of the hop chain', () => {
  const marked = type(at(world, 'attention'), ' ', 'k').state
  const chain = type(marked, 'enter').state
  const bar = (state: State): string => shown(state).split('\n').at(-1) ?? ''

  it('act on its paper alone, whatever is marked, as its bar says; what is marked stays so', () => {
    expect([marked.ui.cursor, ...marked.ui.marks]).toEqual(['flow', 'attention'])
    expect(bar(chain)).toMatch(/^ Esc back {2}r restart .* u unpublish {2}.*l journal {2}e edge log/)
    expect(type(chain, 'r').effects).toEqual([{ kind: 'run', requests: [{ kind: 'restart', id: 'flow' }] }])
    expect(type(chain, 'u').state.ui.dialog).toMatchObject({ kind: 'confirm', expected: 'flow' })
    expect(type(chain, 'l').effects).toMatchObject([{ kind: 'open-log', units: ['flow'], source: 'journal' }])
    expect(type(chain, 'y').effects).toEqual([{ kind: 'copy-url', id: 'flow' }])
    for (const key of ['r', 'u', 'l']) expect([...type(chain, key).state.ui.marks]).toEqual(['attention'])
  })

  it('act on its paper too when that is listed no more and the cursor moved on', () => {
    const asked = type(chain, 'esc', '/', ...'flow', 'enter', 'enter').state
    const moved = { ...asked, ui: { ...asked.ui, filter: 'attention', cursor: 'attention' } }
    expect(type(moved, 'r')).toMatchObject({
      effects: [{ kind: 'run', requests: [{ kind: 'restart', id: 'flow' }] }],
      state: { ui: { cursor: 'flow', filter: '' } },
    })
  })

  it.each([
    ['l', 'journal', 'journal of flow'],
    ['e', 'error', 'edge log of flow'],
  ])('%s opens the log of its paper beside an operation on another one, as the palette does', (key, source, words) => {
    const report = reportOf({ kind: 'done' })
    const open = [{ kind: 'open-log', units: ['flow'], source }]
    expect(type(reduce(chain, { type: 'operation', report }), key).effects).toMatchObject(open)
    const operated = reduce(marked, { type: 'operation', report })
    expect(type(operated, ':', ...words, 'enter').effects).toMatchObject(open)
  })

  it('are none when the paper is gone', () => {
    const papers = new Map([...chain.observed.papers].filter(([id]) => id !== 'flow'))
    const gone = { ...chain, observed: { ...chain.observed, papers } }
    expect(bar(gone).trimEnd()).toBe(' Esc back  ? help')
    expect(type(gone, 'l')).toMatchObject({ effects: [], state: { ui: { dialog: { kind: 'hops' } } } })
  })
})

it('a key that does nothing says so', () => {
  expect(type(world, 'Q').state.notice?.text).toContain('? shows what does')
})

describe('two logs', () => {
  const wide = at(consoleOf(three(), {}, [160, 40]), 'attention')
  const opened = type(wide, 'l', 'e')
  const came = (state: State, source: 'journal' | 'error') =>
    reduce(state, { type: 'log-lines', unit: 'attention', source, entries: [entryOf('x', { source })] })

  it('are read at once, and each gets its lines', () => {
    expect(opened.effects).toMatchObject([{ kind: 'open-log', source: 'error', beside: true }])
    const state = came(came(opened.state, 'journal'), 'error')
    expect([state.log?.lines.end, state.beside?.lines.end]).toEqual([1, 1])
  })

  it('what fails is said where it failed', () => {
    const failed = { type: 'log-failed', unit: 'attention', source: 'error', text: 'gone' } as const
    const { log, beside } = reduce(opened.state, failed)
    expect([log?.failed, beside?.failed]).toEqual([null, 'gone'])
  })

  it.each([
    ['l', 'journal', 'error'],
    ['e', 'error', 'journal'],
  ] as const)('%s closes its own', (key, source, left) => {
    const closed = type(opened.state, key)
    expect(closed.effects).toEqual([{ kind: 'close-log', source }])
    expect(closed.state).toMatchObject({ log: { source: left }, beside: null })
  })

  it('never of two papers', () => {
    expect(type(opened.state, 'k', 'l')).toMatchObject({ state: { beside: null }, effects: [{ beside: false }] })
  })
})
