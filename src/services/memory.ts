import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A small text on the operator's own machine, for conveniences: that it cannot be read or written is no trouble. */
export type Memory = { read(): string | null; write(text: string): void }

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
      writeFileSync(`${path}.new`, text, { mode: 0o600 })
      renameSync(`${path}.new`, path)
    } catch {
      // A full disk or a read-only home must not keep anybody from leaving.
    }
  },
})
