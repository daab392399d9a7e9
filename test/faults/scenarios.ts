import { fetchThroughEdge, writeNotebook } from '../lab/harness.ts'
import { notebook } from '../lab/notebooks.ts'
import { eventually, expectPapergen } from '../lab/operator.ts'
import { nothingRuns } from '../lab/started.ts'
import type { Script } from './halt.ts'
import { type Halted, startHalted } from './halted.ts'
import type { Outline, Place, StateName } from './outlines.ts'
import { steady, tried } from './papers.ts'
import { listPoints, type Point } from './points.ts'
import { comeBackTo, type Saved, save } from './saved.ts'
import { differencesOf, filesHash, type Stand } from './stand.ts'

/** One operation from one state of both hosts, and every point where a fault makes a difference. */
export type Scenario = Outline & {
  readonly script: Omit<Script, 'halts'>
  /** Where every run of it begins. */
  readonly begins: Saved
  readonly old: Stand
  /** As an undisturbed run left it. `restart` changes no file: there a new process tells it from the old one. */
  readonly new: Stand
  /** The one end that is right, where the direction was decided before the fault: that of an undo, or of the operation which `repair` ends. */
  readonly only?: 'old' | 'new'
  readonly points: readonly Point[]
}

export type States = Readonly<Record<StateName, Saved>>

/** Made with papergen itself. */
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

/** @param halts `all` lists its points; none, where another lab listed them, finds its ends alone */
export const makeScenario = async (states: States, outline: Outline, halts: 'all' | readonly []): Promise<Scenario> => {
  const { request, failing, killedAt } = outline
  const from = states[outline.from]
  if (killedAt !== undefined) {
    const begins = await killed(outline, from, killedAt)
    const unlisted = { ...outline, script: { request: { kind: 'repair', id: null } }, begins } as const
    const scenario = await listed(unlisted, from.stand, halts)
    return { ...scenario, only: differencesOf(scenario.new, from.stand).length === 0 ? 'old' : 'new' }
  }
  if (failing === undefined) return listed({ ...outline, script: { request }, begins: from }, from.stand, halts)
  const script = { request, without: { undos: [], failing } }
  return { ...(await undone({ ...outline, script, begins: from }, halts)), only: 'old' }
}

type Unlisted = Omit<Scenario, 'old' | 'new' | 'only' | 'points'>

/** An undisturbed run: the tree at every place where it can wait, and what it leaves. */
const listed = async (scenario: Unlisted, old: Stand, halts: 'all' | readonly []): Promise<Scenario> => {
  await comeBackTo(scenario.begins)
  const program = startHalted({ ...scenario.script, halts })
  const seen: Point[] = []
  for (let halt = await program.next(); halt !== null; halt = await program.next()) {
    seen.push({ ...halt, files: filesHash() })
    program.go()
  }
  await expectEnd(scenario, program)
  await nothingRuns()
  await eventually(`an answer after ${scenario.name}`, 30, isSettled)
  const end = await save(`after-${wordOf(scenario)}`)
  return {
    ...scenario,
    old,
    new: end.stand,
    points: listPoints(scenario.failing === undefined ? seen : fromFirstUndo(seen)),
  }
}

/** What lies before it is struck in the scenario of the operation itself. */
const fromFirstUndo = (seen: readonly Point[]): readonly Point[] =>
  seen.slice(seen.findIndex(({ call }) => call === 'undo'))

const expectEnd = async ({ name, failing }: Unlisted, program: Halted): Promise<void> => {
  const { said, stderr } = await program.ended
  if (said?.outcome !== (failing === undefined ? 'done' : 'rolled-back'))
    throw new Error(`the undisturbed ${name} ended ${said?.outcome}: ${said?.words}\n${stderr}`)
}

/** It must leave nothing. */
const undone = async (unlisted: Unlisted, halts: 'all' | readonly []): Promise<Scenario> => {
  const scenario = await listed(unlisted, unlisted.begins.stand, halts)
  const [left] = differencesOf(scenario.old, scenario.new)
  if (left !== undefined) throw new Error(`the undisturbed ${scenario.name} left ${left.name} ${left.after}`)
  return scenario
}

/** Both hosts after the operation was killed there. Its repair must end where an undisturbed one does, before that operation or behind it. */
const killed = async ({ name, request }: Outline, from: Saved, at: Place): Promise<Saved> => {
  await comeBackTo(from)
  const program = startHalted({ request, halts: 'all' })
  let halt = await program.next()
  for (; halt !== null && !isAt(halt, at); halt = await program.next()) program.go()
  if (halt === null) throw new Error(`${name} never came to ${at.step}`)
  program.kill()
  await program.ended
  await nothingRuns(60)
  await eventually(`an answer before ${name}`, 30, isSettled)
  return save(`killed-${name.replaceAll(' ', '-')}`)
}

const isAt = ({ call, when, step }: Place, at: Place): boolean =>
  call === at.call && when === at.when && step === at.step

const wordOf = ({ name }: Outline): string => name.replaceAll(' ', '-')

const isSettled = async (): Promise<boolean> =>
  [200, 404].includes((await fetchThroughEdge(`/thesis/${tried}/health`)).status)
