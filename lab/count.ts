import type { Reporter, TestModule } from 'vitest/node'

/** Says at the end how many lab tests ran: a run that skipped them must not look like one that passed them. */
export default class Count implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap(module => [...module.children.allTests()])
    const ended = (state: string): number => tests.filter(test => test.result().state === state).length
    console.log(
      `lab tests run: ${ended('passed') + ended('failed')} (${ended('passed')} passed, ${ended('failed')} failed)`,
    )
  }
}
