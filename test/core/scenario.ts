import { PapergenError, type Problem } from '../../src/core/errors.ts'
import { prepare, type Request } from '../../src/core/operations.ts'
import { runPlan } from '../../src/core/run-plan.ts'
import type { OperationReport } from '../../src/core/step.ts'
import { hashOf } from './fake-values.ts'
import { FakeWorld, type Fault } from './fake-world.ts'

/** Worlds to begin from, and one way to run a request in them with one fault. */

export const notebook = 'papers/attention.py'
export const publishRequest: Request = { kind: 'publish', notebook, id: null, title: 'Attention', port: null }

export const emptyWorld = (): FakeWorld => {
  const fake = new FakeWorld()
  fake.notebooks.set(notebook, 'old text')
  return fake
}

/** Another paper is live, so that nothing may happen to it; then `attention` too, and its notebook has a new text. */
export const liveWorld = async (): Promise<FakeWorld> => {
  const fake = emptyWorld()
  fake.notebooks.set('papers/other.py', 'other text')
  await mustRun(fake, { kind: 'publish', notebook: 'papers/other.py', id: null, title: 'Other', port: null })
  await mustRun(fake, publishRequest)
  fake.notebooks.set(notebook, 'new text')
  fake.now += 60_000
  return fake
}

/** As `liveWorld`, with two releases to go between. */
export const updatedWorld = async (): Promise<FakeWorld> => {
  const fake = await liveWorld()
  await mustRun(fake, publishRequest)
  fake.now += 60_000
  return fake
}

export const oldRelease = hashOf('old text')
export const newRelease = hashOf('new text')

export const run = async (
  fake: FakeWorld,
  request: Request,
  { fault = null, cancelAt = null }: { readonly fault?: Fault | null; readonly cancelAt?: number | null } = {},
): Promise<OperationReport> => {
  const world = fake.world()
  const plan = await prepare(world, request)
  const cancel = new AbortController()
  fake.calls = []
  fake.outages = []
  fake.fault = fault
  const watched = fake.afterCall
  fake.afterCall = call => {
    watched(call)
    if (fake.calls.length - 1 === cancelAt) cancel.abort()
  }
  const report = await runPlan(plan, world, { signal: cancel.signal, report: () => undefined })
  fake.fault = null
  fake.afterCall = watched
  return report
}

export const mustRun = async (fake: FakeWorld, request: Request): Promise<OperationReport> => {
  const report = await run(fake, request)
  if (report.outcome.kind !== 'done') throw new Error(`${report.title}: ${JSON.stringify(report, null, 1)}`)
  return report
}

/** Runs `papergen repair` as a new console would after a crash. */
export const repairAfterCrash = async (fake: FakeWorld): Promise<void> => {
  fake.restartConsole()
  await mustRun(fake, { kind: 'repair', id: null })
}

/** The kind of problem it is refused with. */
export const refusal = async (fake: FakeWorld, request: Request): Promise<string> =>
  (await refusalOf(fake, request))?.kind ?? 'accepted'

export const refusalOf = async (fake: FakeWorld, request: Request): Promise<Problem | null> => {
  try {
    await prepare(fake.world(), request)
    return null
  } catch (thrown) {
    if (thrown instanceof PapergenError) return thrown.problem
    throw thrown
  }
}
