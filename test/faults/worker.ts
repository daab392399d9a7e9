import { rmSync } from 'node:fs'
import { layoutAt } from '../../lab/layout.ts'
import { down, up } from '../../lab/up.ts'
import { mountSmall, unmountSmall } from './disk.ts'
import type { Halt } from './halt.ts'
import { countKnocks, noKnocks } from './knocks.ts'
import type { Answers, Chunk, Order, Told, Trial, Tried } from './orders.ts'
import { outlineOf } from './outlines.ts'
import { tellCaught, tellLost, tellTrial } from './report.ts'
import { comeBackTo } from './saved.ts'
import { makeScenario, makeStates, type Scenario, type States } from './scenarios.ts'
import { tryPoint } from './trial.ts'
import { watchVisitors } from './visitors.ts'
import { type Caught, withoutEachUndo } from './without-undo.ts'

/** A process with a lab of its own, which does what the main program orders: the folder and the base come in its environment. */
const main = async (): Promise<void> => {
  const layout = layoutAt()
  const coming = up(layout, { say: line => console.error(`${process.argv[2]}: ${line}`) })
  // The main program lets go of us at its end, however it ends; what is under way must not keep the lab.
  process.on('disconnect', async () => {
    process.on('uncaughtException', () => undefined)
    await coming.catch(() => undefined)
    await down(layout)
    rmSync(layout.root, { recursive: true, force: true })
    process.exit()
  })
  await coming
  const states = await makeStates()
  const scenarios = new Map<string, Scenario>()
  process.on('message', (order: Order) => {
    obey(states, scenarios, order).then(answer => tell({ kind: 'answer', answer }), failed)
  })
  tell({ kind: 'ready' })
}

const tell = (told: Told): void => {
  if (process.connected) process.send?.(told)
}
const failed = (problem: unknown): void =>
  tell({ kind: 'failed', why: problem instanceof Error ? (problem.stack ?? problem.message) : String(problem) })

const obey = async (
  states: States,
  scenarios: Map<string, Scenario>,
  order: Order,
): Promise<Answers[Order['kind']]> => {
  const outline = outlineOf(order.scenario)
  const known = scenarios.get(order.scenario)
  const scenario = known ?? (await makeScenario(states, outline, order.kind === 'list' ? 'all' : []))
  scenarios.set(order.scenario, scenario)
  switch (order.kind) {
    case 'list':
      return scenario.points.map(({ number, call, when, step }): Halt => ({ number, call, when, step }))
    case 'try':
      return tryChunk(scenario, order)
    case 'undos':
      return leaveOut(scenario)
  }
}

const leaveOut = async (scenario: Scenario): Promise<readonly Caught[]> => {
  const all: Caught[] = []
  for await (const one of withoutEachUndo(scenario)) {
    all.push(one)
    tellCaught(one)
  }
  return all
}

const tryChunk = async (scenario: Scenario, chunk: Chunk): Promise<Tried> => {
  const stop = watchVisitors()
  const trials = await tryPoints(scenario, chunk)
  const knocks = await stop()
  const outages = trials.flatMap(({ outage }) => outage ?? [])
  const whole = [{ from: 0, until: Number.POSITIVE_INFINITY }]
  const ran = trials.map(trial => trial.ran)
  const tried = {
    trials,
    steady: countKnocks(knocks.steady, whole, outages),
    changing: scenario.live ? countKnocks(knocks.tried, ran, outages) : noKnocks,
  }
  tellLost('steady paper', chunk, tried.steady)
  for (const trial of scenario.live ? trials : [])
    tellLost('paper under change', trial, countKnocks(knocks.tried, [trial.ran], outages))
  return tried
}

const tryPoints = async (scenario: Scenario, { fault, points }: Chunk): Promise<readonly Trial[]> => {
  const small = fault === 'full-gpu' ? 'gpu' : fault === 'full-edge' ? 'edge' : null
  if (small !== null) {
    await comeBackTo(scenario.begins)
    await mountSmall(small)
  }
  const trials: Trial[] = []
  for (const point of points) {
    const trial = await tryPoint(scenario, fault, point)
    // With the lab going down nothing that is found means anything.
    if (!process.connected) break
    if (trial === null) continue
    trials.push(trial)
    tellTrial(trial)
  }
  if (small !== null) await unmountSmall(small)
  return trials
}

main().catch(failed)
