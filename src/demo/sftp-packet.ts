/** The bytes of the SSH file transfer protocol, version 3 (draft-ietf-secsh-filexfer-02). */

export const requests = {
  init: 1,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  extended: 200,
} as const

export const answers = { version: 2, status: 101, handle: 102, data: 103, name: 104, attrs: 105 } as const

export const status = { ok: 0, eof: 1, noSuchFile: 2, permissionDenied: 3, failure: 4, unsupported: 8 } as const

/** Reads one field after the other. */
export type Reader = {
  readonly u32: () => number
  readonly u64: () => number
  readonly bytes: () => Buffer
  readonly text: () => string
  readonly attrs: () => Attrs
}

export type Attrs = { readonly size?: number; readonly mode?: number; readonly times?: readonly [number, number] }

export const readerOf = (packet: Buffer, start: number): Reader => {
  let at = start
  const u32 = (): number => {
    at += 4
    return packet.readUInt32BE(at - 4)
  }
  const u64 = (): number => u32() * 2 ** 32 + u32()
  const bytes = (): Buffer => {
    const length = u32()
    at += length
    return packet.subarray(at - length, at)
  }
  const attrs = (): Attrs => {
    const flags = u32()
    const size = flags & 1 ? { size: u64() } : {}
    if (flags & 2) at += 8 // owner and group: the login's own
    const mode = flags & 4 ? { mode: u32() & 0o7777 } : {}
    const times = flags & 8 ? { times: [u32(), u32()] as const } : {}
    return { ...size, ...mode, ...times }
  }
  return { u32, u64, bytes, text: () => bytes().toString(), attrs }
}

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

export const string = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value as string)
  return Buffer.concat([u32(bytes.length), bytes])
}

export type FileStats = {
  readonly size: number
  readonly uid: number
  readonly gid: number
  readonly mode: number
  readonly atimeMs: number
  readonly mtimeMs: number
}

export const attrsOf = ({ size, uid, gid, mode, atimeMs, mtimeMs }: FileStats): Buffer =>
  Buffer.concat(
    [15, Math.floor(size / 2 ** 32), size, uid, gid, mode, Math.floor(atimeMs / 1000), Math.floor(mtimeMs / 1000)].map(
      u32,
    ),
  )

export const packetOf = (type: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([u32(body.length + 1), Buffer.from([type]), body])
}
