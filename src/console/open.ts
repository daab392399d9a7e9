import type { Composed } from '../compose.ts'
import { keepUses } from '../core/observed.ts'
import type { Memory } from '../core/ports.ts'
import { createOperator } from '../services/operator.ts'
import { openScreen } from '../views/console.tsx'
import { startAlarms } from './alarms.ts'
import { arrangedStore, keepArrangement, type Look } from './arrangement.ts'
import { defect, hearCrash } from './defect.ts'
import { createEffects } from './effects.ts'
import { createLeaving, leaveWhenStopped } from './leaving.ts'
import { createLogs } from './logs.ts'
import { createSaves } from './saves.ts'
import { createSuspension } from './suspension.ts'
import { startTicking } from './ticks.ts'
import { createWatch } from './watch.ts'

export type ConsoleOptions = Look & {
  /** Aborts on SIGINT, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal
  /** Where the operator's arrangement is remembered; null: nowhere. */
  readonly memory: Memory | null
}

/** The console until it is quit: an observer fills the store, keys become effects, effects run here. @returns the exit code */
export const openConsole = async (
  { world, observer, activity: hear }: Pick<Composed, 'world' | 'observer' | 'activity'>,
  { signal, memory, ...look }: ConsoleOptions,
): Promise<number> => {
  const { clock } = world
  const store = arrangedStore(world, look, memory)
  const tell = store.dispatch
  const watch = createWatch(observer, tell)
  const activity = hear(papers => tell({ type: 'moving', papers }))

  const operator = createOperator(world, tell, watch.refresh)
  const logs = createLogs(world, activity, tell)
  const saves = createSaves(tell)
  const { quit, done } = createLeaving(operator)
  const suspend = (): void => void suspension.suspend()
  const perform = createEffects(world, { operator, logs, saves, quit, suspend }, tell)
  const onKey = (key: string): void => {
    for (const effect of store.press(key)) perform(effect)
  }

  const crash = hearCrash()
  leaveWhenStopped(signal, store, onKey, quit)
  const screen = openScreen(store, {
    stdin: process.stdin,
    stdout: process.stdout,
    onKey,
    tellIdle: process.env.PAPERGEN_TEST_IDLE === '1',
  })
  const suspension = createSuspension({ store, screen, watch, clock, memory, onKey })
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
    stopTicking()
    keepArrangement(store, memory)
    watch.end()
    stopListening()
    suspension.leave()
    logs.leave()
    store.close()
    screen.close()
    await screen.ended.catch(() => {})
    crash.ignore()
    saves.tell()
  }
  return signal.aborted ? 130 : 0
}
