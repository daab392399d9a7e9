import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { SFTPWrapper, Stats } from 'ssh2'
import { PapergenError } from '../core/errors.ts'
import type { FileKind, Files } from '../core/ports.ts'
import { isTempOf, tempPrefix } from '../core/temp-files.ts'

/** Files of a host reached over ssh, as its login sees them. OpenSSH's own rename and fsync make a write whole and durable. */
export const createSftpFiles = (host: string, session: () => Promise<SFTPWrapper>): Files => {
  const told = async <T>(what: string, act: (sftp: SFTPWrapper) => Promise<T>): Promise<T> => {
    const sftp = await session()
    return unlessClosed(sftp, () => act(sftp)).catch(thrown => {
      throw explained(host, what, thrown)
    })
  }
  return {
    read: path => told(`read ${path}`, async sftp => (await unlessGone(readAll(sftp, path)))?.toString() ?? null),
    readBytes: path => told(`read ${path}`, sftp => unlessGone(readAll(sftp, path))),
    write: (path, content, options = {}) =>
      told(`write ${path}`, sftp => writeDurably(sftp, path, content, options.mode)),
    append: (path, line) => told(`append to ${path}`, sftp => appendLine(sftp, path, line)),
    list: path => told(`list ${path}`, sftp => listFolder(sftp, path)),
    stat: path => told(`look at ${path}`, sftp => statOf(sftp, path)),
    makeFolder: path => told(`make the folder ${path}`, sftp => makeFolders(sftp, path)),
    link: (target, path) => told(`link ${path}`, sftp => call(done => sftp.symlink(target, path, done))),
    rename: (from, to) => told(`rename ${from}`, sftp => renameDurably(sftp, from, to)),
    remove: path => told(`remove ${path}`, sftp => removeDeep(sftp, path)),
    removeEmptyFolder: path => told(`remove the folder ${path}`, sftp => removeIfEmpty(sftp, path)),
    home: () => told('find the home folder', sftp => ask<string>(done => sftp.realpath('.', done))),
  }
}

/** Of what is asked when the session has ended, as of the handle that a broken listing still closes, ssh2 never tells anything. */
const unlessClosed = <T>(sftp: SFTPWrapper & { readonly readable?: boolean }, act: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('the session was closed'))
    if (sftp.readable === false) return gone()
    sftp.once('close', gone)
    act()
      .then(resolve, reject)
      .finally(() => sftp.off('close', gone))
  })

const noSuchFile = 2
const permissionDenied = 3
const failure = 4

const readAll = (sftp: SFTPWrapper, path: string): Promise<Buffer> => ask<Buffer>(done => sftp.readFile(path, done))

const listFolder = async (sftp: SFTPWrapper, path: string) =>
  (
    await unlessGone(
      ask<{ filename: string; attrs: Stats }[]>(done =>
        sftp.readdir(path, done as Parameters<SFTPWrapper['readdir']>[1]),
      ),
    )
  )?.map(({ filename, attrs }) => ({ name: filename, kind: kindOf(attrs) })) ?? null

const statOf = async (sftp: SFTPWrapper, path: string) => {
  const stat = await lookAt(sftp, path)
  return stat === null ? null : { kind: kindOf(stat), mtimeMs: stat.mtime * 1000, size: stat.size }
}

const lookAt = (sftp: SFTPWrapper, path: string): Promise<Stats | null> =>
  unlessGone(ask<Stats>(done => sftp.lstat(path, done)))

const kindOf = (stat: Stats): FileKind =>
  stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'other'

const writeDurably = async (sftp: SFTPWrapper, path: string, content: string | Uint8Array, mode?: number) => {
  const target = (await unlessGone(ask<string>(done => sftp.realpath(path, done)))) ?? path
  const before = await lookAt(sftp, target)
  const temp = join(dirname(target), `${tempPrefix(target)}${randomBytes(6).toString('hex')}.tmp`)
  await sweep(sftp, target)
  try {
    await writeNew(sftp, temp, content, mode ?? (before === null ? 0o644 : before.mode & 0o7777))
    await call(done => sftp.ext_openssh_rename(temp, target, done))
  } catch (thrown) {
    await call(done => sftp.unlink(temp, done)).catch(() => {})
    throw thrown
  }
  await syncFolder(sftp, dirname(target))
}

const writeNew = async (sftp: SFTPWrapper, path: string, content: string | Uint8Array, mode: number) => {
  const handle = await ask<Buffer>(done => sftp.open(path, 'wx', mode, done))
  try {
    await writeFrom(sftp, handle, 0, content)
    await call(done => sftp.fchmod(handle, mode, done))
    await call(done => sftp.ext_openssh_fsync(handle, done))
  } finally {
    await call(done => sftp.close(handle, done))
  }
}

const chunk = 32 * 1024

const writeFrom = async (sftp: SFTPWrapper, handle: Buffer, start: number, content: string | Uint8Array) => {
  const bytes = Buffer.from(content as Uint8Array)
  for (let at = 0; at < bytes.length; at += chunk)
    await call(done => sftp.write(handle, bytes, at, Math.min(chunk, bytes.length - at), start + at, done))
}

/** Temp files that a killed writer left, by the host's own clock. */
const sweep = async (sftp: SFTPWrapper, path: string): Promise<void> => {
  const folder = dirname(path)
  const entries = (await listFolder(sftp, folder)) ?? []
  const left = entries.filter(({ name }) => isTempOf(path, name))
  const now = left.length === 0 ? 0 : ((await lookAt(sftp, folder))?.mtime ?? 0)
  for (const { name } of left) {
    const stat = await lookAt(sftp, join(folder, name))
    if (stat !== null && now - stat.mtime > 60) await call(done => sftp.unlink(join(folder, name), done))
  }
}

const appendLine = async (sftp: SFTPWrapper, path: string, line: string): Promise<void> => {
  const handle = await ask<Buffer>(done => sftp.open(path, 'a+', 0o644, done))
  try {
    const { size } = await ask<Stats>(done => sftp.fstat(handle, done))
    const midLine = size > 0 && !(await lastByteIs(sftp, handle, size, 0x0a))
    await writeFrom(sftp, handle, size, `${midLine ? '\n' : ''}${line}\n`)
    await call(done => sftp.ext_openssh_fsync(handle, done))
  } finally {
    await call(done => sftp.close(handle, done))
  }
}

const lastByteIs = async (sftp: SFTPWrapper, handle: Buffer, size: number, byte: number): Promise<boolean> => {
  const buffer = Buffer.alloc(1)
  await call(done => sftp.read(handle, buffer, 0, 1, size - 1, error => done(error)))
  return buffer[0] === byte
}

const makeFolders = async (sftp: SFTPWrapper, path: string): Promise<void> => {
  const there = await unlessGone(ask<Stats>(done => sftp.stat(path, done)))
  if (there?.isDirectory()) return
  if (path !== dirname(path)) await makeFolders(sftp, dirname(path))
  // Somebody else may make it at the same moment: sftp says no more than "failure" then.
  await call(done => sftp.mkdir(path, done)).catch(unless(failure))
}

const renameDurably = async (sftp: SFTPWrapper, from: string, to: string): Promise<void> => {
  await call(done => sftp.ext_openssh_rename(from, to, done))
  await syncFolder(sftp, dirname(to))
  if (dirname(from) !== dirname(to)) await syncFolder(sftp, dirname(from))
}

const removeDeep = async (sftp: SFTPWrapper, path: string): Promise<void> => {
  const stat = await lookAt(sftp, path)
  if (stat === null) return
  if (!stat.isDirectory()) return void (await unlessGone(call(done => sftp.unlink(path, done))))
  for (const { name } of (await listFolder(sftp, path)) ?? []) await removeDeep(sftp, join(path, name))
  await unlessGone(call(done => sftp.rmdir(path, done)))
}

const removeIfEmpty = async (sftp: SFTPWrapper, path: string): Promise<void> => {
  await unlessGone(call(done => sftp.rmdir(path, done)).catch(unless(failure)))
}

/** OpenSSH opens a folder like a file; another server may not, and its file system then has to do without. */
const syncFolder = async (sftp: SFTPWrapper, path: string): Promise<void> => {
  const handle = await ask<Buffer>(done => sftp.open(path, 'r', done)).catch(() => null)
  if (handle === null) return
  await call(done => sftp.ext_openssh_fsync(handle, done)).catch(() => {})
  await call(done => sftp.close(handle, done))
}

type Failed = Error | null | undefined

const call = (start: (done: (error?: Failed) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => start(error => (error ? reject(error) : resolve())))

const ask = <T>(start: (done: (error: Failed, answer: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => start((error, answer) => (error ? reject(error) : resolve(answer))))

const unlessGone = <T>(answer: Promise<T>): Promise<T | null> => answer.catch(unless(noSuchFile))

const unless =
  (...codes: number[]) =>
  (thrown: unknown): null => {
    if (codes.includes(codeOf(thrown) ?? -1)) return null
    throw thrown
  }

const codeOf = (thrown: unknown): number | null =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number' ? thrown.code : null

const explained = (host: string, what: string, thrown: unknown): PapergenError => {
  if (thrown instanceof PapergenError) return thrown
  const code = codeOf(thrown)
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  if (code === permissionDenied)
    return new PapergenError({ kind: 'no-permission', host, what, cure: 'give the login the right to do this' })
  // OpenSSH has no word for a full or read-only disk.
  if (code === failure && /^(?:write|append|make|rename|remove|link)/.test(what))
    return new PapergenError(
      { kind: 'not-written', host, path: what.slice(what.indexOf('/')), reason: 'unsaid' },
      { cause: thrown },
    )
  if (code === null) return new PapergenError({ kind: 'connection-lost', host, during: what }, { cause: thrown })
  return new PapergenError({ kind: 'unexpected', what: `${what} on ${host}`, why }, { cause: thrown })
}
