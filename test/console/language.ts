import type { Screen } from './cells.ts'

/** What an operator does and sees, as verbs that chain: `driver.focus('grid').select('attention').press('r').idle().sees('active')`. */
export type Verbs = {
  /** Keys one after the other, as a person would press them: `r`, `enter`, `esc`, `down`, `ctrl-c`. */
  press(...keys: string[]): Steps
  type(text: string): Steps
  resize(columns: number, rows: number): Steps
  /** A line for the shell the program was started from: no key of the console. */
  shell(line: string): Steps
  /** Sends the program a signal. */
  kill(signal?: string): Steps
  /** Until the console has handled every key sent so far and drawn the result. */
  idle(): Steps
  /** Until the screen shows it. */
  sees(what: string | RegExp, seconds?: number): Steps
  /** Until the screen no longer shows it. */
  misses(what: string | RegExp, seconds?: number): Steps
  /** Gives the pane the focus, with the key an operator would use. */
  focus(pane: Pane): Steps
  /** Moves the cursor of the grid to the paper with this id, or to the first one whose row matches. */
  select(paper: string | RegExp): Steps
  /** Until the program has ended; gives its exit code. */
  exited(seconds?: number): Promise<number>
}

export type Pane = 'grid' | 'log'

/** Steps under way. Awaiting them gives the driver, or rejects with the first one that failed. */
export type Steps = Verbs & PromiseLike<Driver>

/** Each of its verbs begins a chain, whose steps come after all that were told before. Its looks tell what is there at once. */
export type Driver = Verbs & {
  /** The screen as lines, trailing blanks cut. */
  screen(): string[]
  /** The screen as cells, with their attributes. */
  cells(): Screen
  /** Tells every whole frame, and now and then the same one twice. @returns what ends it */
  watch(tell: (screen: Screen) => void): () => void
  /** Whether the alternate screen is up and the cursor visible: what must be given back at the end. */
  terminal(): { readonly alternate: boolean; readonly cursorVisible: boolean }
  /** The title of the window. */
  title(): string
  /** Every byte the program wrote. */
  raw(): string
  /** Ends the program at once when it still runs. */
  end(): void
}

/** What each verb does when its turn comes. */
export type Acts = { readonly [Verb in keyof Verbs]: (...args: Parameters<Verbs[Verb]>) => void | Promise<void> }
