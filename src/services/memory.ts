import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Memory } from '../core/ports.ts'

/** @param path absolute; its folder is made when something is first remembered */
export const createMemory = (path: string): Memory => ({
  read: () => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return null
    }
  },
  write: text => {
    try {
      mkdirSync(dirname(path), { recursive: true })
      // Two papergens may write at the same time: each its own, and the last one counts.
      const made = `${path}.${process.pid}.new`
      writeFileSync(made, text, { mode: 0o600 })
      renameSync(made, path)
    } catch {
      // A full disk or a read-only home must not keep anybody from leaving.
    }
  },
})
