import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Layout, layoutOfWorker } from '../../lab/layout.ts'
import { LabError } from '../../lab/run.ts'
import { downWorkers } from '../../lab/up.ts'
import type { Answers, Order, Told } from './orders.ts'

/** A lab with the process that works in it. */
export type LabAtWork = {
  /** Its hosts are up, and the states that operations begin in are made. */
  readonly ready: Promise<unknown>
  readonly ask: <K extends Order['kind']>(order: Extract<Order, { kind: K }>) => Promise<Answers[K]>
}

/** Several labs at once, and the end of all of them; `lost` throws when one of them ends by itself. */
export type Labs = {
  readonly labs: readonly LabAtWork[]
  readonly lost: Promise<never>
  readonly close: () => Promise<void>
}

export const openLabs = (layout: Layout, count: number): Labs => {
  const children = Array.from({ length: count }, (_, at) => start(layout, String(at + 1)))
  const close = async (): Promise<void> => {
    const ending = children.filter(isRunning).map(child => once(child, 'exit'))
    for (const child of children) if (child.connected) child.disconnect()
    await Promise.all(ending)
    // What one that crashed, or that was booting a host, left behind.
    await downWorkers(layout, 'faults')
  }
  return { labs: children.map(labOf), lost: Promise.race(children.map(endOf)), close }
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null

/** In a process group of its own: Ctrl-C is for the main program, which then lets go of it. */
const start = (layout: Layout, number: string): ChildProcess => {
  const own = layoutOfWorker(number, layout, 'faults')
  return fork(join(import.meta.dirname, 'worker.ts'), [`lab ${number}`], {
    detached: true,
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PAPERGEN_LAB: own.root, PAPERGEN_LAB_BASE: own.base },
  })
}

const labOf = (child: ChildProcess): LabAtWork => ({
  ready: told(child, 'ready'),
  ask: async order => {
    const answered = told(child, 'answer')
    child.send(order)
    return (await answered).answer as Answers[(typeof order)['kind']]
  },
})

const told = <K extends Told['kind']>(child: ChildProcess, kind: K): Promise<Extract<Told, { kind: K }>> =>
  new Promise(resolve => {
    const listen = (message: unknown): void => {
      const one = message as Told
      if (one.kind !== kind) return
      child.off('message', listen)
      resolve(one as Extract<Told, { kind: K }>)
    }
    child.on('message', listen)
  })

const endOf = (child: ChildProcess): Promise<never> =>
  new Promise((_, reject) => {
    void told(child, 'failed').then(({ why }) => reject(new LabError(why)))
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new LabError(`The process of a lab ended by itself: ${signal ?? code}.`)),
    )
  })
