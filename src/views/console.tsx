import { render } from 'ink'
import type { ConsoleStore } from '../store.ts'
import { App } from './app.tsx'

export type ConsoleOptions = {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Called with each key name, in order. */
  readonly onKey: (key: string) => void
  /** A driver in a pty waits for this: with each frame, the number of keys handled so far as an OSC sequence. */
  readonly tellIdle: boolean
}

export type OpenConsole = {
  /** The bell, for what an operator should look at. */
  ring(): void
  /** Of the terminal's window; given back as it was at the end. */
  setTitle(title: string): void
  readonly ended: Promise<unknown>
  /** Gives the terminal back: alternate screen left, cursor shown, raw mode off. */
  close(): void
}

/** xterm's stack of titles; a terminal without one keeps ours. */
const titlePushed = '\u001b[22;2t'
const titlePopped = '\u001b[23;2t'

/** Opens the console on the terminal. */
export const openScreen = (store: ConsoleStore, { stdin, stdout, onKey, tellIdle }: ConsoleOptions): OpenConsole => {
  let told = -1
  const tell = (handled: number): void => {
    if (handled <= told) return
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
    if (stdout.columns < width && stdout.writable) stdout.write('\u001b[H\u001b[2J')
    width = stdout.columns
  }
  stdout.on('resize', resized)
  const ink = render(<App store={store} onKey={onKey} onDrawn={onDrawn} />, {
    stdin,
    stdout,
    exitOnCtrlC: false,
    incrementalRendering: true,
    alternateScreen: true,
    maxFps: 30,
    patchConsole: false,
  })
  const write = (sequence: string): void => {
    if (stdout.writable) stdout.write(sequence)
  }
  write(titlePushed)
  return {
    ring: () => write('\u0007'),
    setTitle: title => write(`\u001b]2;${title}\u0007`),
    ended: ink.waitUntilExit(),
    close: () => {
      stdout.off('resize', resized)
      write(titlePopped)
      ink.unmount()
    },
  }
}
