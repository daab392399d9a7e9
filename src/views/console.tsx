import { render } from 'ink'
import { toClipboard } from '../core/clipboard.ts'
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
  readonly ended: Promise<unknown>
  /** Puts a text on the clipboard of the terminal. */
  copy(text: string): void
  /** Gives the terminal back: alternate screen left, cursor shown, raw mode off. */
  close(): void
}

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
  const ink = render(<App store={store} onKey={onKey} onDrawn={onDrawn} />, {
    stdin,
    stdout,
    exitOnCtrlC: false,
    incrementalRendering: true,
    alternateScreen: true,
    maxFps: 30,
    patchConsole: false,
  })
  return {
    ended: ink.waitUntilExit(),
    // No part of a frame: it moves no cursor and draws nothing.
    copy: text => void stdout.write(toClipboard(text)),
    close: () => ink.unmount(),
  }
}
