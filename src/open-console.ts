import type { Composed } from './compose.ts'
import { PapergenError, problemOf } from './core/errors.ts'
import { explain, problemLine } from './core/explain.ts'
import type { JournalEntry, JournalQuery } from './core/journal.ts'
import type { Effect } from './core/keys.ts'
import { emptyObserved } from './core/observed.ts'
import { prepare, type Request } from './core/operations.ts'
import { runPlan } from './core/run-plan.ts'
import { initialState, isRunning, type Options } from './core/state.ts'
import { createConsoleStore } from './store.ts'
import { openScreen } from './views/console.tsx'

export type ConsoleOptions = Omit<Options, 'readOnly'> & {
  /** Aborts on SIGINT, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal
}

/** The console until it is quit: an observer fills the store, keys become effects, effects run here. @returns the exit code */
export const openConsole = async (
  { world, observer: observe }: Pick<Composed, 'world' | 'observer'>,
  options: ConsoleOptions,
): Promise<number> => {
  const { clock } = world
  const store = createConsoleStore(
    initialState(emptyObserved(world.config, clock.now()), clock.now(), {
      readOnly: world.readOnly,
      ascii: options.ascii,
      color: options.color,
      zone: options.zone,
    }),
    (run, ms) => {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  )
  const observer = observe(observation => store.dispatch({ type: 'observation', observation }))
  let quitting = false
  let operating: AbortController | null = null
  let reading = new AbortController()
  let finished: () => void = () => {}
  const done = new Promise<void>(resolve => {
    finished = resolve
  })

  /** One request after the other; the next starts when the last was told. */
  const runAll = async (requests: readonly Request[]): Promise<void> => {
    // Until the last one ended nothing else begins, also while one is only being checked.
    store.dispatch({ type: 'requested', requests })
    for (const request of requests) {
      const controller = new AbortController()
      operating = controller
      const succeeded = await runOne(request, controller.signal)
      operating = null
      void observer.refresh()
      store.dispatch({ type: 'next-request' })
      if (!succeeded || quitting) break
    }
    store.dispatch({ type: 'requested', requests: [] })
    if (quitting) finished()
  }

  const runOne = async (request: Request, signal: AbortSignal): Promise<boolean> => {
    try {
      store.dispatch({ type: 'notice', notice: { tone: 'info', text: `${request.kind}: checking…` } })
      const plan = await prepare(world, request)
      if (plan.steps.length === 0) {
        store.dispatch({ type: 'notice', notice: { tone: 'info', text: plan.title } })
        return true
      }
      const report = await runPlan(plan, world, {
        signal,
        report: now => store.dispatch({ type: 'operation', report: now }),
      })
      return report.outcome.kind === 'done'
    } catch (thrown) {
      const problem = problemOf(thrown, request.kind)
      const { hint } = explain(problem)
      store.dispatch({
        type: 'refused',
        text: `${problemLine(problem)}${hint === null ? '' : `  Next: ${hint}`}`,
        problem,
      })
      return false
    }
  }

  const readLog = async (unit: string, source: JournalQuery['source']): Promise<void> => {
    reading.abort()
    const controller = new AbortController()
    reading = controller
    let batch: JournalEntry[] = []
    let timer: NodeJS.Timeout | undefined
    // A pane that was closed and opened again reads anew: what the former reading still holds would be there twice.
    const flush = (): void => {
      clearTimeout(timer)
      timer = undefined
      if (controller.signal.aborted) return
      if (batch.length > 0) store.dispatch({ type: 'log-lines', unit, source, entries: batch })
      batch = []
    }
    const query: JournalQuery = {
      unit,
      source,
      lines: 500,
      follow: true,
      since: null,
      priority: null,
      afterCursor: null,
      invocation: null,
    }
    try {
      for await (const entry of world.journal.read(query, controller.signal)) {
        batch.push(entry)
        timer ??= setTimeout(flush, 50)
      }
      flush()
    } catch (thrown) {
      flush()
      if (!controller.signal.aborted)
        store.dispatch({ type: 'log-failed', text: ` ${problemLine(problemOf(thrown, 'reading the log'))}` })
    }
  }

  const listNotebooks = async (): Promise<void> => {
    try {
      store.dispatch({ type: 'notebooks', notebooks: await world.notebooks.list() })
    } catch (thrown) {
      store.dispatch({ type: 'notebooks', notebooks: [] })
      store.dispatch({
        type: 'notice',
        notice: { tone: 'bad', text: problemLine(problemOf(thrown, 'listing notebooks')) },
      })
    }
  }

  const quit = (): void => {
    quitting = true
    if (operating === null) finished()
  }

  const perform = (effect: Effect): void => {
    switch (effect.kind) {
      case 'run':
        void runAll(effect.requests)
        return
      case 'cancel':
        operating?.abort(new PapergenError({ kind: 'interrupted', during: 'the operation' }))
        return
      case 'quit':
        quit()
        return
      case 'open-log':
        void readLog(effect.unit, effect.source)
        return
      case 'close-log':
        reading.abort()
        return
      case 'list-notebooks':
        void listNotebooks()
        return
    }
  }

  const onKey = (key: string): void => {
    for (const effect of store.press(key)) perform(effect)
  }

  // SIGHUP and SIGTERM act as the first Ctrl-C does, and end the console once nothing is half done.
  const stopped = (): void => {
    if (isRunning(store.api.getState())) onKey('ctrl-c')
    quit()
  }
  options.signal.addEventListener('abort', stopped, { once: true })
  if (options.signal.aborted) stopped()
  // A terminal that goes away is no crash, and its hang-up signal does not reach everybody: the end of the keys does.
  for (const gone of ['end', 'close', 'error'] as const) process.stdin.once(gone, stopped)

  const screen = openScreen(store, {
    stdin: process.stdin,
    stdout: process.stdout,
    onKey,
    tellIdle: process.env.PAPERGEN_TEST_IDLE === '1',
  })
  const stopObserving = observer.start()
  // Ages are coarse, and so is the tick that moves them on; while an operation runs its steps show their time.
  const ticking = setInterval(() => {
    const state = store.api.getState()
    const step = isRunning(state) ? 1_000 : state.observed.edgeHost.link.kind === 'down' ? 1_000 : 10_000
    if (clock.now() - state.at >= step) store.dispatch({ type: 'tick', at: clock.now() })
  }, 500)
  try {
    await Promise.race([done, screen.ended])
  } finally {
    clearInterval(ticking)
    stopObserving()
    reading.abort()
    store.close()
    screen.close()
    await screen.ended.catch(() => {})
  }
  return options.signal.aborted ? 130 : 0
}
