import { columnNames } from '../../src/core/columns.ts'
import type { Draft } from '../../src/core/dry-run.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import { press } from '../../src/core/keys.ts'
import { type Observation, type Observed, observe } from '../../src/core/observed.ts'
import { lastOf, type Reading } from '../../src/core/reading.ts'
import { reduce } from '../../src/core/reduce.ts'
import { screenLines } from '../../src/core/screen.ts'
import { initialState, type Options, type State } from '../../src/core/state.ts'
import type { OperationReport, Outcome } from '../../src/core/step.ts'
import { empty, now, type Spec, worldOf } from './world.ts'

/** A console in front of several papers, each made as `worldOf` makes one; the cursor is on the first. */
export const consoleOf = (papers: Readonly<Record<string, Spec>>, options: Partial<Options> = {}, size = [120, 40]) => {
  const state = initialState(
    empty(),
    now,
    {
      readOnly: false,
      ascii: false,
      color: true,
      theme: 'dark',
      zone: 0,
      note: null,
      site: 'https://learn.ericfromkorea.com/thesis/',
      chosen: columnNames,
      ...options,
    },
    ...size,
  )
  const observed = observedOf(papers)
  const first = Object.keys(papers)[0] ?? null
  return { ...state, observed, ui: { ...state.ui, cursor: first } } satisfies State
}

/** Failing twice, fine once: enough for every tier of confirmation. */
export const three = (): Record<string, Spec> => ({
  attention: { entry: { port: 27000 }, local: { viewers: 3 } },
  diffusion: { entry: { port: 27001, title: '확산 모델 기초' }, ...crashed(27001) },
  flow: { entry: { port: 27002, title: 'Flow Matching' }, ...crashed(27002) },
})

/** The screen as text, without the blanks at its right. */
export const shown = (state: State): string =>
  screenLines(state)
    .map(({ spans }) =>
      spans
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n')

/** The state after these keys, and the effects of the last one. */
export const type = (state: State, ...keys: readonly string[]) =>
  keys.reduce((pressed, key) => press(pressed.state, key), { state, effects: [] } as ReturnType<typeof press>)

/** The dry run of the question that is open, prepared: a plan of two steps, unless told otherwise. */
export const prepared = (state: State, ...drafts: readonly Draft[]): State => {
  const { dialog } = state.ui
  if (dialog?.kind !== 'confirm') throw new Error('no question is open')
  const plan = dialog.requests.map(() => planDraft())
  return reduce(state, { type: 'prepared', requests: dialog.requests, drafts: drafts.length > 0 ? drafts : plan })
}

export const planDraft = (steps = ['Check both hosts', 'Take it down']): Draft => ({
  kind: 'plan',
  title: 'Unpublish attention',
  warnings: [],
  steps,
  text: ['Unpublish attention', ...steps.map((step, at) => `  ${at + 1}. ${step}\n     run    host: true`)].join('\n'),
})

export const reportOf = (
  outcome: Outcome = { kind: 'running' },
  more: Partial<OperationReport> = {},
): OperationReport => ({
  op: 'op-1',
  operation: 'restart',
  id: 'attention',
  title: 'Restart attention',
  warnings: [],
  startedAt: now,
  endedAt: outcome.kind === 'running' ? null : now + 1000,
  steps: [],
  outcome,
  summary: outcome.kind === 'running' ? null : 'attention runs.',
  cancelling: false,
  committed: false,
  ...more,
})

export const entryOf = (text: string, more: Partial<JournalEntry> = {}): JournalEntry => ({
  source: 'journal',
  at: now,
  who: 'marimo',
  priority: 6,
  text,
  cursor: null,
  invocation: null,
  pid: 1,
  lifecycle: false,
  ...more,
})

/** Its unit ended with status 1 and its route is on the right port. */
const crashed = (port: number): Spec => ({
  unit: { state: 'failed', sub: 'failed', result: 'exit-code', exitStatus: 1, mainPid: null },
  unitFile: { port },
  snippet: { upstream: { address: '192.168.1.116', port } },
  local: undefined,
  edge: { ok: false, kind: 'bad-gateway', status: 502, websocket: null },
})

const observedOf = (papers: Readonly<Record<string, Spec>>): Observed => {
  const worlds = Object.entries(papers).map(([id, spec]) => worldOf({ ...spec, id }))
  const [first] = worlds
  if (first === undefined) return observe(empty(), { type: 'registry', answer: { at: now, value: [] } })
  const all = <T>(of: (world: Observed) => Reading<readonly T[]>) => ({
    at: now,
    value: worlds.flatMap(world => lastOf(of(world)) ?? []),
  })
  const shared: Observation[] = [
    { type: 'registry', answer: all(({ registry }) => registry) },
    { type: 'units', answer: all(({ lists }) => lists.units) },
    { type: 'unit-files', answer: all(({ lists }) => lists.unitFiles) },
    { type: 'snippets', answer: all(({ lists }) => lists.snippets) },
    { type: 'index', answer: { at: now, value: { origin: 'ours', listed: Object.keys(papers), fragment: 'f' } } },
  ]
  return [...shared, ...worlds.flatMap(probes)].reduce(observe, first)
}

const probes = (world: Observed): Observation[] =>
  [...world.papers.values()].flatMap(({ id, local, edge, lan, cells, listener }) =>
    Object.entries({ local, edge, lan, cells, listener }).flatMap(([type, reading]) =>
      reading.kind === 'fresh' ? [{ type, id, answer: { at: reading.at, value: reading.value } } as Observation] : [],
    ),
  )
