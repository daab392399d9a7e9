import type { Composed } from '../compose.ts'
import { problemOf } from '../core/errors.ts'
import { problemLine } from '../core/explain.ts'
import type { Effect } from '../core/keys.ts'
import type { LogRequest } from '../core/log-request.ts'
import { emptyObserved, keepUses } from '../core/observed.ts'
import type { Memory } from '../core/ports.ts'
import { preferencesOf, withPreferences } from '../core/preferences.ts'
import { initialState, isRunning, type Options } from '../core/state.ts'
import { createDesktop } from '../services/desktop.ts'
import { joinJob } from '../services/job.ts'
import { createLogReader } from '../services/log-reader.ts'
import { saveLog } from '../services/log-saver.ts'
import { createOperator } from '../services/operator.ts'
import { createConsoleStore } from '../store.ts'
import { openScreen } from '../views/console.tsx'
import { startAlarms } from './alarms.ts'
import { defect, hearCrash } from './defect.ts'
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
  const log = createLogReader(world.journal, store.dispatch)
  const activity = hear(papers => store.dispatch({ type: 'moving', papers }))
  let quit: () => void = () => {}
  const done = new Promise<void>(resolve => {
    // An operation under way ends first: nothing is left half done.
    quit = () => void operator.finish().then(resolve)
  })

  /** An ssh server gives one connection ten sessions, and a log of so many papers leaves none to spare. */
  const needsEverySession = ({ units }: LogRequest): boolean => world.config.gpu.reach.via === 'ssh' && units.length > 6
  const crash = hearCrash()

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

  const listPast = async (): Promise<void> => {
    try {
      store.dispatch({ type: 'past', past: { kind: 'listed', ...(await world.audit.list()) } })
    } catch (thrown) {
      store.dispatch({ type: 'past', past: { kind: 'failed', problem: problemOf(thrown, 'reading the audit log') } })
    }
  }

  const desktop = createDesktop({
    environment: process.env,
    platform: process.platform,
    write: text => void process.stdout.write(text),
  })
  const inform = (text: string): void => store.dispatch({ type: 'notice', notice: { tone: 'info', text } })
  const urlOf = (id: string): string => `${world.config.site.url}${encodeURIComponent(id)}/`
  const openUrl = async (url: string): Promise<void> => {
    inform(`Opening ${url}`)
    const why = await desktop.open(url)
    if (why !== null) desktop.copy(url)
    inform(why === null ? `Opened ${url}` : `Copied ${url} (not opened: ${why})`)
  }

  const saved: string[] = []
  const save = async ({ path, text, lines }: Extract<Effect, { kind: 'save' }>): Promise<void> => {
    const notice = await saveLog(path, text, lines)
    if (notice.tone === 'info') saved.push(path)
    store.dispatch({ type: 'notice', notice })
  }

  const perform = (effect: Effect): void => {
    switch (effect.kind) {
      case 'run':
        void operator.run(effect.requests)
        return
      case 'prepare':
        void operator.prepare(effect.requests)
        return
      case 'cancel':
        operator.cancel()
        return
      case 'quit':
        quit()
        return
      case 'suspend':
        void suspend()
        return
      case 'open-log':
        activity.rest(needsEverySession(effect))
        void log.open(effect, effect.beside)
        return
      case 'close-log':
        log.close(effect.source)
        activity.rest(false)
        return
      case 'copy':
        desktop.copy(effect.text)
        return
      case 'save':
        void save(effect)
        return
      case 'list-notebooks':
        void listNotebooks()
        return
      case 'list-past':
        void listPast()
        return
      case 'open-url':
        void openUrl(urlOf(effect.id))
        return
      case 'copy-url':
        desktop.copy(urlOf(effect.id))
        inform(`Copied ${urlOf(effect.id)}`)
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
    log.close()
    store.close()
    screen.close()
    await screen.ended.catch(() => {})
    crash.ignore()
    // What was said in the console is gone with its screen.
    for (const path of saved) process.stderr.write(`Saved on this machine: ${path}\n`)
  }
  return options.signal.aborted ? 130 : 0
}
