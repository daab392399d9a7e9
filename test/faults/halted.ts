import { createInterface } from 'node:readline'
import { startInHost } from '../lab/harness.ts'
import type { Halt, Said, Script } from './halt.ts'

type Ended = Extract<Said, { ended: unknown }>['ended']

/** The program under fault in the GPU host, as its operator runs it. */
export type Halted = {
  /** Where it waits now; null when it has ended instead. */
  next(): Promise<Halt | null>
  go(): void
  kill(): void
  /** How it ended: the signal it died of, what it said of its operation. */
  readonly ended: Promise<{ readonly signal: string | null; readonly said: Ended | null; readonly stderr: string }>
}

/** Where the bundle lies in the host: the checkout is mounted there. */
const program = ['/opt/papergen/node_modules/.bin/node', '/opt/papergen/dist/faults-papergen.mjs']

export const startHalted = (script: Script): Halted => {
  const started = startInHost('gpu', [...program, JSON.stringify(script)])
  const { child } = started
  const exited = new Promise<string | null>(resolve => child.on('exit', (_, signal) => resolve(signal)))
  // As they come: a program can end while nobody asks where it is, and what it said last must be known then.
  const halts: (Halt | null)[] = []
  let said: Ended | null = null
  let wake = (): void => undefined
  createInterface({ input: child.stdout! })
    .on('line', text => {
      const line = JSON.parse(text) as Said
      if ('halt' in line) halts.push(line.halt)
      else said = line.ended
      wake()
    })
    .on('close', () => {
      halts.push(null)
      wake()
    })
  return {
    next: async () => {
      while (halts.length === 0) await new Promise<void>(resolve => (wake = resolve))
      return halts[0] === null ? null : halts.shift()!
    },
    go: () => void child.stdin!.write('\n'),
    kill: () => started.signal('SIGKILL'),
    ended: (async () => {
      const [signal, { stderr }] = await Promise.all([exited, started.ended])
      return { signal, said, stderr }
    })(),
  }
}
