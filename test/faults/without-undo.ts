import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type HostName, hostNames, project } from '../../lab/layout.ts'
import type { Intent } from '../../src/core/facts.ts'
import { nothingRuns } from '../lab/started.ts'
import type { Halt } from './halt.ts'
import { type Halted, startHalted } from './halted.ts'
import { tried } from './papers.ts'
import { comeBackTo } from './saved.ts'
import type { Scenario } from './scenarios.ts'
import { differencesOf, insideLab, invocationOf, type Stand, takeStand } from './stand.ts'
import { judge, mended } from './trial.ts'
import { type CrashUndo, crashUndos, isRecord, type PlanUndo, planUndos } from './undos.ts'

/** What was left out, and the first difference that gave it away; null when nothing did. */
export type Caught = { readonly undo: string; readonly by: string | null }

/** Every undo of the operation's plan and every record that `repair` would use, each left out in a run of its own. */
export async function* withoutEachUndo(scenario: Scenario): AsyncGenerator<Caught> {
  for (const undo of planUndos.filter(({ operation }) => operation === scenario.operation))
    yield await withoutPlanUndo(scenario, undo)
  for (const crash of crashUndos.filter(({ operation }) => operation === scenario.operation))
    for (const record of await recordsAt(scenario, crash)) yield await withoutRecord(scenario, crash, record)
}

/** First with its undo, which must leave nothing: otherwise what it leaves without proves nothing. */
const withoutPlanUndo = async (scenario: Scenario, { step, left }: PlanUndo): Promise<Caught> => {
  const undo = `${scenario.operation}: undo of ${left.join(' and ')}`
  const control = await leftBy(scenario, step, [])
  if (control !== null) throw new Error(`${undo}: with it there is left ${control}`)
  return { undo, by: await leftBy(scenario, step, left) }
}

/** What is left when a step fails after it ran: looked at before the locks are freed, which puts the edge back once more, and at the end. */
const leftBy = async (scenario: Scenario, step: string, undos: readonly string[]): Promise<string | null> => {
  await comeBackTo(scenario.begins)
  const program = startHalted({ request: scenario.script.request, halts: 'all', without: { undos, failing: step } })
  const halt = await comeTo(program, { call: 'undo', when: 'before', step: 'begin' })
  const early = halt === null ? null : firstDifference(scenario.old, await takeStand(), isOfRunningOperation)
  program.go()
  while ((await program.next()) !== null) program.go()
  await program.ended
  await nothingRuns(70)
  return early ?? firstDifference(scenario.old, await takeStand(), () => false)
}

/** What an operation under way has and a finished one has not. */
const isOfRunningOperation = (name: string): boolean =>
  name.startsWith('lock ') ||
  name.includes('/state/intents') ||
  name.endsWith('/.papergen.room') ||
  /^(gpu|edge):\/var\/lib\/papergen/.test(name)

const firstDifference = (old: Stand, now: Stand, isExpected: (name: string) => boolean): string | null => {
  const found = differencesOf(old, now).find(({ name }) => !isExpected(name))
  return found === undefined ? null : `${found.name}: ${found.before ?? 'absent'} -> ${found.after ?? 'absent'}`
}

const comeTo = async (program: Halted, at: Omit<Halt, 'number'>): Promise<Halt | null> => {
  for (let halt = await program.next(); halt !== null; halt = await program.next()) {
    if (halt.call === at.call && halt.when === at.when && halt.step === at.step) return halt
    program.go()
  }
  return null
}

/** A thing recorded for `repair`: a file of a journal by its path from the host's root, or a field of the intent. */
type UndoRecord = { readonly words: string; readonly remove: () => void }

const recordsAt = async (scenario: Scenario, { at, before }: CrashUndo): Promise<readonly UndoRecord[]> => {
  await comeBackTo(scenario.begins)
  const program = startHalted({ request: scenario.script.request, halts: 'all' })
  if ((await comeTo(program, at)) === null) throw new Error(`${scenario.name} never came to ${at.step}`)
  const files = hostNames.flatMap(host => recordFiles(host))
  program.kill()
  await program.ended
  await mended([])
  return [...files, ...before.map(fieldRecord)]
}

const recordFiles = (host: HostName): readonly UndoRecord[] => {
  const folder = `/var/lib/papergen/${host}/undo`
  const path = (name: string): string => join(insideLab().layout.host(host).root, folder, name)
  // A host that was not changed yet has no journal.
  if (!existsSync(path(''))) return []
  return readdirSync(path(''))
    .filter(isRecord)
    .map(name => ({ words: `${folder}/${name}`, remove: () => rmSync(path(name)) }))
}

const fieldRecord = (field: string): UndoRecord => ({
  words: field === '' ? "the intent's before" : `the intent's before.${field}`,
  remove: () => {
    const folder = join(insideLab().layout.host('gpu').root, project, 'state/intents')
    const path = join(folder, readdirSync(folder).find(name => name.endsWith('.json')) ?? '')
    const intent = JSON.parse(readFileSync(path, 'utf8')) as Intent
    writeFileSync(path, JSON.stringify({ ...intent, before: beforeWithout(intent.before, field) }))
  },
})

const beforeWithout = (before: Intent['before'], field: string): Intent['before'] =>
  before === null || field === '' ? null : { ...before, [field]: field === 'releaseExisted' ? true : null }

/** Killed there, the record removed: one repair and a look must not find the old state, nor the new one. */
const withoutRecord = async (scenario: Scenario, { at }: CrashUndo, record: UndoRecord): Promise<Caught> => {
  await comeBackTo(scenario.begins)
  const invocation = await invocationOf(tried)
  const program = startHalted({ request: scenario.script.request, halts: 'all' })
  await comeTo(program, at)
  record.remove()
  program.kill()
  await program.ended
  const problems = await mended([])
  const { verdict, why } = await judge(scenario, invocation)
  const isCaught = problems.length > 0 || verdict === 'VIOLATION'
  return { undo: `${scenario.operation}: ${record.words}`, by: isCaught ? (problems[0] ?? why[0] ?? '') : null }
}
