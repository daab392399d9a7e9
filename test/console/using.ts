import { afterAll, afterEach, beforeAll } from 'vitest'
import { buildConsole, type Console } from './console.ts'

/** The console of a test file: bundled once, everything it opened ended after each test. */
export const usingConsole = (): Console => {
  let built: Console | null = null
  const there = (): Console => {
    if (built === null) throw new Error('not built yet')
    return built
  }
  beforeAll(async () => {
    built = await buildConsole()
  }, 60_000)
  afterEach(() => built?.endAll())
  afterAll(() => built?.close())
  return {
    open: (...args) => there().open(...args),
    run: argv => there().run(argv),
    program: () => there().program(),
    shell: (...args) => there().shell(...args),
    papergen: (...args) => there().papergen(...args),
    endAll: () => there().endAll(),
    close: () => there().close(),
  }
}
