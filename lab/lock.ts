import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from './layout.ts'
import { attempt, LabError } from './run.ts'

/** Runs `work` while no other `up` or `down` of this lab does; the lock dies with this process, however it ends. */
export const alone = async <T>(layout: Layout, work: () => Promise<T>): Promise<T> => {
  mkdirSync(layout.root, { recursive: true, mode: 0o755 })
  const file = openSync(join(layout.root, 'lock'), 'a')
  try {
    // flock(1) locks the open file itself, which stays ours when flock has ended.
    const { code } = attempt(['flock', '--timeout', '900', '3'], { files: [file] })
    if (code !== 0) throw new LabError(`Another 'up' or 'down' is at work in ${layout.root}.`)
    return await work()
  } finally {
    closeSync(file)
  }
}
