import { type IPty, spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

/**
 * Drives the real console in a real terminal: keys go into a pty, a headless terminal emulator draws what comes out.
 * Nothing here sleeps: `idle` waits for the console's own signal (an OSC sequence with the number of keys it handled), `sees` for
 * the next change of the screen.
 */
export type Driver = {
  /** Keys one after the other, as a person would press them: `r`, `enter`, `esc`, `down`, `ctrl-c`. */
  press(...keys: string[]): Driver
  type(text: string): Driver
  /** Resolves when the console has handled every key sent so far and drawn the result. */
  idle(): Promise<Driver>
  /** Resolves when the screen shows it; rejects with the screen when it does not within the time. */
  sees(what: string | RegExp, seconds?: number): Promise<Driver>
  /** Resolves when the screen no longer shows it. */
  misses(what: string | RegExp, seconds?: number): Promise<Driver>
  /** Moves the cursor of the grid to the paper, with the keys an operator would use. */
  select(id: string): Promise<Driver>
  resize(columns: number, rows: number): Driver
  /** The screen as lines, trailing blanks cut. */
  screen(): string[]
  /** Whether the alternate screen is up and the cursor visible: what must be given back at the end. */
  readonly terminal: () => { readonly alternate: boolean; readonly cursorVisible: boolean }
  /** Every byte the console wrote. */
  raw(): string
  exited(seconds?: number): Promise<number>
  kill(signal?: string): void
  /** Ends the program at once when it still runs. */
  end(): void
}

export type DriveOptions = {
  readonly columns?: number
  readonly rows?: number
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

const keys: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\u001b',
  tab: '\t',
  space: ' ',
  up: '\u001b[A',
  down: '\u001b[B',
  pageup: '\u001b[5~',
  pagedown: '\u001b[6~',
  backspace: '\u007f',
  'ctrl-c': '\u0003',
}

export const drive = (argv: readonly [string, ...string[]], options: DriveOptions = {}): Driver => {
  const { columns = 120, rows = 40 } = options
  const screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  const [program, ...args] = argv
  const pty = spawn(program, args, {
    name: 'xterm-256color',
    cols: columns,
    rows,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: environment(options.env ?? {}),
  })
  return attach(pty, screen)
}

/** With CI in its environment Ink draws nothing. */
const environment = (extra: Readonly<Record<string, string>>): Record<string, string> => {
  const { CI: _, NO_COLOR: __, ...inherited } = process.env
  return { ...(inherited as Record<string, string>), TERM: 'xterm-256color', PAPERGEN_TEST_IDLE: '1', ...extra }
}

const lengthOf = (key: string): number => (key.startsWith('\u001b') ? 1 : [...key].length)

const attach = (pty: IPty, screen: InstanceType<typeof xterm.Terminal>): Driver => {
  const listeners = new Set<() => void>()
  const changed = (): void => {
    for (const listener of [...listeners]) listener()
  }
  let raw = ''
  /** Keys asked for, and those of them that went to the program. */
  let sent = 0
  let written = 0
  const outbox: string[] = []
  let handled = -1
  let cursorVisible = true
  /** Between the marks of a frame: half of it may be drawn. */
  let midFrame = false
  let exit: number | null = null
  let last = ''

  screen.parser.registerOscHandler(777, data => {
    const [who, what, count] = data.split(';')
    if (who !== 'papergen' || what !== 'idle') return false
    handled = Number(count)
    return true
  })
  screen.parser.registerCsiHandler({ prefix: '?', final: 'h' }, params => {
    if (params.includes(25)) cursorVisible = true
    if (params.includes(2026)) midFrame = true
    return false
  })
  screen.parser.registerCsiHandler({ prefix: '?', final: 'l' }, params => {
    if (params.includes(25)) cursorVisible = false
    if (params.includes(2026)) midFrame = false
    return false
  })
  pty.onData(data => {
    raw += data
    screen.write(data, changed)
  })
  pty.onExit(({ exitCode }) => {
    exit = exitCode
    // What was written before the end must be drawn before anybody is told.
    screen.write('', changed)
  })

  const lines = (): string[] => {
    const { active } = screen.buffer
    return Array.from(
      { length: screen.rows },
      (_, row) =>
        active
          .getLine(active.viewportY + row)
          ?.translateToString(true)
          .trimEnd() ?? '',
    )
  }
  const until = (holds: () => boolean, words: () => string, seconds: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer)
        listeners.delete(look)
      }
      const look = (): void => {
        if (!midFrame && holds()) {
          stop()
          resolve()
        } else if (exit !== null && !holds()) {
          stop()
          reject(new Error(`${words()}: the program ended with ${exit}\n${picture()}`))
        }
      }
      const timer = setTimeout(() => {
        stop()
        reject(new Error(`${words()}: not within ${seconds} s\n${picture()}`))
      }, seconds * 1000)
      listeners.add(look)
      look()
    })
  const picture = (): string => lines().join('\n').trimEnd()
  const shows = (what: string | RegExp): boolean => {
    const text = picture()
    return typeof what === 'string' ? text.includes(what) : what.test(text)
  }

  /** An escape and the next key in one read would be one key to the program: the next one waits until Esc was handled. */
  const post = (): void => {
    while (outbox.length > 0 && (last !== '\u001b' || handled >= written)) {
      last = outbox.shift() ?? ''
      written += lengthOf(last)
      pty.write(last)
    }
  }
  listeners.add(post)

  const driver: Driver = {
    press: (...names) => {
      for (const name of names) {
        const key = keys[name] ?? name
        outbox.push(key)
        sent += lengthOf(key)
      }
      post()
      return driver
    },
    type: text => driver.press(...text),
    idle: async () => {
      await until(
        () => handled >= sent,
        () => `idle after ${sent} keys (last ${JSON.stringify(last)}, handled ${handled})`,
        20,
      )
      return driver
    },
    sees: async (what, seconds = 20) => {
      await until(
        () => shows(what),
        () => `sees ${what}`,
        seconds,
      )
      return driver
    },
    misses: async (what, seconds = 20) => {
      await until(
        () => !shows(what),
        () => `misses ${what}`,
        seconds,
      )
      return driver
    },
    select: async id => {
      await driver.press('g').idle()
      // A narrow screen cuts long ids.
      const mark = new RegExp(`^[▸>].. ?(${id}\\b|${id.slice(0, 8)}[^ ]*…)`, 'm')
      for (let step = 0; step < 1_000 && !shows(mark); step++) {
        const before = picture()
        await driver.press('j').idle()
        if (picture() === before) break
      }
      if (!shows(mark)) throw new Error(`select ${id}: no such row\n${picture()}`)
      return driver
    },
    resize: (columns, rows) => {
      screen.resize(columns, rows)
      pty.resize(columns, rows)
      return driver
    },
    screen: lines,
    terminal: () => ({ alternate: screen.buffer.active.type === 'alternate', cursorVisible }),
    raw: () => raw,
    exited: async (seconds = 20) => {
      await until(
        () => exit !== null,
        () => 'exited',
        seconds,
      )
      return exit ?? -1
    },
    kill: signal => pty.kill(signal),
    end: () => {
      if (exit === null) pty.kill('SIGKILL')
    },
  }
  return driver
}
