import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Duplex } from 'node:stream'
import { answers, attrsOf, packetOf, type Reader, readerOf, requests, status, string, u32 } from './sftp-packet.ts'

/**
 * Serves the files of this machine over SFTP, with OpenSSH's rename and fsync: ssh2's own server cannot offer extensions, and
 * papergen writes nothing it cannot sync. `home` is where relative paths begin.
 */
export const serveSftp = (channel: Duplex, home: string): void => {
  const open = new Map<string, Handle>()
  let received = Buffer.alloc(0)
  // One after the other: a client may write and sync without waiting for the answers.
  let queue: Promise<void> = Promise.resolve()
  channel.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    while (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
      const end = 4 + received.readUInt32BE(0)
      const packet = received.subarray(4, end)
      received = received.subarray(end)
      queue = queue
        .then(async () => {
          const answered = await answer(packet, open, home)
          if (channel.writable) channel.write(answered)
        })
        .catch(() => void channel.destroy())
    }
  })
  channel.on('error', () => {})
  // What is asked is done before the end, also what is just being opened: nobody else would close it.
  channel.once('end', () => {
    queue = queue.then(() => closeAll(open)).then(() => void channel.end())
  })
  channel.once('close', () => {
    queue = queue.then(() => closeAll(open))
  })
}

const closeAll = async (open: Map<string, Handle>): Promise<void> => {
  for (const handle of open.values()) if (handle.kind === 'file') await handle.file.close().catch(() => {})
  open.clear()
}

type Handle =
  | { readonly kind: 'file'; readonly file: fs.FileHandle; readonly append: boolean }
  | { readonly kind: 'folder'; readonly path: string; readonly rest: string[] }

const answer = async (packet: Buffer, open: Map<string, Handle>, home: string): Promise<Buffer> => {
  const type = packet[0]!
  if (type === requests.init)
    return packetOf(answers.version, u32(3), ...extensions.flatMap(name => [string(name), string('1')]))
  const id = u32(packet.readUInt32BE(1))
  const told = (code: number, words = ''): Buffer =>
    packetOf(answers.status, id, u32(code), string(words), string('en'))
  try {
    const { type: kind, body } = await act(type, readerOf(packet, 5), open, (path: string) => resolve(home, path))
    return kind === answers.status ? told(status.ok) : packetOf(kind, id, body)
  } catch (thrown) {
    return told(codeOf(thrown), thrown instanceof Error ? thrown.message : String(thrown))
  }
}

const extensions = ['posix-rename@openssh.com', 'fsync@openssh.com']

type Answer = { readonly type: number; readonly body: Buffer }

const done: Answer = { type: answers.status, body: Buffer.alloc(0) }

const act = async (
  type: number,
  read: Reader,
  open: Map<string, Handle>,
  at: (path: string) => string,
): Promise<Answer> => {
  switch (type) {
    case requests.open:
      return openFile(at(read.text()), read.u32(), read.attrs().mode ?? 0o666, open)
    case requests.close:
      return closeHandle(read.text(), open)
    case requests.read:
      return readFrom(fileOf(read.text(), open).file, read.u64(), read.u32())
    case requests.write: {
      const { file, append } = fileOf(read.text(), open)
      const offset = read.u64()
      await file.write(read.bytes(), 0, undefined, append ? null : offset)
      return done
    }
    case requests.fstat:
      return { type: answers.attrs, body: attrsOf(await fileOf(read.text(), open).file.stat()) }
    case requests.stat:
      return { type: answers.attrs, body: attrsOf(await fs.stat(at(read.text()))) }
    case requests.lstat:
      return { type: answers.attrs, body: attrsOf(await fs.lstat(at(read.text()))) }
    case requests.fsetstat: {
      const { file } = fileOf(read.text(), open)
      const { mode } = read.attrs()
      if (mode !== undefined) await file.chmod(mode)
      return done
    }
    case requests.opendir: {
      const path = at(read.text())
      return handle(open, { kind: 'folder', path, rest: await fs.readdir(path) })
    }
    case requests.readdir:
      return readFolder(open.get(read.text()))
    default:
      return changeTree(type, read, open, at)
  }
}

const changeTree = async (
  type: number,
  read: Reader,
  open: Map<string, Handle>,
  at: (path: string) => string,
): Promise<Answer> => {
  switch (type) {
    case requests.setstat: {
      const path = at(read.text())
      const { mode } = read.attrs()
      if (mode !== undefined) await fs.chmod(path, mode)
      return done
    }
    case requests.remove:
      await fs.unlink(at(read.text()))
      return done
    case requests.mkdir:
      await fs.mkdir(at(read.text()), read.attrs().mode ?? 0o777)
      return done
    case requests.rmdir:
      await fs.rmdir(at(read.text()))
      return done
    case requests.realpath:
      return name(await fs.realpath(at(read.text())))
    case requests.readlink:
      return name(await fs.readlink(at(read.text())))
    case requests.symlink: {
      // OpenSSH has the target first, against the draft; clients know.
      const target = read.text()
      await fs.symlink(target, at(read.text()))
      return done
    }
    case requests.extended:
      return extended(read.text(), read, open, at)
    default:
      throw new Unsupported(`request ${type}`)
  }
}

const extended = async (
  which: string,
  read: Reader,
  open: Map<string, Handle>,
  at: (path: string) => string,
): Promise<Answer> => {
  if (which === 'posix-rename@openssh.com') await fs.rename(at(read.text()), at(read.text()))
  else if (which === 'fsync@openssh.com') await fileOf(read.text(), open).file.sync()
  else throw new Unsupported(which)
  return done
}

const openFile = async (path: string, flags: number, mode: number, open: Map<string, Handle>): Promise<Answer> => {
  const [reads, writes, appends, creates, truncates, excludes] = [1, 2, 4, 8, 16, 32].map(bit => (flags & bit) !== 0)
  const how =
    (writes ? (reads ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY) |
    (appends ? constants.O_APPEND : 0) |
    (creates ? constants.O_CREAT : 0) |
    (truncates ? constants.O_TRUNC : 0) |
    (excludes ? constants.O_EXCL : 0)
  return handle(open, { kind: 'file', file: await fs.open(path, how, mode), append: appends! })
}

let handles = 0

const handle = (open: Map<string, Handle>, opened: Handle): Answer => {
  const key = String(++handles)
  open.set(key, opened)
  return { type: answers.handle, body: string(key) }
}

const fileOf = (key: string, open: Map<string, Handle>): Extract<Handle, { kind: 'file' }> => {
  const opened = open.get(key)
  if (opened?.kind !== 'file') throw new Error('no such handle')
  return opened
}

const closeHandle = async (key: string, open: Map<string, Handle>): Promise<Answer> => {
  const opened = open.get(key)
  open.delete(key)
  if (opened?.kind === 'file') await opened.file.close()
  return done
}

const readFrom = async (file: fs.FileHandle, offset: number, length: number): Promise<Answer> => {
  const buffer = Buffer.alloc(Math.min(length, 256 * 1024))
  const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
  if (bytesRead === 0) throw new EndOfFile()
  return { type: answers.data, body: string(buffer.subarray(0, bytesRead)) }
}

/** A client takes no more than 256 KiB at once. */
const mostNames = 100

const readFolder = async (opened: Handle | undefined): Promise<Answer> => {
  if (opened?.kind !== 'folder') throw new Error('no such handle')
  if (opened.rest.length === 0) throw new EndOfFile()
  const names = opened.rest.splice(0, mostNames)
  const rows = await Promise.all(
    names.map(async each => {
      const stats = await fs.lstat(resolve(opened.path, each)).catch(() => null)
      return stats === null ? [] : [string(each), string(each), attrsOf(stats)]
    }),
  )
  const there = rows.filter(row => row.length > 0)
  return { type: answers.name, body: Buffer.concat([u32(there.length), ...there.flat()]) }
}

const name = (path: string): Answer => ({
  type: answers.name,
  body: Buffer.concat([u32(1), string(path), string(path), u32(0)]),
})

class Unsupported extends Error {}
class EndOfFile extends Error {}

const codeOf = (thrown: unknown): number => {
  if (thrown instanceof EndOfFile) return status.eof
  if (thrown instanceof Unsupported) return status.unsupported
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null
  if (code === 'ENOENT') return status.noSuchFile
  return code === 'EACCES' || code === 'EPERM' ? status.permissionDenied : status.failure
}
