import { writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Notice } from '../core/state.ts'

/** Writes what a log shows to a new file of this machine, readable by its owner only: logs can hold secrets. Never overwrites. */
export const saveLog = async (path: string, text: string, lines: number): Promise<Notice> => {
  const count = `${lines.toLocaleString('en')} line${lines === 1 ? '' : 's'}`
  try {
    await writeFile(expanded(path), text, { flag: 'wx', mode: 0o600 })
    return { tone: 'info', text: `Saved ${count} to ${path}` }
  } catch (thrown) {
    return { tone: 'bad', text: `Not saved: ${path}: ${why((thrown as NodeJS.ErrnoException).code ?? String(thrown))}` }
  }
}

const expanded = (path: string): string => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : path)

const why = (code: string): string =>
  ({
    EEXIST: 'it is there already, and nothing is overwritten',
    ENOENT: 'there is no such folder',
    EACCES: 'no permission',
    EISDIR: 'it is a folder',
    ENOSPC: 'the disk is full',
  })[code] ?? code
