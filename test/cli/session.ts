import type { Session } from '../../src/cli/terminal.ts'
import type { FakeWorld } from '../core/fake-world.ts'

/** A headless command's session on two hosts in memory, and what it said. Nobody is there to be asked. */
export const sessionOn = (fake: FakeWorld, world = fake.world()) => {
  const said = { stdout: [] as string[], stderr: [] as string[] }
  const session: Session = {
    config: world.config,
    world,
    eyes: {
      once: () => Promise.reject(new Error('nothing here is observed')),
      watch: () => Promise.reject(new Error('nothing here is observed')),
    },
    terminal: {
      print: text => void said.stdout.push(text),
      progress: text => void said.stderr.push(text),
      ask: async () => null,
      columns: 120,
      ascii: true,
      color: false,
      zone: 0,
    },
    signal: new AbortController().signal,
  }
  return { session, said }
}
