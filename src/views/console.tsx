import { render } from 'ink'
import type { ConsoleStore } from '../store.ts'
import { App, type SuspendTerminal } from './app.tsx'

export type ConsoleOptions = {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Called with each key name, in order. */
  readonly onKey: (key: string) => void
  /** A driver in a pty waits for this: with each frame, the number of keys handled so far as an OSC sequence. */
  readonly tellIdle: boolean
}

export type OpenConsole = {
  /** A control sequence that shows nothing: a bell, a notification. */
  send(sequence: string): void
  /** Of the terminal's window; given back as it was at the end. */
  setTitle(title: string): void
  /** Gives the terminal back while `use` has it, and takes it again, at the size it then has, with everything drawn anew. */
  lend<T>(use: () => Promise<T>): Promise<T>
  readonly ended: Promise<unknown>
  /** Gives the terminal back: alternate screen left, cursor shown, raw mode off. */
  close(): void
}

/** xterm's stack of titles; a terminal without one keeps ours. */
const titlePushed = '\u001b[22;2t'
const titlePopped = '\u001b[23;2t'

/**
 * A terminal may draw a character wider than we reckon, and a title may be full of them: the rest of such a line must not be broken onto
 * the next one, which would move the whole screen.
 */
const linesCut = '\u001b[?7l'
const linesBroken = '\u001b[?7h'

/** Opens the console on the terminal. */
export const openScreen = (store: ConsoleStore, { stdin, stdout, onKey, tellIdle }: ConsoleOptions): OpenConsole => {
  let isLent = false
  let isClosed = false
  let told = -1
  const tell = (handled: number): void => {
    // What was drawn while another has the terminal is not to be seen.
    if (handled <= told || isLent) return
    told = handled
    stdout.write(`\u001b]777;papergen;idle;${handled}\u0007`)
  }
  const onDrawn = (handled: number): void => {
    // Rendered is not yet written: Ink holds frames back to keep its pace.
    if (tellIdle) setImmediate(() => void ink.waitUntilRenderFlush().then(() => tell(handled)))
  }
  let width = stdout.columns
  // Lines that were too long for the new width may have been broken by the terminal: then nothing stands where Ink believes it does.
  const resized = (): void => {
    if (stdout.columns < width) send('\u001b[H\u001b[2J')
    width = stdout.columns
  }
  stdout.on('resize', resized)
  let suspend: SuspendTerminal | null = null
  const onMounted = (given: SuspendTerminal): void => {
    suspend = given
  }
  const ink = render(<App store={store} onKey={onKey} onDrawn={onDrawn} onMounted={onMounted} />, {
    stdin,
    stdout,
    exitOnCtrlC: false,
    incrementalRendering: true,
    alternateScreen: true,
    maxFps: 30,
    patchConsole: false,
  })
  const send = (sequence: string): void => {
    if (!isLent && stdout.writable) stdout.write(sequence)
  }
  let title = ''
  const setTitle = (text: string): void => {
    title = text
    send(`\u001b]2;${text}\u0007`)
  }
  const lend = async <T,>(use: () => Promise<T>): Promise<T> => {
    if (suspend === null || isLent || isClosed) return use()
    send(`${linesBroken}${titlePopped}`)
    isLent = true
    const { resume } = await suspend()
    try {
      await new Promise(resolve => stdout.write('', resolve))
      return await use()
    } finally {
      await measured()
      isLent = false
      if (!isClosed) {
        // In the background this is where the system stops us, before anything of ours is on the shell's screen.
        stdin.setRawMode(true)
        // What was typed meanwhile may have moved the cursor; frames begin at the left.
        send(`\r${linesCut}${titlePushed}`)
        setTitle(title)
        await resume()
        onDrawn(store.api.getState().handled)
      }
    }
  }
  send(`${linesCut}${titlePushed}`)
  return {
    send,
    setTitle,
    lend,
    ended: ink.waitUntilExit(),
    close: () => {
      isClosed = true
      stdout.off('resize', resized)
      send(`${linesBroken}${titlePopped}`)
      ink.unmount()
    },
  }
}

/**
 * Until Node has asked for the size of the terminal: whoever is not in its foreground is not told that it changed. The signal that
 * makes Node ask may come from ourselves.
 */
const measured = (): Promise<void> =>
  new Promise(resolve => {
    process.once('SIGWINCH', () => setImmediate(resolve))
    process.kill(process.pid, 'SIGWINCH')
  })
