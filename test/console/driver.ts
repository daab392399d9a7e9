import { actsOn } from './acts.ts'
import type { Driver } from './language.ts'
import { Chain, Turns, verbsOf } from './steps.ts'
import { Terminal, type TerminalOptions } from './terminal.ts'

export type { Driver, Steps } from './language.ts'
export type DriveOptions = TerminalOptions

/**
 * Drives a real program in a real terminal: keys go into a pty, a headless terminal emulator draws what comes out.
 * Nothing here sleeps: `idle` waits for the console's own signal (an OSC sequence with the number of keys it handled), `sees` for
 * the next change of the screen.
 */
export const drive = (argv: readonly [string, ...string[]], options: DriveOptions = {}): Driver => {
  const terminal = new Terminal(argv, options)
  const turns = new Turns()
  const stage = { acts: actsOn(terminal), screen: () => terminal.text(), exitCode: () => terminal.exitCode ?? -1 }
  const driver: Driver = {
    ...verbsOf(
      stage,
      () => new Chain(stage, turns),
      () => driver,
    ),
    screen: () => terminal.lines(),
    cells: () => terminal.cells(),
    watch: tell => terminal.watch(tell),
    terminal: () => ({ alternate: terminal.isAlternate(), cursorVisible: terminal.cursorVisible }),
    title: () => terminal.title,
    raw: () => terminal.raw,
    end: () => terminal.kill('SIGKILL'),
  }
  return driver
}
