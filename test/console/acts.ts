import type { Acts, Pane } from './language.ts'
import type { Terminal } from './terminal.ts'

/** How long a screen may take to show what it is expected to. */
const patience = 20

/** What each verb does at this terminal. */
export const actsOn = (terminal: Terminal): Acts => ({
  press: (...keys) => terminal.keyboard.press(keys),
  type: text => terminal.keyboard.press([...text]),
  shell: line => terminal.write(`${line}\r`),
  resize: (columns, rows) => terminal.resize(columns, rows),
  kill: signal => terminal.kill(signal),
  idle: () => idle(terminal),
  sees: (what, seconds = patience) => terminal.until(() => shows(terminal, what), seconds),
  misses: (what, seconds = patience) => terminal.until(() => !shows(terminal, what), seconds),
  focus: pane => focus(terminal, pane),
  select: paper => select(terminal, paper),
  exited: (seconds = patience) => terminal.until(() => terminal.exitCode !== null, seconds),
})

const idle = async (terminal: Terminal): Promise<void> => {
  const { keyboard } = terminal
  const wanted = keyboard.asked
  try {
    await terminal.until(() => terminal.handled >= wanted, patience)
  } catch (thrown) {
    const count = `${terminal.handled} of ${wanted} keys handled, the last ${JSON.stringify(keyboard.last)}`
    throw new Error(`${(thrown as Error).message}: ${count}`)
  }
}

const press = (terminal: Terminal, key: string): Promise<void> => {
  terminal.keyboard.press([key])
  return idle(terminal)
}

const shows = (terminal: Terminal, what: string | RegExp): boolean => isIn(terminal.text(), what)

const isIn = (text: string, what: string | RegExp): boolean =>
  typeof what === 'string' ? text.includes(what) : what.test(text)

const focus = async (terminal: Terminal, pane: Pane): Promise<void> => {
  if (headingOf(terminal, pane) === undefined) throw new Error(`the screen shows no ${pane}`)
  if (!hasFocus(terminal, pane)) await press(terminal, 'tab')
  if (!hasFocus(terminal, pane)) throw new Error(`Tab did not give the ${pane} the focus`)
}

/** The pane with the focus has the heavier heading. */
const hasFocus = (terminal: Terminal, pane: Pane): boolean => /^(━━|==) /.test(headingOf(terminal, pane) ?? '')

const headings: Readonly<Record<Pane, RegExp>> = {
  grid: /^(──|━━|--|==) Papers /,
  log: /^(──|━━|--|==) (Journal|Edge errors|Edge requests): /,
}

const headingOf = (terminal: Terminal, pane: Pane): string | undefined =>
  terminal.lines().find(line => headings[pane].test(line))

/** From the top down, until the row is reached or the cursor moves no more. */
const select = async (terminal: Terminal, paper: string | RegExp): Promise<void> => {
  const wanted = typeof paper === 'string' ? rowOf(paper) : paper
  const reached = (): boolean => wanted.test(cursorRow(terminal))
  // In a world that lives rows change places: the one looked for may move up past the cursor while it goes down.
  for (let walk = 0; walk < 3 && !reached(); walk++) {
    await press(terminal, 'g')
    for (let before = ''; !reached() && terminal.text() !== before; ) {
      before = terminal.text()
      await press(terminal, 'j')
    }
  }
  if (!reached()) throw new Error('no such row')
}

const cursorRow = (terminal: Terminal): string => terminal.lines().find(line => /^[▸▹>-][ •*]\S /.test(line)) ?? ''

/** A narrow screen cuts long ids. */
const rowOf = (id: string): RegExp => new RegExp(`^[▸▹>-].. ?(${id}\\b|${id.slice(0, 8)}[^ ]*…)`)
