import { type IPty, spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { cellsOf, type Screen } from './cells.ts'
import { Keyboard } from './keyboard.ts'

export type TerminalOptions = {
  readonly columns?: number
  readonly rows?: number
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A program in a pty, and a headless emulator that draws what comes out of it. */
export class Terminal {
  readonly #pty: IPty
  readonly #screen: InstanceType<typeof xterm.Terminal>
  readonly #listeners = new Set<() => void>()
  readonly #watchers = new Set<(screen: Screen) => void>()
  readonly keyboard: Keyboard
  /** Every byte the program wrote. */
  raw = ''
  title = ''
  /** How many keys the program says it has handled and drawn; -1 before it said anything. */
  handled = -1
  cursorVisible = true
  exitCode: number | null = null
  /** Between the marks of a frame: half of it may be drawn. */
  #midFrame = false

  constructor([program, ...args]: readonly [string, ...string[]], options: TerminalOptions) {
    const { columns = 120, rows = 40, cwd } = options
    const windowOptions = { pushTitle: true, popTitle: true }
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, windowOptions })
    const size = { name: 'xterm-256color', cols: columns, rows }
    this.#pty = spawn(program, args, { ...size, ...(cwd === undefined ? {} : { cwd }), env: environment(options.env) })
    this.keyboard = new Keyboard(
      bytes => this.#pty.write(bytes),
      () => this.handled,
    )
    this.#listeners.add(() => this.keyboard.post())
    this.#listen()
  }

  #listen(): void {
    this.#screen.parser.registerOscHandler(777, data => this.#toldIdle(data))
    this.#screen.parser.registerCsiHandler({ prefix: '?', final: 'h' }, params => this.#modes(params, true))
    this.#screen.parser.registerCsiHandler({ prefix: '?', final: 'l' }, params => this.#modes(params, false))
    this.#screen.onTitleChange(title => {
      this.title = title
    })
    this.#pty.onData(data => {
      this.raw += data
      this.#screen.write(data, () => this.#changed())
    })
    this.#pty.onExit(({ exitCode }) =>
      // What was written before the end must be drawn before anybody is told.
      this.#screen.write('', () => {
        this.exitCode = exitCode
        this.#changed()
      }),
    )
  }

  #toldIdle(data: string): boolean {
    const [who, what, count] = data.split(';')
    if (who !== 'papergen' || what !== 'idle') return false
    this.handled = Number(count)
    return true
  }

  #modes(params: readonly (number | number[])[], on: boolean): boolean {
    if (params.includes(25)) this.cursorVisible = on
    if (params.includes(2026)) {
      this.#midFrame = on
      if (!on) this.#showFrame()
    }
    return false
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener()
    if (!this.#midFrame) this.#showFrame()
  }

  #showFrame(): void {
    if (this.#watchers.size === 0) return
    const screen = this.cells()
    for (const watcher of this.#watchers) watcher(screen)
  }

  /** Resolves when it holds on a screen that is whole; rejects when it does not within the time, or never can any more. */
  until(holds: () => boolean, seconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (settle: () => void): void => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        settle()
      }
      const look = (): void => {
        if (!this.#midFrame && holds()) stop(resolve)
        else if (this.exitCode !== null) stop(() => reject(new Error(`the program ended with ${this.exitCode} before`)))
      }
      const timer = setTimeout(() => stop(() => reject(new Error(`not within ${seconds} s`))), seconds * 1000)
      this.#listeners.add(look)
      look()
    })
  }

  /** Tells every whole frame, and now and then the same one twice. @returns what ends it */
  watch(tell: (screen: Screen) => void): () => void {
    this.#watchers.add(tell)
    return () => void this.#watchers.delete(tell)
  }

  /** What no key of the console is. */
  write(bytes: string): void {
    this.#pty.write(bytes)
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows)
    this.#pty.resize(columns, rows)
  }

  kill(signal?: string): void {
    if (this.exitCode === null) this.#pty.kill(signal)
  }

  /** The screen as lines, trailing blanks cut. */
  lines(): string[] {
    const { active } = this.#screen.buffer
    const lineAt = (row: number): string => active.getLine(active.viewportY + row)?.translateToString(true) ?? ''
    return Array.from({ length: this.#screen.rows }, (_, row) => lineAt(row).trimEnd())
  }

  text(): string {
    return this.lines().join('\n').trimEnd()
  }

  cells(): Screen {
    return cellsOf(this.#screen)
  }

  isAlternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate'
  }
}

/** With CI in its environment Ink draws nothing. */
const environment = (extra: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const { CI: _, NO_COLOR: __, ...inherited } = process.env
  return { ...(inherited as Record<string, string>), TERM: 'xterm-256color', PAPERGEN_TEST_IDLE: '1', ...extra }
}
