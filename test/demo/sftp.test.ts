import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Duplex, duplexPair } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { serveSftp } from '../../src/demo/sftp.ts'
import { packetOf, requests, string, u32 } from '../../src/demo/sftp-packet.ts'
import { ownFolder } from '../services/folder.ts'
import { until } from '../until.ts'
import { demoHost } from './ssh.ts'

const filesOf = async () => {
  const { host, home } = await demoHost()
  return { files: host.files, home }
}

describe('files of a demo host, as papergen meets them', () => {
  it('writes whole, durably and in place, keeps the mode, leaves nothing beside', async () => {
    const { files, home } = await filesOf()
    const path = join(home, 'deep/er/state.json')
    await files.makeFolder(join(home, 'deep/er'))
    await files.write(path, 'é'.repeat(1000), { mode: 0o640 })
    await files.write(path, 'two')
    expect(await files.read(path)).toBe('two')
    expect(statSync(path).mode & 0o777).toBe(0o640)
    expect(readdirSync(join(home, 'deep/er'))).toEqual(['state.json'])
    expect(await files.stat(path)).toMatchObject({ kind: 'file', size: 3 })
  })

  it('appends whole lines, also to a file that ends in the middle of one', async () => {
    const { files, home } = await filesOf()
    writeFileSync(join(home, 'log'), 'half')
    await files.append(join(home, 'log'), 'one')
    await files.append(join(home, 'log'), 'two')
    expect(readFileSync(join(home, 'log'), 'utf8')).toBe('half\none\ntwo\n')
  })

  it('carries a megabyte and its bytes', async () => {
    const { files, home } = await filesOf()
    const bytes = Buffer.alloc(1024 * 1024 + 7, Buffer.from([0, 255, 10, 13, 7]))
    await files.write(join(home, 'big'), bytes)
    expect(readFileSync(join(home, 'big')).equals(bytes)).toBe(true)
    expect(Buffer.from((await files.readBytes(join(home, 'big'))) ?? '').equals(bytes)).toBe(true)
  })

  it('says null for what is not there', async () => {
    const { files, home } = await filesOf()
    const path = join(home, 'none')
    expect([await files.read(path), await files.list(path), await files.stat(path)]).toEqual([null, null, null])
    await files.remove(path)
    await expect(files.rename(path, `${path}2`)).rejects.toMatchObject({ problem: { kind: 'unexpected' } })
  })

  it.skipIf(process.getuid?.() === 0)('tells a file that the login may not read', async () => {
    const { files, home } = await filesOf()
    writeFileSync(join(home, 'secret'), 'x')
    chmodSync(join(home, 'secret'), 0)
    await expect(files.read(join(home, 'secret'))).rejects.toMatchObject({ problem: { kind: 'no-permission' } })
  })

  it('lists kinds, links, renames over, and removes links but not what they lead to', async () => {
    const { files, home } = await filesOf()
    mkdirSync(join(home, 'kept/deep'), { recursive: true })
    mkdirSync(join(home, 'gone'))
    await files.link(join(home, 'kept'), join(home, 'gone/link'))
    await files.write(join(home, 'gone/file'), '1')
    expect([...((await files.list(join(home, 'gone'))) ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'file', kind: 'file' },
      { name: 'link', kind: 'link' },
    ])
    expect(readlinkSync(join(home, 'gone/link'))).toBe(join(home, 'kept'))
    await files.write(join(home, 'old'), '2')
    await files.rename(join(home, 'old'), join(home, 'gone/file'))
    expect(readFileSync(join(home, 'gone/file'), 'utf8')).toBe('2')
    await files.removeEmptyFolder(join(home, 'gone'))
    await files.remove(join(home, 'gone'))
    expect(readdirSync(home)).toEqual(['kept'])
    expect(readdirSync(join(home, 'kept'))).toEqual(['deep'])
    expect(await files.home()).toBe(home)
  })

  it('lists a folder of thousands', async () => {
    const { files, home } = await filesOf()
    const name = (at: number): string => `${'a-long-name-'.repeat(5)}${at}`
    for (let at = 0; at < 3000; at++) writeFileSync(join(home, name(at)), '')
    expect((await files.list(home))?.length).toBe(3000)
  })

  it('answers many at once, each with its own', async () => {
    const { files, home } = await filesOf()
    const all = Array.from({ length: 60 }, (_, at) => join(home, String(at)))
    await Promise.all(all.map(path => files.write(path, path)))
    expect(await Promise.all(all.map(path => files.read(path)))).toEqual(all)
    expect(readdirSync(home).length).toBe(60)
  })
})

const openFile = (path: string): Buffer => packetOf(requests.open, u32(7), string(path), u32(1 | 2 | 8), u32(0))

/** What this process has open below a folder. */
const openBelow = (folder: string): string[] =>
  readdirSync('/proc/self/fd').flatMap(fd => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      return path.startsWith(folder) ? [path] : []
    } catch {
      return []
    }
  })

const served = (): { client: Duplex; home: string } => {
  const home = ownFolder()
  const [client, server] = duplexPair()
  serveSftp(server, home)
  return { client, home }
}

describe('serveSftp', () => {
  it('reads requests that come in pieces of a byte', async () => {
    const { client, home } = served()
    for (const byte of packetOf(requests.init, u32(3))) client.write(Buffer.from([byte]))
    const [version] = (await once(client, 'data')) as [Buffer]
    expect(version.toString('latin1')).toContain('fsync@openssh.com')
    for (const byte of openFile(join(home, 'a'))) client.write(Buffer.from([byte]))
    await once(client, 'data')
    expect(readdirSync(home)).toEqual(['a'])
  })

  it.each(['end', 'destroy'] as const)(
    'closes what a client left open at its %s, and what it was just opening',
    async how => {
      const { client, home } = served()
      client.resume()
      for (let at = 0; at < 20; at++) client.write(openFile(join(home, String(at))))
      await until(() => expect(openBelow(home).length).toBeGreaterThan(0), { interval: 1 })
      client[how]()
      await until(() => {
        expect(readdirSync(home).length).toBe(20)
        expect(openBelow(home)).toEqual([])
      })
    },
  )

  it('hangs up on a packet that is none, and lives on', async () => {
    const { client } = served()
    client.resume()
    client.write(Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 99]))
    await once(client, 'end')
  })
})
