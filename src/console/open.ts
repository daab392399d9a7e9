import type { Composed } from '../compose.ts'
import { emptyObserved, keepUses } from '../core/observed.ts'
import type { Memory } from '../core/ports.ts'
import { preferencesOf, withPreferences } from '../core/preferences.ts'
import { initialState, isRunning, type Options } from '../core/state.ts'
import { joinJob } from '../services/job.ts'
import { createOperator } from '../services/operator.ts'
import { createConsoleStore } from '../store.ts'
import { openScreen } from '../views/console.tsx'
import { startAlarms } from './alarms.ts'
import { defect, hearCrash } from './defect.ts'
import { createEffects } from './effects.ts'
import { createLogs } from './logs.ts'
import { createSaves } from './saves.ts'
import { startTicking } from './ticks.ts'
import { createWatch } from './watch.ts'

export type ConsoleOptions = Omit<Options, 'readOnly' | 'site' | 'chosen'> & {
  /** Aborts on SIGINT, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal
  /** Where the operator's arrangement is remembered; null: nowhere. */
  readonly memory: Memory | null
}

/** The console until it is quit: an observer fills the store, keys become effects, effects run here. @returns the exit code */
export const openConsole = async (
  { world, observer: observe, activity: hear }: Pick<Composed, 'world' | 'observer' | 'activity'>,
  options: ConsoleOptions,
): Promise<number> => {
  const { clock } = world
  const { ascii, color, theme, zone, note, memory } = options
  const first = initialState(emptyObserved(world.config, clock.now()), clock.now(), {
    ...{ readOnly: world.readOnly, ascii, color, theme, zone, note },
    ...{ site: world.config.site.url, chosen: world.config.console.columns },
  })
  const store = createConsoleStore(memory === null ? first : withPreferences(first, memory.read()), (run, ms) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  })
  const watch = createWatch(observe, store.dispatch)
  let isOver = false
  const operator = createOperator(world, store.dispatch, watch.refresh)
  const activity = hear(papers => store.dispatch({ type: 'moving', papers }))
  const logs = createLogs(world, activity, store.dispatch)
  const saves = createSaves(store.dispatch)
  let quit: () => void = () => {}
  const done = new Promise<void>(resolve => {
    // An operation under way ends first: nothing is left half done.
    quit = () => void operator.finish().then(resolve)
  })

  const crash = hearCrash()

  const performers = { operator, logs, saves, quit, suspend: () => void suspend() }
  const perform = createEffects(world, performers, store.dispatch)
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
  const suspend = async (): Promise<void> => {
    watch.end()
    memory?.write(JSON.stringify(preferencesOf(store.api.getState())))
    const wasStopped = await screen.lend(job.stop)
    if (isOver) return
    store.dispatch({ type: 'tick', at: clock.now() })
    watch.begin()
    if (!wasStopped)
      store.dispatch({
        type: 'notice',
        notice: { tone: 'warning', text: 'Ctrl-Z: no shell is there that could continue papergen; q quits.' },
      })
  }
  const job = joinJob({
    asked: () => onKey('ctrl-z'),
    // Whoever had the terminal meanwhile left it in another state.
    continued: () => void screen.lend(async () => {}),
  })
  store.api.subscribe((after, before) => keepUses(world, before.observed, after.observed))
  startAlarms(world.config.console, store, screen)
  watch.begin()
  const stopListening = activity.start()
  const stopTicking = startTicking(store, clock)
  try {
    await Promise.race([done, crash.crashed, screen.ended])
  } catch (thrown) {
    throw defect(thrown, store.api.getState())
  } finally {
    isOver = true
    stopTicking()
    memory?.write(JSON.stringify(preferencesOf(store.api.getState())))
    watch.end()
    stopListening()
    job.leave()
    logs.leave()
    store.close()
    screen.close()
    await screen.ended.catch(() => {})
    crash.ignore()
    saves.tell()
  }
  return options.signal.aborted ? 130 : 0
}
