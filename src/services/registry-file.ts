import { dirname } from 'node:path'
import { PapergenError } from '../core/errors.ts'
import type { RegistryFile } from '../core/ports.ts'
import type { Host } from './host.ts'

/**
 * A text file that other programs write too. The lock beside it (flock, as Python's `fcntl.flock`) keeps papergens apart;
 * comparing before the write catches writers that know no lock.
 */
export const createRegistryFile = (host: Host, path: string): RegistryFile => ({
  path,
  read: () => readText(host, path),
  update: async change => {
    await host.files.makeFolder(dirname(path))
    const release = await takeLock(host, `${path}.lock`)
    try {
      await apply(host, path, change)
    } finally {
      await release()
    }
  },
})

const attempts = 5

const apply = async (host: Host, path: string, change: (text: string | null) => string | null): Promise<void> => {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = await readText(host, path)
    const after = change(before)
    if (after === before) return
    if ((await readText(host, path)) !== before) continue
    return after === null ? host.files.remove(path) : host.files.write(path, after)
  }
  throw new PapergenError({ kind: 'changed-underneath', path })
}

/** Strict: what cannot be decoded would not survive being written back. */
const readText = async (host: Host, path: string): Promise<string | null> => {
  const bytes = await host.files.readBytes(path)
  try {
    return bytes === null ? null : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new PapergenError({ kind: 'bad-state', path, line: null, reason: 'it is not UTF-8 text' })
  }
}

const patience = 10

/** Held by a child that ends with us, so not even `kill -9` leaves it locked. Never the file itself: a rename replaces it. */
const takeLock = async (host: Host, lock: string): Promise<() => Promise<void>> => {
  const holder = await host.channel([
    ...(['flock', '-w', String(patience), '-E', '75', lock] as const),
    ...['sh', '-c', 'echo held; cat >/dev/null'],
  ])
  const held = await Promise.race([
    new Promise<true>(resolve => holder.stream.once('data', () => resolve(true))),
    holder.ended,
  ])
  if (held !== true) throw notHeld(host.name, lock, held, holder.stderr())
  return async () => {
    holder.stream.end()
    await holder.ended
    holder.stream.destroy()
  }
}

const notHeld = (host: string, lock: string, code: number | null, output: string): PapergenError =>
  new PapergenError(
    code === 75
      ? { kind: 'no-answer', host, what: `the lock ${lock}`, seconds: patience }
      : { kind: 'command-failed', host, command: `flock ${lock}`, code, output },
  )
