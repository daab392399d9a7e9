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
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  let said: Ended | null = null
  return {
    next: async () => {
      for (;;) {
        const { done, value } = await lines.next()
        if (done) return null
        const line = JSON.parse(value) as Said
        if ('halt' in line) return line.halt
        said = line.ended
      }
    },
    go: () => void child.stdin!.write('\n'),
    kill: () => started.signal('SIGKILL'),
    ended: (async () => {
      const [signal, { stderr }] = await Promise.all([exited, started.ended])
      return { signal, said, stderr }
    })(),
  }
}
