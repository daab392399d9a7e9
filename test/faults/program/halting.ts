import type { World } from '../../../src/core/ports.ts'
import type { Plan, Step } from '../../../src/core/step.ts'
import type { Halt } from '../halt.ts'

/** Tells where the program stands, and waits there when it is to. */
export type Gate = (call: string, when: Halt['when']) => Promise<void>

/** What changes something on either host; what only reads can be killed without a trace, and polls never the same number of times. */
const acting: Partial<Record<keyof World, readonly string[]>> = {
  gpuEntry: [...['begin', 'resume', 'undo', 'end', 'writeUnit', 'startUnit', 'restartUnit', 'removeUnit'], 'undoUnit'],
  edgeEntry: ['begin', 'resume', 'undo', 'end', 'setRoute', 'dropRoute', 'setIndex', 'confirm', 'outcome'],
  intents: ['put', 'remove'],
  registry: ['update'],
  sidecar: ['update'],
  releases: ['make', 'remove', 'prune'],
  audit: ['append'],
}

/** The world, halting before and after every call that changes something. */
export const haltingWorld = (world: World, gate: Gate): World => ({
  ...world,
  ...Object.fromEntries(
    Object.entries(acting).map(([name, calls]) => [name, haltingPort(name, world[name as keyof World], calls, gate)]),
  ),
})

const haltingPort = (name: string, port: World[keyof World], calls: readonly string[], gate: Gate) =>
  new Proxy(port as object, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      const run = (...words: unknown[]): unknown => Reflect.apply(value, target, words)
      return calls.includes(String(key))
        ? (...words: unknown[]) => between(gate, `${name}.${String(key)}`, async () => run(...words))
        : run
    },
  })

/** The plan, halting before and after every step and every undo. */
export const haltingPlan = (plan: Plan, gate: Gate): Plan => ({
  ...plan,
  steps: plan.steps.map(step => haltingStep(step, gate)),
})

const haltingStep = (step: Step, gate: Gate): Step => ({
  ...step,
  run: context => between(gate, 'step', () => step.run(context)),
  ...(step.undo && {
    undo: {
      ...step.undo,
      run: (context: Parameters<Step['run']>[0]) => between(gate, 'undo', () => step.undo!.run(context)),
    },
  }),
})

const between = async <T>(gate: Gate, call: string, act: () => Promise<T>): Promise<T> => {
  await gate(call, 'before')
  const answer = await act()
  await gate(call, 'after')
  return answer
}
