import { render } from 'ink'
import type { ConsoleStore } from '../store.ts'
import { App } from './app.tsx'

export type ConsoleOptions = {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Called with each key name, in order. */
  readonly onKey: (key: string) => void
  /** A driver in a pty waits for this: after each settled frame, the number of keys handled so far as an OSC sequence. */
  readonly tellIdle: boolean
}

export type OpenConsole = {
  readonly ended: Promise<unknown>
  /** Gives the terminal back: alternate screen left, cursor shown, raw mode off. */
  close(): void
}

/** Opens the console on the terminal. */
export const openScreen = (store: ConsoleStore, { stdin, stdout, onKey, tellIdle }: ConsoleOptions): OpenConsole => {
  let told = -1
  const tell = (): void => {
    const { handled } = store.api.getState()
    if (!tellIdle || !store.isSettled() || handled === told) return
    told = handled
    stdout.write(`\u001b]777;papergen;idle;${handled}\u0007`)
  }
  const ink = render(<App store={store} onKey={onKey} />, {
    stdin,
    stdout,
    exitOnCtrlC: false,
    incrementalRendering: true,
    alternateScreen: true,
    maxFps: 30,
    patchConsole: false,
    onRender: () => setImmediate(tell),
  })
  // A key that changes nothing on the screen makes no frame, and its handling is told all the same.
  const unsubscribe = store.api.subscribe(() => setImmediate(() => void ink.waitUntilRenderFlush().then(tell)))
  return {
    ended: ink.waitUntilExit(),
    close: () => {
      unsubscribe()
      ink.unmount()
    },
  }
}
