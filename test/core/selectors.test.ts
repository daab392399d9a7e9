import { describe, expect, it } from 'vitest'
import type { Observation } from '../../src/core/observed.ts'
import { lastOf } from '../../src/core/reading.ts'
import { reduce } from '../../src/core/reduce.ts'
import { screenLines } from '../../src/core/screen.ts'
import type { State } from '../../src/core/state.ts'
import { cells } from '../../src/core/text.ts'
import { consoleOf, entryOf, reportOf, three, type } from './console-world.ts'
import { ago, now, type Spec, unreachable } from './world.ts'

const text = (state: State): string[] => screenLines(state).map(({ spans }) => spans.map(span => span.text).join(''))
const shown = (state: State): string => text(state).join('\n')
const bar = (state: State): string => text(state).at(-1) ?? ''
const letters = (word: string): readonly string[] => [...word]
const sizes = [
  [120, 40],
  [80, 24],
  [40, 15],
] as const
const badState = { kind: 'bad-state', path: 'state/state.json', line: 3, reason: 'two papers on port 27000' } as const
const failed = reportOf(
  { kind: 'half-rolled-back', problem: unreachable, interrupted: false, leftBehind: ['systemctl stop papergen-flow'] },
  {
    steps: [
      {
        name: 'unit',
        title: 'Restart the unit',
        state: 'failed',
        startedAt: now,
        endedAt: now + 900,
        output: ['boom'],
      },
    ],
  },
)

const situations: readonly (readonly [string, (world: State) => State])[] = [
  ['the grid', world => world],
  ['the help', world => type(world, '?').state],
  ['the hop chain', world => type(world, 'enter').state],
  ['a typed confirmation', world => type(world, 'u', 'a').state],
  ['a filter being typed', world => type(world, '/', '확').state],
  ['publishing', world => type(world, 'p').state],
  [
    'a journal',
    world =>
      reduce(type(world, 'l').state, {
        type: 'log-lines',
        unit: 'diffusion',
        source: 'journal',
        entries: [entryOf('확산 '.repeat(60))],
      }),
  ],
  ['an operation that failed', world => reduce(world, { type: 'operation', report: failed })],
  ['a host that is away', world => lost(world)],
]

const lost = (world: State): State => {
  const link = { kind: 'down', since: ago(60), retryAt: now + 4000, error: unreachable } as const
  const edge = lastOf(world.observed.edgeHost.state)
  const seen: Observation[] = edge === undefined ? [] : [{ type: 'edge-state', answer: { at: ago(30), value: edge } }]
  const then: Observation[] = [
    { type: 'edge-state', answer: { at: now, error: unreachable } },
    { type: 'link', role: 'edge', link },
  ]
  return [...seen, ...then].reduce((state, observation) => reduce(state, { type: 'observation', observation }), world)
}

const fit = situations.flatMap(([name, reach]) => sizes.map(size => [name, size, reach] as const))
const atDiffusion = (state: State): State => ({ ...state, ui: { ...state.ui, cursor: 'diffusion' } })

describe('every screen', () => {
  it.each(fit)('%s fills %j exactly, wide characters and all', (_, [columns, rows], reach) => {
    const lines = text(reach(atDiffusion(consoleOf(three(), {}, [columns, rows]))))
    expect(lines.length).toBe(rows)
    expect(new Set(lines.map(cells))).toEqual(new Set([columns]))
  })

  it.each(fit)('%s at %j is ASCII with --ascii but for what others wrote', (_, [columns, rows], reach) => {
    const screen = shown(reach(atDiffusion(consoleOf(three(), { ascii: true }, [columns, rows]))))
    expect(screen.replace(/\p{Script=Hangul}/gu, '').match(/[^\x20-\x7e\n]/gu)).toBeNull()
  })

  it('says when it is too small', () => {
    expect(shown(consoleOf(three(), {}, [30, 10]))).toContain('too small')
  })
})

describe('the grid', () => {
  it.each([
    [120, ['PAPER', 'TITLE', 'PORT', 'UNIT', 'UP', 'GPU MEMORY', 'EDGE', 'VERDICT ▴']],
    [80, ['PAPER', 'PORT', 'UNIT', 'GPU MEM', 'EDGE', 'VERDICT ▴']],
    [40, ['PAPER', 'UNIT', 'EDGE']],
  ])('has its columns at %i', (columns, headings) => {
    const line = text(consoleOf(three(), {}, [columns, 24])).find(each => each.includes('PAPER  ')) ?? ''
    expect(line.trim().split(/\s{2,}/)).toEqual(headings)
  })

  it('aligns a Korean title with the others', () => {
    const rows = text(consoleOf(three())).filter(line => / 2700\d /.test(line))
    const starts = rows.map(line => cells(line.slice(0, line.search(/ 2700\d /))))
    expect([starts.length, new Set(starts).size]).toEqual([3, 1])
  })

  it.each([
    [120, '  502     9 ms  ', '  502  1230 ms  '],
    [80, '  502     9 ms  ', '  502  1230 ms  '],
    [40, '  502     9 ms', '  502  1230 ms'],
  ])(
    'at %i columns an answer takes as much room as it needs, and its time ends where it ended',
    (columns, soon, late) => {
      const edge = (ms: number): Spec => ({
        edge: { ok: false, kind: 'bad-gateway', status: 502, ms, websocket: null },
      })
      const screen = shown(consoleOf({ a: edge(9.4), b: edge(1230) }, {}, [columns, 24]))
      expect(screen).toContain(soon)
      expect(screen).toContain(late)
    },
  )

  it.each([
    [0, '<10 s'],
    [9_999, '<10 s'],
    [10_000, '10 s'],
  ])('tells %i ms up as %s', (ms, words) => {
    const row = text(consoleOf({ a: { unit: { since: now - ms } } })).find(line => / a {8}/.test(line))
    expect(row).toMatch(new RegExp(`active +${words} `))
  })

  it('keeps the cursor in sight of many papers', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`paper-${i}`, {}]))
    const state = type(consoleOf(many, {}, [80, 24]), 'G').state
    expect(shown(state)).toMatch(new RegExp(`▸ \\S ${state.ui.cursor} `))
  })

  it.each([
    ['nothing published', consoleOf({}), 'Nothing is published yet'],
    ['nothing matches', type(consoleOf(three()), '/', ...letters('zzz'), 'enter').state, 'Esc shows all again'],
  ])('explains why it is empty: %s', (_, state, words) => {
    expect(shown(state)).toContain(words)
  })

  it('does not take a registry that cannot be read for one that was not read yet', () => {
    const { ui, ...rest } = consoleOf({})
    const observed = { ...rest.observed, registry: { kind: 'never', error: badState } as const }
    expect(shown({ ...rest, ui, observed })).toContain('two papers on port 27000')
  })
})

describe('a stale value', () => {
  const gone = { type: 'edge', id: 'attention', answer: { at: now, error: unreachable } } as const
  const asked = (columns: number) =>
    shown({
      ...reduce(consoleOf(three(), {}, [columns, 24]), { type: 'observation', observation: gone }),
      at: now + 600_000,
    })

  it.each([
    [120, '200 · 10 m ago'],
    [80, '200 · 10 m  '],
    [40, '200 · 10 m'],
  ])('keeps its whole age at %i columns', (columns, words) => {
    expect(asked(columns)).toContain(words)
  })

  it('is cut where the age would not fit', () => {
    const units = { type: 'units', answer: { at: now, error: unreachable } } as const
    const state = reduce(consoleOf(three(), {}, [80, 24]), { type: 'observation', observation: units })
    expect(shown({ ...state, at: now + 3 * 86_400_000 })).toMatch(/27000 {2}active 3d {2}/)
  })
})

describe('the header', () => {
  it('names both hosts at 80 columns', () => {
    expect(shown(consoleOf(three(), {}, [80, 24]))).toMatch(/son-pro6000 ●.*son-wtr ●/)
  })

  it.each(sizes)('counts what fails at %ix%i', (columns, rows) => {
    expect(shown(consoleOf(three(), {}, [columns, rows]))).toMatch(/3 papers {1,2}1 ✓ {1,2}2 ✗/)
  })

  it.each([120, 100])('gives the last words of an edge that is away with their age at %i columns', columns => {
    expect(shown(lost(consoleOf(three(), {}, [columns, 24])))).toMatch(/nginx ● .*· 30 s ago/)
  })

  it.each(sizes)('says why the GPUs can be seen no more at %ix%i', (columns, rows) => {
    const why = 'driver and library versions differ'
    const error = { kind: 'gpu-unseen', host: 'son-pro6000', command: 'nvidia-smi', code: 18, why } as const
    const observation: Observation = { type: 'gpu', answer: { at: now, error } }
    const unseen = reduce(consoleOf(three(), {}, [columns, rows]), { type: 'observation', observation })
    expect(shown(unseen)).toContain(why)
  })

  it('says that a host is away, why, and what happens next', () => {
    expect(shown(lost(consoleOf(three())))).toMatch(/son-wtr ○ reconnecting in 4 s .*connection refused/)
  })
})

describe('the key bar', () => {
  const world = consoleOf(three(), {}, [80, 24])

  it.each(sizes)('names the help at %ix%i', (columns, rows) => {
    expect(bar(consoleOf(three(), {}, [columns, rows]))).toContain('? help')
  })

  it('begins with what the paper at the cursor asks for', () => {
    expect(bar(atDiffusion(consoleOf(three())))).toMatch(/^ r restart \(exit 1\)/)
  })

  it.each([
    [
      "ModuleNotFoundError: No module named 'einops'",
      /^ r restart \(ModuleNotFoundE…\) {2}u unpublish .* l journal {2}e edge log {2}/,
    ],
    [
      'RuntimeError: CUDA error: out of memory',
      /^ r restart \(RuntimeError\) {2}u unpublish .* l journal {2}e edge log {2}/,
    ],
  ])('says why in a few cells, so that the other keys stay: %s', (exception, words) => {
    const { diffusion } = three()
    const state = consoleOf({ diffusion: { ...diffusion, cells: { exception } } })
    expect(bar(state)).toMatch(words)
  })

  const wrong: Spec = { snippet: { upstream: { address: '192.168.1.116', port: 27_009 } } }

  it.each(sizes)(
    'has what mends a drifted paper first at %ix%i, also in its hop chain and beside an operation that is over',
    (columns, rows) => {
      const state = consoleOf({ flow: wrong }, {}, [columns, rows])
      expect(bar(state)).toMatch(/^ x repair/)
      expect(bar(type(state, 'enter').state)).toMatch(/^ Esc back {2}x repair/)
      const over = reduce(state, { type: 'operation', report: reportOf({ kind: 'done' }) })
      expect(bar(over)).toMatch(columns === 40 ? /^ Esc close/ : /^ Esc close .*x repair flow /)
    },
  )

  it.each(sizes)('has the keys that act on what is marked first at %ix%i, with a log open too', (columns, rows) => {
    const marked = type(consoleOf(three(), {}, [columns, rows]), ' ', 'k', ' ').state
    for (const state of [marked, type(marked, 'l').state]) {
      const keys = ['r restart 2 papers', 'u unpublish 2 papers', 'x repair 2 papers'].slice(0, columns < 60 ? 1 : 3)
      expect(bar(state).trim()).toMatch(new RegExp(`^${keys.join(' {2}')} {2}`))
    }
  })

  it('offers no repair where nothing asks for one', () => {
    expect(bar(consoleOf(three()))).not.toContain('x repair')
  })

  it('calls it a start where the paper is stopped', () => {
    expect(bar(consoleOf({ kalman: { unit: { state: 'inactive', sub: 'dead' } } }))).toMatch(/^ r start \(stopped/)
  })

  it('offers after a failure no restart of another paper, which would be taken for another try', () => {
    const state = atDiffusion(consoleOf(three()))
    const failed = { kind: 'rolled-back', problem: unreachable, interrupted: false } as const
    const over = (id: string) => bar(reduce(state, { type: 'operation', report: reportOf(failed, { id }) }))
    expect(over('diffusion')).toContain('r restart')
    expect(over('somebody')).not.toContain('r restart')
  })

  it.each([
    ['publish', 'rolled-back', true],
    ['publish', 'done', false],
    ['update', 'rolled-back', true],
    ['unpublish', 'done', true],
    ['restart', 'done', false],
  ] as const)('offers to publish after %s that ended %s: %o', (operation, kind, isOffered) => {
    const outcome = kind === 'done' ? { kind } : { kind, problem: unreachable, interrupted: false }
    const over = reduce(consoleOf(three()), { type: 'operation', report: reportOf(outcome, { operation, id: 'new' }) })
    expect(bar(over).includes('p publish')).toBe(isOffered)
  })

  it('names the one paper that is marked, which need not be that at the cursor', () => {
    const marked = type(consoleOf(three()), ' ', 'k').state
    expect(bar(marked)).toMatch(/^ r restart attention {2}u unpublish attention {2}x repair attention {2}/)
  })

  it.each([
    ['u', 'Esc back'],
    ['r', 'y yes'],
    ['?', 'Esc back'],
    ['p', 'Enter choose'],
  ])('names the keys of the dialog %s opens, not those of the grid', (key, words) => {
    const { state } = type(world, key)
    expect(bar(state)).toContain(words)
    expect(bar(state)).not.toContain('journal')
  })

  it('says why a key did nothing', () => {
    expect(bar(type(consoleOf(three(), { readOnly: true }), 'r').state)).toContain('--read-only')
  })
})

describe('the help', () => {
  it.each([
    [120, 40, /━━ Help ━+ 1-36 of \d+, j k scroll, Esc back ━━/],
    [40, 15, /━━ Help ━+ 1-12 of \d+, j k scroll ━━/],
    [120, 60, /━━ Help ━+ Esc goes back ━━/],
  ])('says whether there is more, and begins with the signs, at %i x %i', (columns, rows, heading) => {
    const help = text(type(consoleOf(three(), {}, [columns, rows]), '?').state)
    const at = help.findIndex(line => line.startsWith('━━ Help'))
    expect(help[at]).toMatch(heading)
    expect(help[at + 1]).toMatch(/✓ ok +… starting +~ degraded/)
    expect(help.slice(at, at + 4).join('\n')).toMatch(/■ stopped[\s\S]*\? unknown +» log moves/)
  })
})

describe('the hop chain', () => {
  const opened = type(atDiffusion(consoleOf(three())), 'enter').state

  it('shows every hop and the cause', () => {
    expect(shown(opened)).toMatch(/unit +✗ failed \(exit 1/)
    expect(shown(opened)).toMatch(/public +✗ 502/)
  })

  it('closes and acts on its paper with an action key', () => {
    const pressed = type(opened, 'r')
    expect(pressed.effects).toEqual([{ kind: 'run', requests: [{ kind: 'restart', id: 'diffusion' }] }])
    expect(pressed.state.ui.dialog).toBeNull()
    expect(type(opened, 'l').effects).toMatchObject([{ kind: 'open-log', unit: 'diffusion', source: 'journal' }])
  })

  it('marks the hop that breaks, and what only follows from it', () => {
    const flow = { entry: { port: 27002 }, snippet: { upstream: { address: '192.168.1.116', port: 27009 } } }
    const edge = { ok: false, kind: 'bad-gateway', status: 502, websocket: null } as const
    const chain = shown(type(consoleOf({ flow: { ...flow, edge } }), 'enter').state)
    expect(chain).toMatch(/nginx +✗ → 27009 {2}breaks here/)
    expect(chain).toMatch(/public +✗ 502 {2}follows from nginx/)
    expect(shown(type(consoleOf({ flow: {} }), 'enter').state)).not.toMatch(/breaks here|follows/)
  })

  it.each(sizes)('scrolls to its end and no further at %i x %i', (columns, rows) => {
    const small = type(atDiffusion(consoleOf(three(), {}, [columns, rows])), 'enter').state
    const end = type(small, 'G').state
    expect(shown(end)).toMatch(/diffusion\/ *\n[^\n]+$/)
    expect(shown(type(end, 'j', 'pagedown').state)).toBe(shown(end))
    expect(shown(type(end, 'g').state)).toBe(shown(small))
    if (rows === 15) expect(shown(small)).toMatch(/━━ diffusion ━+ 1-11 of \d+, j k scroll ━━/)
  })

  it('does not act on other papers that are marked', () => {
    const marked = { ...opened, ui: { ...opened.ui, marks: new Set(['flow']) } }
    expect(type(marked, 'r').effects).toEqual([{ kind: 'run', requests: [{ kind: 'restart', id: 'diffusion' }] }])
  })
})

describe('an operation', () => {
  it('shows the failed step, the words of the failure, what is left behind and how things stand', () => {
    const screen = shown(reduce(consoleOf(three()), { type: 'operation', report: failed }))
    for (const words of [
      '✗ Restart the unit',
      'boom',
      'connection refused',
      'systemctl stop papergen-flow',
      'attention runs.',
    ])
      expect(screen).toContain(words)
  })

  const steps = Array.from({ length: 13 }, (_, at) => ({
    ...{ name: `step-${at}`, title: `Step number ${at + 1}`, startedAt: now, endedAt: now, output: [] },
    state: at < 6 ? ('undone' as const) : at === 6 ? ('failed' as const) : ('waiting' as const),
  }))
  const stepFailed = { kind: 'step-failed', step: 'step-6', why: 'it ended', evidence: ['1', '2', '3', '4'] } as const
  const stopped = { kind: 'interrupted', during: 'Step number 7' } as const

  it.each([
    [40, 15, stepFailed, /━━ failed at step 7 of 13, all undone ━+\n/],
    [80, 24, stepFailed, /━━ Publish a-long-name.*… ━ failed at step 7 of 13, all undone ━━\n/],
    [120, 50, stepFailed, /── Publish a-long-name\S+ ─+ failed, all undone ──\n/],
    [120, 50, stopped, /── Publish a-long-name\S+ ─+ stopped, all undone ──\n/],
  ])('at %i x %i the heading says how it ended and which steps are seen', (columns, rows, problem, heading) => {
    const title = 'Publish a-long-name-that-takes-much-of-the-heading-of-a-screen'
    const report = reportOf({ kind: 'rolled-back', problem, interrupted: false }, { title, steps })
    const screen = shown(reduce(consoleOf(three(), {}, [columns, rows]), { type: 'operation', report }))
    expect(screen).toMatch(heading)
    expect(screen).toMatch(/Step number 7[\s\S]*attention runs\./)
  })

  it.each([
    [
      'an operation that is read through',
      24,
      { kind: 'rolled-back', problem: stepFailed, interrupted: false },
      /━━ Restart/,
      /── Papers/,
    ],
    ['the papers beside one that is seen as a whole', 50, { kind: 'done' }, /━━ Papers/, /── Restart/],
    ['the papers beside one that runs', 24, { kind: 'running' }, /━━ Papers/, /── Restart/],
  ] as const)('only the heading of what j and k move is heavy: %s', (_, rows, outcome, heavy, light) => {
    const state = reduce(consoleOf(three(), {}, [80, rows]), {
      type: 'operation',
      report: reportOf(outcome, { steps }),
    })
    expect(shown(state)).toMatch(heavy)
    expect(shown(state)).toMatch(light)
    const moved = type(state, 'k').state
    expect(moved.ui.cursor !== state.ui.cursor).toBe(/Papers/.test(heavy.source))
  })

  it('a step that somebody stopped did not fail', () => {
    const outcome = { kind: 'rolled-back', problem: stopped, interrupted: true } as const
    const report = reportOf(outcome, { steps: [{ ...steps[0]!, state: 'stopped' }] })
    const screen = shown(reduce(consoleOf(three()), { type: 'operation', report }))
    expect(screen).toContain('■ Step number 1  stopped')
    expect(screen).not.toContain('failed, ')
  })

  it('counts a running step in whole seconds', () => {
    const step = {
      name: 'health',
      title: 'Wait',
      state: 'running',
      startedAt: now - 1234,
      endedAt: null,
      output: [],
    } as const
    const state = reduce(consoleOf(three()), {
      type: 'operation',
      report: reportOf({ kind: 'running' }, { steps: [step] }),
    })
    expect(shown(state)).toMatch(/Wait {2}1 s/)
  })
})

describe('the log pane', () => {
  it.each([
    [0, '14:02:00'],
    [540, '23:02:00'],
    [-210, '10:32:00'],
  ])('tells the time of a clock %i minutes east of UTC', (zone, time) => {
    const line = { type: 'log-lines', unit: 'attention', source: 'journal', entries: [entryOf('hello')] } as const
    expect(shown(reduce(type(consoleOf(three(), { zone }), 'l').state, line))).toMatch(`${time}  marimo`)
  })

  it.each([[120], [80], [40]])(
    'at %i columns a line of a traceback has the number of its line, until it is moved',
    columns => {
      const path = `/home/son/prj/thesis/state/releases/diffusion-101/0123456789abcdef/${'long-name-of-a-folder/'.repeat(3)}diffusion.py`
      const text = `  File "${path}", line 88, in <module>`
      const line = { type: 'log-lines', unit: 'attention', source: 'journal', entries: [entryOf(text)] } as const
      const open = reduce(type(consoleOf(three(), {}, [columns, 24]), 'l').state, line)
      expect(shown(open)).toMatch(/…\S*\/diffusion\.py", line 88/)
      expect(shown(type(open, 'tab', 'right').state)).toContain(text.slice(20, 40))
    },
  )

  it('says how much came while it was paused', () => {
    const lines = (count: number) =>
      ({
        type: 'log-lines',
        unit: 'attention',
        source: 'journal',
        entries: Array.from({ length: count }, (_, i) => entryOf(`line ${i}`)),
      }) as const
    const paused = type(reduce(type(consoleOf(three()), 'l').state, lines(5)), 'tab', 'f').state
    expect(shown(paused)).toMatch(/── paused ━/)
    expect(shown(reduce(paused, lines(1500)))).toContain('paused, 1,500 new')
  })

  it('has the whole screen at once where z is pressed with the papers, and is not found so after they were gone back to', () => {
    const open = reduce(type(consoleOf(three()), 'l').state, {
      ...{ type: 'log-lines', unit: 'attention', source: 'journal' },
      entries: [entryOf('hello')],
    })
    const zoomed = type(open, 'z').state
    expect(zoomed.ui.focus).toBe('log')
    expect(shown(zoomed)).not.toContain('VERDICT')
    expect(shown(type(zoomed, 'z').state)).toMatch(/VERDICT[\s\S]*hello/)
    for (const back of [['tab'], ['esc'], ['/', 'esc']])
      expect(shown(type(zoomed, ...back, 'tab').state), back.join(' ')).toContain('VERDICT')
  })

  it('comes before the operation that lies over it when it gets the whole screen', () => {
    const covered = reduce(type(consoleOf(three()), 'l').state, { type: 'operation', report: reportOf() })
    expect(shown(type(covered, 'z').state)).toMatch(/━━ Journal: attention/)
  })
})
