import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { compose } from '../../../src/compose.ts'
import { readConfig } from '../../../src/core/config.ts'
import { PapergenError, problemOf } from '../../../src/core/errors.ts'
import { renderProblem } from '../../../src/core/explain.ts'
import { prepare } from '../../../src/core/operations.ts'
import { runPlan } from '../../../src/core/run-plan.ts'
import type { OperationReport, Plan, Step, StepContext } from '../../../src/core/step.ts'
import type { Halt, Said, Script } from '../halt.ts'
import { type Gate, haltingPlan, haltingWorld } from './halting.ts'

/** papergen's own services and core on two real hosts, in a program that can be made to wait: `node faults-papergen.mjs <script as JSON>`. */
const script = JSON.parse(process.argv[2] ?? '{}') as Script
const root = join(import.meta.dirname, '..')
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`)

const main = async (): Promise<void> => {
  const path = join(homedir(), '.config/papergen/config.toml')
  const composed = await compose(readConfig(readFileSync(path, 'utf8'), path, homedir()), {
    readOnly: false,
    version: 'faults',
    share: name => readFileSync(join(root, 'share', name), 'utf8'),
    useMemory: { read: () => null, write: () => undefined },
    askPassphrase: async () => null,
  })
  try {
    await operate(composed.world)
  } catch (thrown) {
    say({ ended: { outcome: 'refused', words: renderProblem(problemOf(thrown, 'the operation')) } })
  }
  await Promise.race([composed.close(), new Promise(resolve => setTimeout(resolve, 2_000))])
}

/** As the command line does it: prepared, then run. */
const operate = async (world: Parameters<typeof runPlan>[1]): Promise<void> => {
  let at = 'prepare'
  const gate = createGate(() => at)
  const halting = haltingWorld(world, gate)
  const plan = haltingPlan(withoutUndo(await prepare(halting, script.request)), gate)
  if (plan.steps.length === 0) return say({ ended: { outcome: 'nothing', words: plan.title } })
  const report = await runPlan(plan, halting, {
    signal: new AbortController().signal,
    report: report => {
      at = stepOf(report) ?? at
    },
  })
  const { outcome } = report
  const problem = 'problem' in outcome ? renderProblem(outcome.problem) : ''
  say({ ended: { outcome: outcome.kind, words: `${report.summary ?? ''} ${problem}`.trim() } })
}

/** A step of `repair` is named after the operation it ends: without its time, so that every lab calls a place the same. */
const stepOf = ({ steps }: OperationReport): string | undefined =>
  steps.find(({ state }) => state === 'running' || state === 'undoing')?.name.replace(/^\d{17}-/, '')

const createGate = (step: () => string): Gate => {
  let number = 0
  return async (call, when) => {
    const halt: Halt = { number: number++, call, when, step: step() }
    if (script.halts !== 'all' && !script.halts.includes(halt.number)) return
    say({ halt })
    // Whoever started us and went away must not leave us waiting for good.
    if ((await lines.next()).done) process.exit(1)
  }
}

/** The step runs and then fails, so that everything it did is to be undone; some undos are not there. */
const withoutUndo = (plan: Plan): Plan => {
  const { without } = script
  if (without === undefined) return plan
  const { undos, failing } = without
  return {
    ...plan,
    steps: plan.steps.map(({ undo, ...step }) => ({
      ...step,
      ...(step.name === failing && { run: context => failAfter(step, context) }),
      ...(undo !== undefined && !undos.includes(step.name) && { undo }),
    })),
  }
}

const failAfter = async (step: Omit<Step, 'undo'>, context: StepContext): Promise<never> => {
  await step.run(context)
  throw new PapergenError({ kind: 'unexpected', what: step.title, why: 'it fails here on purpose' })
}

await main()
process.exit()
