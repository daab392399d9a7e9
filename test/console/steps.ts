import type { Acts, Driver, Steps, Verbs } from './language.ts'

/** Where steps are played. */
export type Stage = {
  readonly acts: Acts
  readonly screen: () => string
  readonly exitCode: () => number
}

/** The steps told, one after the other in the order they were told, whichever chain they belong to. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  take(act: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(act)
    this.#last = turn.catch(() => {})
    return turn
  }
}

/**
 * A chain of steps. The first that fails ends it: those behind it are skipped, and awaiting the chain rejects with its error.
 * A chain runs whether it is awaited or not. The failure of one that nobody awaits is a rejection that nobody handles:
 * Node ends a script with it and vitest fails the run with it, each with the whole message, so that no forgotten `await` hides it.
 */
export class Chain {
  readonly #stage: Stage
  readonly #turns: Turns
  readonly #told: string[] = []
  #failed = false
  #done: Promise<unknown> = Promise.resolve()

  constructor(stage: Stage, turns: Turns) {
    this.#stage = stage
    this.#turns = turns
  }

  get done(): Promise<unknown> {
    return this.#done
  }

  add(verb: string, args: readonly unknown[], act: () => void | Promise<void>): void {
    const at = this.#told.push(`${verb}(${args.map(inWords).join(', ')})`) - 1
    // Made here, where the stack still leads to who told it.
    const failure = new Error()
    const turn = this.#turns.take(async () => {
      if (this.#failed) return
      try {
        await act()
      } catch (thrown) {
        this.#failed = true
        throw this.#tell(failure, at, thrown as Error)
      }
    })
    // Each step handles those before it, so that only the end of a chain can be a rejection nobody handles.
    this.#done = Promise.all([this.#done, turn])
  }

  /** What failed and why, which step of which chain it was, and what the screen showed. */
  #tell(failure: Error, at: number, { message }: Error): Error {
    const chain = this.#told.map((words, step) => (step === at ? `▸ ${words} ◂` : words)).join('.')
    failure.message = `${this.#told[at]}: ${message}\n${chain}\n${this.#stage.screen()}`
    const callers = failure.stack
      ?.split('\n')
      .filter(line => /^ +at /.test(line) && !line.includes(import.meta.filename))
    failure.stack = [`Error: ${failure.message}`, ...(callers ?? [])].join('\n')
    return failure
  }
}

const inWords = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value))

/** The verbs: each adds a step to the chain that `chainOf` gives. */
export const verbsOf = (stage: Stage, chainOf: () => Chain, driver: () => Driver): Verbs => {
  const told = (verb: keyof Verbs, args: readonly unknown[]): Chain => {
    const act = stage.acts[verb] as (...args: readonly unknown[]) => void | Promise<void>
    const chain = chainOf()
    chain.add(verb, args, () => act(...args))
    return chain
  }
  const step =
    (verb: keyof Verbs) =>
    (...args: readonly unknown[]): Steps =>
      stepsOf(stage, told(verb, args), driver)
  return {
    press: step('press'),
    type: step('type'),
    shell: step('shell'),
    resize: step('resize'),
    kill: step('kill'),
    idle: step('idle'),
    sees: step('sees'),
    misses: step('misses'),
    focus: step('focus'),
    select: step('select'),
    exited: (...args) => told('exited', args).done.then(() => stage.exitCode()),
  }
}

/** Only steps are thenable: a driver that were could never come out of an `await`. */
const stepsOf = (stage: Stage, chain: Chain, driver: () => Driver): Steps => ({
  ...verbsOf(stage, () => chain, driver),
  // biome-ignore lint/suspicious/noThenProperty: awaiting the steps is what they are for
  then: (told, failed) => chain.done.then(driver).then(told, failed),
})
