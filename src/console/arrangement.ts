import { emptyObserved } from '../core/observed.ts'
import type { Memory, World } from '../core/ports.ts'
import { preferencesOf, withPreferences } from '../core/preferences.ts'
import { initialState, type Options, type State } from '../core/state.ts'
import { type ConsoleStore, createConsoleStore } from '../store.ts'

/** What the terminal and its operator ask for. */
export type Look = Omit<Options, 'readOnly' | 'site' | 'chosen'>

/** The store of a console that begins, arranged as the operator left the last one. */
export const arrangedStore = (world: World, look: Look, memory: Memory | null): ConsoleStore => {
  const first = firstState(world, look)
  return createConsoleStore(memory === null ? first : withPreferences(first, memory.read()), (run, ms) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  })
}

/** For the next console. */
export const keepArrangement = (store: ConsoleStore, memory: Memory | null): void =>
  memory?.write(JSON.stringify(preferencesOf(store.api.getState())))

const firstState = ({ config, clock, readOnly }: World, { ascii, color, theme, zone, note }: Look): State =>
  initialState(emptyObserved(config, clock.now()), clock.now(), {
    ...{ readOnly, ascii, color, theme, zone, note },
    ...{ site: config.site.url, chosen: config.console.columns },
  })
