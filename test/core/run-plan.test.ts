import { describe, expect, it } from 'vitest'
import { PapergenError, type Problem, UndecidedError } from '../../src/core/errors.ts'
import { exitOf, runPlan } from '../../src/core/run-plan.ts'
import type { OperationReport, Plan, Step } from '../../src/core/step.ts'
import { FakeWorld } from './fake-world.ts'

const problem: Problem = { kind: 'step-failed', step: 'unit', why: 'it failed', evidence: ['last words'] }
const hostProblem: Problem = { kind: 'connection-lost', host: 'son-wtr', during: 'route' }

/** Steps that write down what they do; `fails` names those whose run (or `undo name`) fails. */
const scripted = (names: readonly string[], { fails = {}, commit = '', undos = true, during = {} }: Script = {}) => {
  const log: string[] = []
  const act = (words: string) => {
    log.push(words)
    during[words]?.()
    if (fails[words]) throw fails[words]
  }
  const steps = names.map<Step>(name => ({
    name,
    title: `Title of ${name}`,
    effects: [],
    run: async ({ signal }) => {
      act(name)
      signal.throwIfAborted()
    },
    ...(undos && {
      undo: { title: `Undo ${name}`, run: async () => act(`undo ${name}`), byHand: [`undo-${name} --by-hand`] },
    }),
    ...(name === commit && { commit: true }),
  }))
  const letGo = async () => act('let go')
  const plan: Plan = { op: 'op', operation: 'publish', id: 'attention', title: 'Publish attention', steps, letGo }
  return { plan, log }
}

type Script = {
  readonly fails?: Record<string, Error>
  readonly commit?: string
  readonly undos?: boolean
  readonly during?: Record<string, () => void>
}

const start = async (plan: Plan, signal = new AbortController().signal) => {
  const fake = new FakeWorld()
  const reports: OperationReport[] = []
  const report = await runPlan(plan, fake.world(), { signal, report: now => void reports.push(now) })
  return { report, reports, audit: fake.audit, states: report.steps.map(step => step.state) }
}

describe('a plan that runs', () => {
  it('takes its steps in order, reports each change and leaves one audit line', async () => {
    const { plan, log } = scripted(['begin', 'unit', 'confirm'], { commit: 'confirm' })
    const { report, reports, audit, states } = await start(plan)
    expect(log).toEqual(['begin', 'unit', 'confirm'])
    expect(states).toEqual(['done', 'done', 'done'])
    expect(report).toMatchObject({ outcome: { kind: 'done' }, committed: true })
    expect(reports[0]?.steps.map(step => step.state)).toEqual(['waiting', 'waiting', 'waiting'])
    expect(reports.at(-1)).toEqual(report)
    expect(audit).toMatchObject([{ operation: 'publish', id: 'attention', outcome: 'done', by: 'son@son-pro6000' }])
    expect(exitOf(report)).toBe(0)
  })
})

describe('a step that fails', () => {
  it('undoes everything begun in reverse, the failed step too', async () => {
    const { plan, log } = scripted(['begin', 'unit', 'route'], { fails: { unit: new PapergenError(problem) } })
    const { report, states, audit } = await start(plan)
    expect(log).toEqual(['begin', 'unit', 'undo unit', 'undo begin'])
    expect(states).toEqual(['undone', 'undone', 'waiting'])
    expect(report.outcome).toEqual({
      kind: 'rolled-back',
      problem: { ...problem, title: 'Title of unit' },
      interrupted: false,
    })
    expect(report.steps[1]?.output).toContain('last words')
    expect(audit).toMatchObject([{ outcome: 'rolled-back' }])
    expect(exitOf(report)).toBe(1)
  })

  it('goes on after a failed undo and never calls that put back', async () => {
    const fails = { route: new PapergenError(problem), 'undo unit': new PapergenError(hostProblem) }
    const { plan, log } = scripted(['begin', 'unit', 'route'], { fails })
    const { report, states } = await start(plan)
    expect(log).toEqual(['begin', 'unit', 'route', 'undo route', 'undo unit', 'undo begin', 'let go'])
    expect(states).toEqual(['undone', 'undo-failed', 'undone'])
    expect(report.outcome).toMatchObject({ kind: 'half-rolled-back', leftBehind: ['undo-unit --by-hand'] })
    expect(report.summary).toContain('half')
    expect(exitOf(report)).toBe(5)
  })

  it('behind the commit point nothing is put back', async () => {
    const fails = { finish: new PapergenError(problem) }
    const { plan, log } = scripted(['begin', 'confirm', 'finish'], { fails, commit: 'confirm' })
    const { report } = await start(plan)
    expect(log).toEqual(['begin', 'confirm', 'finish', 'let go'])
    expect(report.outcome).toEqual({
      kind: 'failed',
      problem: { ...problem, title: 'Title of finish' },
      leftBehind: ['papergen repair attention'],
    })
    expect(exitOf(report)).toBe(5)
  })

  it('with an undecided commit nothing is put back either', async () => {
    const fails = { confirm: new UndecidedError(hostProblem) }
    const { plan, log } = scripted(['begin', 'confirm', 'finish'], { fails, commit: 'confirm' })
    const { report } = await start(plan)
    expect(log).toEqual(['begin', 'confirm', 'let go'])
    expect(report.outcome.kind).toBe('failed')
    expect(exitOf(report)).toBe(5)
  })

  it('without any undo it says that it failed', async () => {
    const { plan } = scripted(['begin', 'restart'], { fails: { restart: new PapergenError(problem) }, undos: false })
    const { report } = await start(plan)
    expect(report.outcome).toEqual({
      kind: 'failed',
      problem: { ...problem, title: 'Title of restart' },
      leftBehind: [],
    })
    expect(exitOf(report)).toBe(1)
  })

  it.each<[string, Problem, number]>([
    ['a locked host', { kind: 'locked', host: 'h', holder: 'x', operation: 'publish', id: 'y', since: '' }, 1],
    ['a wrong argument', { kind: 'bad-argument', what: 'w', why: 'y', hint: null }, 2],
    ['an unreachable host', { kind: 'host-unreachable', host: 'h', address: 'a', why: 'w' }, 4],
  ])('a refusal before any change: %s', async (_, refusal, code) => {
    const { plan } = scripted(['begin', 'unit'], { fails: { begin: new PapergenError(refusal) } })
    const { report } = await start(plan)
    expect(exitOf(report)).toBe(code)
    expect(report.summary).toBe('Nothing was changed for attention.')
  })

  it('once begun, wrong files are a failure like any other, a lost host still 4', async () => {
    const late = (thrown: Problem) => scripted(['begin', 'unit'], { fails: { unit: new PapergenError(thrown) } }).plan
    expect(exitOf((await start(late({ kind: 'changed-underneath', path: 'p' }))).report)).toBe(1)
    expect(exitOf((await start(late(hostProblem))).report)).toBe(4)
  })

  it('an error nobody foresaw is told as such and undone', async () => {
    const { plan } = scripted(['begin', 'unit'], { fails: { unit: new TypeError('x is undefined') } })
    const { report } = await start(plan)
    expect(report.outcome).toMatchObject({
      kind: 'rolled-back',
      problem: { kind: 'unexpected', why: 'x is undefined' },
    })
  })
})

describe('a cancel', () => {
  const names = ['begin', 'unit', 'route', 'confirm', 'finish']

  it.each(['begin', 'unit', 'route'])('during %s undoes what was begun', async name => {
    const cancel = new AbortController()
    const { plan, log } = scripted(names, { commit: 'confirm', during: { [name]: () => cancel.abort() } })
    const { report, reports } = await start(plan, cancel.signal)
    const begun = names.slice(0, names.indexOf(name) + 1)
    expect(log).toEqual([...begun, ...begun.toReversed().map(step => `undo ${step}`)])
    expect(report.outcome).toMatchObject({ kind: 'rolled-back', interrupted: true, problem: { kind: 'interrupted' } })
    expect(reports.some(now => now.cancelling)).toBe(true)
    expect(exitOf(report)).toBe(130)
  })

  it('leaves a step without undo stopped, not failed', async () => {
    const cancel = new AbortController()
    const { plan } = scripted(['restart'], { undos: false, during: { restart: () => cancel.abort() } })
    expect((await start(plan, cancel.signal)).states).toEqual(['stopped'])
  })

  it.each(['confirm', 'finish'])('during %s changes nothing any more', async name => {
    const cancel = new AbortController()
    const { plan, log } = scripted(names, { commit: 'confirm', during: { [name]: () => cancel.abort() } })
    const { report } = await start(plan, cancel.signal)
    expect(log).toEqual(names)
    expect(report.outcome.kind).toBe('done')
    expect(exitOf(report)).toBe(0)
  })

  it('before the first step begins nothing', async () => {
    const { plan, log } = scripted(names, { commit: 'confirm' })
    const { report } = await start(plan, AbortSignal.abort())
    expect(log).toEqual([])
    expect(exitOf(report)).toBe(130)
  })
})

it('an audit line that cannot be written is said, and changes no outcome', async () => {
  const fake = new FakeWorld()
  fake.broken.set('audit.append', { kind: 'no-permission', host: 'h', what: 'audit', cure: '' })
  const { plan } = scripted(['begin'])
  const report = await runPlan(plan, fake.world(), { signal: new AbortController().signal, report: () => undefined })
  expect(report.outcome.kind).toBe('done')
  expect(report.summary).toContain('audit line could not be written')
})
