import type { Request } from '../../src/core/operations.ts'
import { fetchThroughEdge, writeNotebook } from '../lab/harness.ts'
import { notebook } from '../lab/notebooks.ts'
import { eventually, expectPapergen } from '../lab/operator.ts'
import { nothingRuns } from '../lab/started.ts'
import type { Halt } from './halt.ts'
import { startHalted } from './halted.ts'
import type { Operation } from './names.ts'
import { steady, tried } from './papers.ts'
import { listPoints, type Point } from './points.ts'
import { comeBackTo, type Saved, save } from './saved.ts'
import { differencesOf, filesHash, type Stand } from './stand.ts'

/** One operation from one state of both hosts, and every point where a fault makes a difference. */
export type Scenario = {
  readonly operation: Operation
  /** Tells apart what `repair` is tried on. */
  readonly name: string
  readonly request: Request
  /** Where every run of it begins. */
  readonly begins: Saved
  readonly old: Stand
  /** As an undisturbed run left it. `restart` changes no file: there a new process tells it from the old one. */
  readonly new: Stand
  /** The one end that is right, where the direction was decided before it began: that of the operation which `repair` ends. */
  readonly only?: 'old' | 'new'
  /** Live before and after: its visitors must notice nothing. */
  readonly live: boolean
  readonly points: readonly Point[]
}

const publish: Request = { kind: 'publish', notebook: `${tried}.py`, id: null, title: null, port: null }
const unpublish: Request = { kind: 'unpublish', id: tried }
const repair: Request = { kind: 'repair', id: null }

/** The states that operations begin in, made with papergen itself. */
export type States = Readonly<Record<'without' | 'first' | 'changed' | 'second', Saved>>

export const makeStates = async (): Promise<States> => {
  writeNotebook(`${steady}.py`, notebook('steady', 'Steady'))
  writeNotebook(`${tried}.py`, notebook('first', 'Fragile'))
  await expectPapergen(0, 'publish', `${steady}.py`, '--yes')
  const without = await save('without')
  await expectPapergen(0, 'publish', `${tried}.py`, '--yes')
  const first = await save('first')
  writeNotebook(`${tried}.py`, notebook('second', 'Fragile'))
  const changed = await save('changed')
  await expectPapergen(0, 'publish', `${tried}.py`, '--yes')
  return { without, first, changed, second: await save('second') }
}

/** The scenarios of an operation, each made when the one before is done with. */
export async function* scenariosOf(states: States, operation: Operation): AsyncGenerator<Scenario> {
  const { without, first, changed, second } = states
  switch (operation) {
    case 'publish':
      return yield await listed({ operation, name: operation, request: publish, begins: without, live: false })
    case 'update':
      return yield await listed({ operation, name: operation, request: publish, begins: changed, live: true })
    case 'rollback': {
      const request: Request = { kind: 'rollback', id: tried }
      return yield await listed({ operation, name: operation, request, begins: second, live: true })
    }
    case 'unpublish':
      return yield await listed({ operation, name: operation, request: unpublish, begins: first, live: false })
    case 'restart': {
      const request: Request = { kind: 'restart', id: tried }
      return yield await listed({ operation, name: operation, request, begins: first, live: false })
    }
    case 'repair':
      yield await interrupted('publish', without, publish, { call: 'step', when: 'before', step: 'index' })
      yield await interrupted('update', changed, publish, { call: 'step', when: 'before', step: 'main-lan' })
      yield await interrupted('confirmed update', changed, publish, { call: 'step', when: 'before', step: 'drop-next' })
      yield await interrupted('unpublish', first, unpublish, { call: 'step', when: 'before', step: 'gone' })
  }
}

type Unlisted = Omit<Scenario, 'old' | 'new' | 'only' | 'points'>

/** An undisturbed run that stops at every place: the tree at each, and what it leaves. */
const listed = async (scenario: Unlisted, old: Stand = scenario.begins.stand): Promise<Scenario> => {
  await comeBackTo(scenario.begins)
  const program = startHalted({ request: scenario.request, halts: 'all' })
  const seen: Point[] = []
  for (let halt = await program.next(); halt !== null; halt = await program.next()) {
    seen.push({ ...halt, files: filesHash() })
    program.go()
  }
  const { said, stderr } = await program.ended
  if (said?.outcome !== 'done')
    throw new Error(`the undisturbed ${scenario.name} did not succeed: ${said?.words}\n${stderr}`)
  await nothingRuns()
  await eventually(`an answer after ${scenario.name}`, 30, isSettled)
  const end = await save(`after-${scenario.operation}-${scenario.name}`)
  return { ...scenario, old, new: end.stand, points: listPoints(seen) }
}

/** Repair of an operation that was killed there: it must end where an undisturbed repair does, before that operation or behind it. */
const interrupted = async (
  name: string,
  from: Saved,
  request: Request,
  at: Omit<Halt, 'number'>,
): Promise<Scenario> => {
  await comeBackTo(from)
  const program = startHalted({ request, halts: 'all' })
  let halt = await program.next()
  for (; halt !== null && !isAt(halt, at); halt = await program.next()) program.go()
  if (halt === null) throw new Error(`${name} never came to ${at.step}`)
  program.kill()
  await program.ended
  await nothingRuns(60)
  await eventually(`an answer after the killed ${name}`, 30, isSettled)
  const begins = await save(`killed-${name.replace(' ', '-')}`)
  const unlisted = { operation: 'repair', name: `repair of ${name}`, request: repair, begins, live: false } as const
  const scenario = await listed(unlisted, from.stand)
  return { ...scenario, only: differencesOf(scenario.new, from.stand).length === 0 ? 'old' : 'new' }
}

const isAt = ({ call, when, step }: Halt, at: Omit<Halt, 'number'>): boolean =>
  call === at.call && when === at.when && step === at.step

const isSettled = async (): Promise<boolean> =>
  [200, 404].includes((await fetchThroughEdge(`/thesis/${tried}/health`)).status)
