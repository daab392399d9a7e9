import { describe, expect, it } from 'vitest'
import { choicesOf } from '../../src/core/publish-choices.ts'
import { reduce } from '../../src/core/reduce.ts'
import { screenLines } from '../../src/core/screen.ts'
import { consoleOf, reportOf, shown, type } from './console-world.ts'
import { now, type Spec } from './world.ts'

const world = consoleOf({
  attention: { entry: { port: 27000, notebook: 'papers/attention.py' }, local: { viewers: 3 } },
  adopted: { entry: { port: 27001, notebook: null } },
  Odd_Id: { entry: { port: 27002, notebook: 'papers/odd.py' } },
})
const titles: Readonly<Record<string, string | null>> = {
  'papers/attention.py': 'Attention Is All You Need',
  'papers/adopted.py': 'Adopted',
  'papers/copies/attention.py': 'A copy',
  'papers/odd.py': 'Odd',
  'papers/layers.py': null,
  'papers/논문.py': '확산 모델',
  'papers/new.py': 'New\u001b[31m',
}
const listed = reduce(type(world, 'p').state, {
  type: 'notebooks',
  notebooks: Object.entries(titles).map(([path, title]) => ({ path, title, mtimeMs: now - 300_000 })),
})
const choice = (path: string) => choicesOf(listed, '').find(each => each.path === path)

describe('what is known of a notebook before anybody tries', () => {
  it.each([
    ['papers/new.py', { standing: 'new', id: 'new', refused: null, nameless: null, title: 'New', changed: '5 m ago' }],
    ['papers/attention.py', { standing: 'published', id: 'attention', refused: null, nameless: null }],
    ['papers/adopted.py', { standing: 'published', id: 'adopted', refused: null, nameless: null }],
    ['papers/layers.py', { standing: 'no notebook', refused: 'there is no marimo.App in it' }],
    ['papers/odd.py', { refused: '"Odd_Id" is no id papergen acts on' }],
    ['papers/논문.py', { id: null, nameless: 'its name has no ASCII letter or digit' }],
    ['papers/copies/attention.py', { nameless: 'attention is published from papers/attention.py' }],
  ])('%s', (path, known) => {
    expect(choice(path)).toMatchObject(known)
  })

  const undone = {
    kind: 'rolled-back',
    problem: { kind: 'unexpected', what: 'it', why: 'ended' },
    interrupted: false,
  } as const

  it.each([
    ['publish', undone, 'new, failed'],
    ['publish', { kind: 'done' }, 'new'],
    ['unpublish', undone, 'new'],
  ] as const)('after a %s that ended as %o', (operation, outcome, standing) => {
    const report = reportOf(outcome, { operation, id: 'new', endedAt: now })
    const choices = choicesOf(reduce(listed, { type: 'ran', ran: { report, effects: [] } }), '')
    expect(choices.find(each => each.path === 'papers/new.py')?.standing).toBe(standing)
  })

  describe('its cursor, until it is moved, is', () => {
    const broken: Spec = { unit: { state: 'failed', sub: 'failed', result: 'exit-code', exitStatus: 1, mainPid: null } }
    const asked = (spec: Spec, ...keys: readonly string[]) => {
      const state = consoleOf({ zeta: { entry: { port: 27000, notebook: 'papers/zeta.py' }, ...spec } })
      const notebooks = ['a', 'zeta'].map(name => ({ path: `papers/${name}.py`, title: name, mtimeMs: now }))
      const opened = reduce(type(state, 'p').state, { type: 'notebooks', notebooks })
      return shown(type(opened, ...keys).state)
    }

    it.each<[string, Spec, readonly string[], string]>([
      ['what is new, coming from a paper that is well', {}, [], 'a'],
      [
        'what is new, where the notebook of a paper that fails was not mended yet',
        { ...broken, changed: false },
        [],
        'a',
      ],
      ['the notebook of a paper that fails, once it was mended', { ...broken, changed: true }, [], 'zeta'],
      ['the notebook that changed', { changed: true }, [], 'zeta'],
      ['the best match of a search', { changed: true }, ['a', '.'], 'a'],
      ['where it was moved to', { changed: true }, ['up'], 'a'],
    ])('%s', (_, spec, keys, name) => {
      expect(asked(spec, ...keys)).toMatch(new RegExp(`▸ papers/${name}\\.py`))
    })
  })

  it('says of an update that nothing has changed', () => {
    const state = consoleOf({ zeta: { entry: { port: 27000, notebook: 'papers/zeta.py' }, changed: false } })
    const notebooks = [{ path: 'papers/zeta.py', title: 'Zeta', mtimeMs: now }]
    const [only] = choicesOf(reduce(type(state, 'p').state, { type: 'notebooks', notebooks }), '')
    expect(only?.question).toMatch(/^Update zeta from papers\/zeta\.py, unchanged since its publish\?/)
  })

  it('what needs a publish comes first, what is no notebook last', () => {
    const standings = choicesOf(listed, '').map(({ standing }) => standing)
    expect([standings[0], standings.at(-1)]).toEqual(['new', 'no notebook'])
  })

  it.each([
    ['attn', 'papers/attention.py'],
    ['you need', 'papers/attention.py'],
    ['확산', 'papers/논문.py'],
    ['copy', 'papers/copies/attention.py'],
    ['lay', 'papers/layers.py'],
  ])('finds %j', (search, path) => {
    expect(choicesOf(listed, search)[0]?.path).toBe(path)
  })
})

it('the id of a paper that is there already says whose place it takes', () => {
  const naming = type(listed, ...'copies', 'enter').state
  const { state } = type(naming, ...'attention', 'enter')
  expect(state.ui.dialog).toMatchObject({
    question: expect.stringMatching(
      /^Update attention from papers\/copies\/attention.py.* published from papers\/attention.py/,
    ),
  })
})

it('a refused one is not asked about', () => {
  const { state, effects } = type(listed, ...'layers', 'enter')
  expect([effects, state.ui.dialog?.kind]).toEqual([[], 'publish'])
  expect(state.notice?.text).toContain('no marimo.App')
})

it.each([
  [120, 40],
  [80, 24],
  [40, 15],
])('every row fits %i x %i and shows path and standing', (columns, rows) => {
  const lines = screenLines({ ...listed, ui: { ...listed.ui, columns, rows } }).map(({ spans }) =>
    spans.map(({ text }) => text).join(''),
  )
  expect(lines.join('\n')).toMatch(/papers\/new.py .*new/)
  expect(lines.join('\n')).toMatch(/papers\/layers.py .*no notebook/)
})
