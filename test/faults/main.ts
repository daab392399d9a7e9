import { build } from 'esbuild'
import { type Layout, layoutAt, layoutsOfWorkers } from '../../lab/layout.ts'
import { labPossible } from '../../lab/possible.ts'
import { runningLab } from '../../lab/record.ts'
import { LabError } from '../../lab/run.ts'
import { downWorkers, prepare } from '../../lab/up.ts'
import { bundle } from '../../scripts/bundle.ts'
import type { Halt } from './halt.ts'
import { type LabAtWork, openLabs } from './labs.ts'
import { faultNames } from './names.ts'
import type { Chunk, Order, Tried } from './orders.ts'
import { type Outline, outlineOf, outlines } from './outlines.ts'
import { pointsFor } from './points.ts'
import { chunksOf, workOff } from './queue.ts'
import { conclude, say } from './report.ts'
import type { Caught } from './without-undo.ts'
import { readWords, type Wanted } from './words.ts'

/** `npm run faults`: every operation, with every fault, at every point. Needs root and a machine that can have labs. */
const main = async (words: readonly string[]): Promise<number> => {
  const wanted = readWords(words)
  const { possible, why } = labPossible()
  if (!possible) throw new LabError(`no lab on this machine: ${why}`)
  const layout = layoutAt()
  await makeReady(layout)
  const { labs, lost, close } = openLabs(layout, wanted.labs)
  try {
    return await Promise.race([wanted.withoutUndo ? leaveOut(labs, wanted) : tryAll(labs, wanted), stopped(), lost])
  } finally {
    await close()
  }
}

const makeReady = async (layout: Layout): Promise<void> => {
  if (layoutsOfWorkers(layout, 'faults').some(each => runningLab(each) !== undefined))
    throw new LabError(
      `Faults are being tried in ${layout.root} already: wait, set PAPERGEN_LAB to another folder, or end them with 'npm run lab -- down'.`,
    )
  await downWorkers(layout, 'faults')
  await prepare(layout, line => console.error(`lab: ${line}`))
  await build(bundle('test/faults/program/main.ts', 'dist/faults-papergen.mjs'))
}

/** Whoever stops us still gets his machine back: the labs go down, once. */
const stopped = (): Promise<number> =>
  new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        say(`ended by ${signal}`)
        resolve(130)
      })
  })

const tryAll = async (labs: readonly LabAtWork[], wanted: Wanted): Promise<number> => {
  const tried: Tried[] = []
  const obey = async (order: Order, at: number): Promise<readonly Chunk[]> => {
    const lab = labs[at]!
    await lab.ready
    if (order.kind === 'list') return chunksFor(order.scenario, await lab.ask(order), wanted)
    if (order.kind === 'try') tried.push(await lab.ask(order))
    return []
  }
  await workOff(wanted.scenarios, labs.length, obey)
  return conclude(tried, operation => isWhole(wanted, operation))
}

const chunksFor = (scenario: string, found: readonly Halt[], wanted: Wanted): readonly Chunk[] => {
  say(`${scenario}: ${found.length} points that differ in step or files`)
  const outline = outlineOf(scenario)
  return wanted.faults.flatMap(fault => chunksOf(scenario, fault, pointsFor(fault, outline, found, wanted.points)))
}

/** All of an operation was asked for, so it should have shown both ends. */
const isWhole = ({ points, faults, scenarios }: Wanted, operation: string): boolean =>
  points !== 'steps' &&
  faultNames.every(name => faults.includes(name)) &&
  outlines.every(each => each.operation !== operation || scenarios.includes(each.name))

/** Each undo left out once: what the comparison does not catch, it would not see broken either. */
const leaveOut = async (labs: readonly LabAtWork[], wanted: Wanted): Promise<number> => {
  const all: Caught[] = []
  const left = wanted.scenarios.map(outlineOf).filter(hasUndos)
  const work = async (lab: LabAtWork): Promise<void> => {
    await lab.ready
    for (let one = left.shift(); one !== undefined; one = left.shift())
      all.push(...(await lab.ask({ kind: 'undos', scenario: one.name })))
  }
  await Promise.all(labs.map(work))
  const caught = all.filter(({ by }) => by !== null).length
  say(`${all.length} undos, ${caught} caught`)
  return caught === all.length ? 0 : 1
}

const hasUndos = ({ operation, failing, killedAt }: Outline): boolean =>
  operation !== 'restart' && failing === undefined && killedAt === undefined

main(process.argv.slice(2)).then(
  // What a stopped run still has under way must not keep us.
  code => process.exit(code),
  problem => {
    console.error(problem instanceof LabError ? problem.message : problem)
    process.exit(1)
  },
)
