import { randomBytes } from 'node:crypto'
import type { Dirent, Stats } from 'node:fs'
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  symlink,
} from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { PapergenError } from '../core/errors.ts'
import type { FileKind, Files } from '../core/ports.ts'
import { isTempOf, tempPrefix } from '../core/temp-files.ts'

/** Files of this machine. @throws `no-permission`, `not-written` (disk full, read-only), or `unexpected` with the system's words. */
export const createLocalFiles = (host: string): Files => {
  const told = explained(host)
  return {
    read: path => told(`read ${path}`, () => readText(path)),
    readBytes: path => told(`read ${path}`, () => unlessGone(readFile(path))),
    write: (path, content, options = {}) => told(`write ${path}`, () => writeDurably(path, content, options.mode)),
    append: (path, line) => told(`append to ${path}`, () => appendLine(path, line)),
    list: path => told(`list ${path}`, () => listFolder(path)),
    stat: path => told(`look at ${path}`, () => statOf(path)),
    makeFolder: path => told(`make the folder ${path}`, async () => void (await mkdir(path, { recursive: true }))),
    link: (target, path) => told(`link ${path}`, () => symlink(target, path)),
    rename: (from, to) => told(`rename ${from}`, () => renameDurably(from, to)),
    remove: path => told(`remove ${path}`, () => removeDurably(path)),
    removeEmptyFolder: path => told(`remove the folder ${path}`, () => removeIfEmpty(path)),
    home: async () => homedir(),
  }
}

const readText = async (path: string): Promise<string | null> => (await unlessGone(readFile(path)))?.toString() ?? null

const listFolder = async (path: string) =>
  (await unlessGone(readdir(path, { withFileTypes: true })))?.map(entry => ({
    name: entry.name,
    kind: kindOf(entry),
  })) ?? null

const statOf = async (path: string) => {
  const stat = await unlessGone(lstat(path))
  return stat === null ? null : { kind: kindOf(stat), mtimeMs: stat.mtimeMs, size: stat.size }
}

const kindOf = (entry: Dirent | Stats): FileKind =>
  entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other'

const writeDurably = async (path: string, content: string | Uint8Array, mode?: number): Promise<void> => {
  const target = (await unlessGone(realpath(path))) ?? path
  const before = await unlessGone(lstat(target))
  await sweep(target)
  const temp = join(dirname(target), `${tempPrefix(target)}${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeNew(temp, content, mode ?? (before === null ? 0o644 : before.mode & 0o7777), before)
    await rename(temp, target)
  } catch (thrown) {
    await rm(temp, { force: true })
    throw thrown
  }
  await syncFolder(dirname(target))
}

const writeNew = async (path: string, content: string | Uint8Array, mode: number, before: Stats | null) => {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(content)
    // A root that edits the operator's file must not take it away from them.
    if (before !== null && process.getuid?.() === 0) await file.chown(before.uid, before.gid)
    await file.chmod(mode)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Temp files that a killed writer left; a living writer needs far less than a minute. */
const sweep = async (path: string): Promise<void> => {
  const folder = dirname(path)
  const names = (await unlessGone(readdir(folder))) ?? []
  for (const name of names.filter(name => isTempOf(path, name))) {
    const stat = await unlessGone(lstat(join(folder, name)))
    if (stat !== null && Date.now() - stat.mtimeMs > 60_000) await rm(join(folder, name), { force: true })
  }
}

const appendLine = async (path: string, line: string): Promise<void> => {
  const file = await open(path, 'a+')
  try {
    await file.appendFile(`${(await endsMidLine(file)) ? '\n' : ''}${line}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** True after a crash in the middle of an append. */
const endsMidLine = async (file: FileHandle): Promise<boolean> => {
  const { size } = await file.stat()
  if (size === 0) return false
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] !== 0x0a
}

const renameDurably = async (from: string, to: string): Promise<void> => {
  await rename(from, to)
  await syncFolder(dirname(to))
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from))
}

const removeDurably = async (path: string): Promise<void> => {
  if ((await unlessGone(lstat(path))) === null) return
  await rm(path, { recursive: true, force: true })
  await syncFolder(dirname(path))
}

const removeIfEmpty = async (path: string): Promise<void> => {
  await unlessGone(rmdir(path).catch(unless('ENOTEMPTY', 'EEXIST', 'ENOTDIR')))
}

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r')
  await folder.sync().finally(() => folder.close())
}

const unlessGone = <T>(answer: Promise<T>): Promise<T | null> => answer.catch(unless('ENOENT', 'ENOTDIR'))

const unless =
  (...codes: string[]) =>
  (thrown: unknown): null => {
    if (codes.includes(codeOf(thrown) ?? '')) return null
    throw thrown
  }

const codeOf = (thrown: unknown): string | null =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null

const diskWords: Readonly<Record<string, 'full' | 'read-only'>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read-only',
}

const explained =
  (host: string) =>
  async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (thrown) {
      const code = codeOf(thrown)
      const reason = code === null ? undefined : diskWords[code]
      if (reason !== undefined) {
        const path = what.slice(what.indexOf('/'))
        throw new PapergenError({ kind: 'not-written', host, path, reason }, { cause: thrown })
      }
      if (code !== 'EACCES' && code !== 'EPERM')
        throw new PapergenError(
          {
            kind: 'unexpected',
            what: `${what} on ${host}`,
            why: thrown instanceof Error ? thrown.message : String(thrown),
          },
          { cause: thrown },
        )
      const cure = 'give the login the right to do this, or run as the user who owns it'
      throw new PapergenError({ kind: 'no-permission', host, what, cure }, { cause: thrown })
    }
  }
