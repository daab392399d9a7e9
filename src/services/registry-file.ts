import { dirname } from 'node:path'
import { command } from '../core/command.ts'
import { PapergenError } from '../core/errors.ts'
import type { RegistryFile } from '../core/ports.ts'
import { dropTemps, tempsOf } from '../core/temp-files.ts'
import type { Host } from './host.ts'

/**
 * A text file that other programs write too. The lock beside it (flock, as Python's `fcntl.flock`) keeps papergens apart;
 * comparing before the write catches writers that know no lock.
 */
export const createRegistryFile = (host: Host, path: string): RegistryFile => ({
  path,
  read: () => readText(host, path),
  update: async change => {
    if ((await isAsWanted(host, path, change)) && (await tempsOf(host.files, path)).length === 0) return
    await host.files.makeFolder(dirname(path))
    const release = await takeLock(host, `${path}.lock`)
    try {
      await dropTemps(host.files, path)
      await apply(host, path, change)
    } finally {
      await release()
    }
  },
})

/** Nothing to write wants no lock: an undo of what never came to be must not fail because somebody else holds it. */
const isAsWanted = async (host: Host, path: string, change: Change): Promise<boolean> => {
  try {
    const before = await readText(host, path)
    return change(before) === before
  } catch {
    // Perhaps somebody is writing it in place: under the lock it is judged again.
    return false
  }
}

type Change = (text: string | null) => string | null

const attempts = 5

const apply = async (host: Host, path: string, change: Change): Promise<void> => {
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
  if (held !== true) throw await notHeld(host, lock, held, holder.stderr())
  return async () => {
    holder.stream.end()
    await holder.ended
    holder.stream.destroy()
  }
}

const notHeld = async (host: Host, lock: string, code: number | null, output: string): Promise<PapergenError> => {
  const { name } = host
  if (code !== 75)
    return new PapergenError({ kind: 'command-failed', host: name, command: `flock ${lock}`, code, output })
  const path = lock.replace(/\.lock$/, '')
  const holder = await holderOf(host, lock).catch(() => null)
  return new PapergenError({ kind: 'file-locked', host: name, path, holder, seconds: patience })
}

/** `python3 (pid 4711)`; null when the kernel names nobody whom this login sees. */
const holderOf = async ({ shell }: Host, lock: string): Promise<string | null> => {
  const script = `inode=$(stat -c %i -- "$1")
    pid=$(awk -v i=":$inode" '$2 == "FLOCK" && substr($6, length($6) - length(i) + 1) == i { print $5; exit }' /proc/locks)
    [ -n "$pid" ] && echo "$(ps -o comm= -p "$pid") $pid"`
  const { stdout } = await shell.run(command('sh', '-c', script, 'sh', lock))
  const [, name, pid] = /^(\S.*) (\d+)\n$/.exec(stdout) ?? []
  return name === undefined ? null : `${name} (pid ${pid})`
}
