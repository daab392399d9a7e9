import { build } from 'esbuild'
import { layoutAt } from '../../lab/layout.ts'
import { labPossible } from '../../lab/possible.ts'
import { runningLab } from '../../lab/record.ts'
import { LabError } from '../../lab/run.ts'
import { down, up } from '../../lab/up.ts'
import { bundle } from '../../scripts/bundle.ts'
import { mountSmall, unmountSmall } from './disk.ts'
import { wordsOf } from './halt.ts'
import { countKnocks } from './knocks.ts'
import type { FaultName, Operation } from './names.ts'
import { firstOfSteps, type Point } from './points.ts'
import { comeBackTo } from './saved.ts'
import { makeStates, type Scenario, type States, scenariosOf } from './scenarios.ts'
import { oneSided, tableOf, totalOf } from './table.ts'
import { type Trial, tryPoint } from './trial.ts'
import { watchVisitors } from './visitors.ts'
import { type Caught, withoutEachUndo } from './without-undo.ts'
import { readWords, type Wanted } from './words.ts'

/** `npm run faults`: every operation, with every fault, at every point. Needs root and a machine that can have a lab. */
const main = async (words: readonly string[]): Promise<number> => {
  const wanted = readWords(words)
  const { possible, why } = labPossible()
  if (!possible) throw new LabError(`no lab on this machine: ${why}`)
  await build(bundle('test/faults/program/main.ts', 'dist/faults-papergen.mjs'))
  const layout = layoutAt()
  if (runningLab(layout) !== undefined)
    throw new LabError(
      'The lab is up, and this needs hosts nobody touched: take it down, or set PAPERGEN_LAB to another folder.',
    )
  await up(layout, { say: line => console.error(`lab: ${line}`) })
  try {
    return await Promise.race([tryAll(wanted), stopped()])
  } finally {
    await down(layout)
  }
}

/** Whoever stops us still gets his machine back: the lab goes down, once. */
const stopped = (): Promise<number> =>
  new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        say(`ended by ${signal}`)
        resolve(130)
      })
  })

const tryAll = async (wanted: Wanted): Promise<number> => {
  const states = await makeStates()
  if (wanted.withoutUndo) return tryUndos(states, wanted.operations)
  const trials: Trial[] = []
  for (const operation of wanted.operations)
    for await (const scenario of scenariosOf(states, operation)) trials.push(...(await tryScenario(scenario, wanted)))
  return conclude(trials)
}

/** Each undo left out once: what the comparison does not catch, it would not see broken either. */
const tryUndos = async (states: States, operations: readonly Operation[]): Promise<number> => {
  const all: Caught[] = []
  for (const operation of operations.filter(name => name !== 'restart' && name !== 'repair'))
    for await (const scenario of scenariosOf(states, operation))
      for await (const one of withoutEachUndo(scenario)) {
        all.push(one)
        say(`without ${one.undo} -> ${one.by === null ? 'NOT CAUGHT' : `VIOLATION  ${one.by}`}`)
      }
  const caught = all.filter(({ by }) => by !== null).length
  say(`${all.length} undos, ${caught} caught`)
  return caught === all.length ? 0 : 1
}

const tryScenario = async (scenario: Scenario, { faults, points }: Wanted): Promise<readonly Trial[]> => {
  say(`${scenario.name}: ${scenario.points.length} points that differ in step or files`)
  const stop = watchVisitors()
  const trials: Trial[] = []
  for (const fault of faults)
    trials.push(...(await tryFault(scenario, fault, pointsFor(fault, scenario.points, points))))
  const knocks = await stop()
  const outages = trials.flatMap(({ outage }) => outage ?? [])
  const whole = [{ from: 0, until: Number.POSITIVE_INFINITY }]
  tell('steady paper', countKnocks(knocks.steady, whole, outages))
  if (scenario.live) {
    tell(
      'paper under change',
      countKnocks(
        knocks.tried,
        trials.map(({ ran }) => ran),
        outages,
      ),
    )
    for (const trial of trials) tellLoss(trial, countKnocks(knocks.tried, [trial.ran], outages))
  }
  return trials
}

/** Which fault, where, cost visitors of the paper under change an answer. */
const tellLoss = ({ fault, point }: Trial, { requests, failed, says }: ReturnType<typeof countKnocks>): void => {
  if (failed > 0) say(`    ${fault} at ${wordsOf(point)}: ${failed} of ${requests} failed, first ${says[0]}`)
}

/** A host that boots or a full disk is the same for every point of a step, and slow. */
const pointsFor = (fault: FaultName, points: readonly Point[], wanted: Wanted['points']): readonly Point[] => {
  const slow = fault === 'reboot-edge' || fault === 'full-gpu' || fault === 'full-edge'
  return wanted === 'steps' || (wanted === null && slow) ? firstOfSteps(points) : points
}

const tryFault = async (scenario: Scenario, fault: FaultName, points: readonly Point[]): Promise<readonly Trial[]> => {
  const small = fault === 'full-gpu' ? 'gpu' : fault === 'full-edge' ? 'edge' : null
  if (small !== null) {
    await comeBackTo(scenario.begins)
    await mountSmall(small)
  }
  const trials: Trial[] = []
  for (const point of points) {
    const trial = await tryPoint(scenario, fault, point)
    if (trial === null) continue
    trials.push(trial)
    tellTrial(trial)
  }
  if (small !== null) await unmountSmall(small)
  return trials
}

const tellTrial = ({ scenario, fault, point, verdict, story, ran }: Trial): void => {
  say(
    `${scenario.name.padEnd(28)} ${fault.padEnd(12)} ${wordsOf(point).padEnd(44)} -> ${verdict.padEnd(9)} ${((ran.until - ran.from) / 1000).toFixed(1)} s  ${story[0]}`,
  )
  if (verdict === 'VIOLATION') for (const line of story) say(`    ${line}`)
}

const tell = (who: string, { requests, failed, says }: ReturnType<typeof countKnocks>): void => {
  say(`${who}: ${requests} requests through the edge, ${failed} failed (the edge's own outages left out)`)
  for (const line of says) say(`    ${line}`)
}

const conclude = (trials: readonly Trial[]): number => {
  const rows = trials.map(({ scenario: { operation }, fault, verdict }) => ({ operation, fault, verdict }))
  for (const line of tableOf(rows)) say(line)
  for (const operation of oneSided(rows)) say(`${operation} never ended both old and new`)
  say(totalOf(rows))
  return rows.some(({ verdict }) => verdict === 'VIOLATION') ? 1 : 0
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

main(process.argv.slice(2)).then(
  // What a stopped run still has under way must not keep us.
  code => process.exit(code),
  problem => {
    console.error(problem instanceof LabError ? problem.message : problem)
    process.exit(1)
  },
)
