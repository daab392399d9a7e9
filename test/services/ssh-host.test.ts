import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { command } from '../../src/core/command.ts'
import { fingerprint } from '../../src/core/known-hosts.ts'
import { createClock } from '../../src/services/clock.ts'
import { createRegistryFile } from '../../src/services/registry-file.ts'
import { createSshHost, type SshHostOptions } from '../../src/services/ssh-host.ts'
import { delayBefore } from '../../src/services/ssh-link.ts'
import { until } from '../until.ts'
import { ownFolder } from './folder.ts'
import { knownHostsLine, newKey, startSshServer } from './ssh-server.ts'

type Server = Awaited<ReturnType<typeof startSshServer>>

const hostOf = ({ reach }: Pick<Server, 'reach'>, more: Partial<SshHostOptions> = {}) => {
  const host = createSshHost({ name: 'there', reach, agent: null, clock: createClock(), random: () => 0, ...more })
  onTestFinished(() => host.close())
  return host
}
const alive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\sZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
const gone = (pid: number) => until(() => expect(alive(pid)).toBe(false), { interval: 20 })
const printOf = (privateKey: string) => {
  const key = ssh2.utils.parseKey(privateKey)
  if (key instanceof Error) throw key
  return fingerprint(key.getPublicSSH())
}

describe('connecting', () => {
  it('refuses an unknown host key and shows its fingerprint', async () => {
    const server = await startSshServer()
    writeFileSync(server.reach.knownHosts, '')
    await expect(hostOf(server).shell.run(command('true'))).rejects.toMatchObject({
      problem: { kind: 'host-key-unknown', fingerprint: printOf(server.hostKeys[0]!), file: server.reach.knownHosts },
    })
  })

  it('refuses a changed host key and shows both fingerprints', async () => {
    const server = await startSshServer()
    const other = newKey().private
    writeFileSync(server.reach.knownHosts, knownHostsLine(server.reach.port, other))
    await expect(hostOf(server).shell.run(command('true'))).rejects.toMatchObject({
      problem: { kind: 'host-key-changed', fingerprint: printOf(server.hostKeys[0]!), expected: printOf(other) },
    })
  })

  it('asks a host with several keys for the one that known_hosts holds', async () => {
    const ecdsa = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private
    const server = await startSshServer({ hostKeys: [newKey().private, ecdsa] })
    writeFileSync(server.reach.knownHosts, knownHostsLine(server.reach.port, ecdsa))
    expect((await hostOf(server).shell.run(command('echo', 'in'))).stdout).toBe('in\n')
  })

  it('tells a refused key with what was tried, and does not hurry to be refused again', async () => {
    const server = await startSshServer()
    writeFileSync(server.reach.identity, newKey().private)
    const host = hostOf(server)
    await expect(host.shell.run(command('true'))).rejects.toMatchObject({
      problem: { kind: 'key-refused', user: 'me', tried: [server.reach.identity] },
    })
    const link = host.link()
    expect(link.kind === 'down' && (link.retryAt ?? 0) - link.since).toBeGreaterThanOrEqual(30_000 - 100)
    await expect(host.shell.run(command('true'))).rejects.toMatchObject({ problem: { kind: 'key-refused' } })
    expect(server.seen.connections).toBe(1)
  })

  it('asks for the passphrase of an encrypted key, and explains when nobody knows it', async () => {
    const server = await startSshServer()
    const key = newKey({ passphrase: 'open', cipher: 'aes256-ctr', rounds: 4 })
    writeFileSync(server.reach.identity, key.private)
    await expect(hostOf(server).shell.run(command('true'))).rejects.toMatchObject({
      problem: { kind: 'key-refused', tried: [expect.stringContaining('passphrase')] },
    })
    const asked: string[] = []
    const passphrase = async (identity: string) => {
      asked.push(identity)
      return 'open'
    }
    // The key opens; this server knows another one, so it is the server that refuses now.
    await expect(hostOf(server, { passphrase }).shell.run(command('true'))).rejects.toMatchObject({
      problem: { kind: 'key-refused', tried: [server.reach.identity] },
    })
    expect(asked).toEqual([server.reach.identity])
  })

  it('tells a host that is not there', async () => {
    const server = await startSshServer()
    await server.stop()
    const host = hostOf(server)
    await expect(host.shell.run(command('true'))).rejects.toMatchObject({ problem: { kind: 'host-unreachable' } })
    expect(host.link().kind).toBe('down')
  })

  it('is back after the server dropped it, and says so', async () => {
    const server = await startSshServer()
    const host = hostOf(server)
    const kinds: string[] = []
    host.watch(() => void kinds.push(host.link().kind))
    await host.shell.run(command('true'))
    const file = join(ownFolder(), 'running')
    const hung = host.shell.run(command('sh', '-c', `touch ${file}; sleep 300`))
    hung.catch(() => {})
    await until(() => expect(existsSync(file)).toBe(true), { interval: 5 })
    server.drop()
    await expect(hung).rejects.toMatchObject({ problem: { kind: 'connection-lost' } })
    await until(() => expect(host.link().kind).toBe('up'), { interval: 10 })
    expect((await host.shell.run(command('echo', 'back'))).stdout).toBe('back\n')
    expect(kinds).toContain('down')
    expect(server.seen.connections).toBe(2)
  })

  it.each([
    ['host-unreachable', 0, 250, 500],
    ['host-unreachable', 30, 3_000, 6_000],
    ['key-refused', 0, 30_000, 60_000],
    ['host-key-changed', 0, 10_000, 20_000],
  ])('waits after %s, failed %d times before, %d to %d ms', (kind, failures, least, most) => {
    const problem = { kind } as Parameters<typeof delayBefore>[0]
    expect([delayBefore(problem, failures, 0), delayBefore(problem, failures, 1)]).toEqual([least, most])
  })
})

describe('commands', () => {
  it('keeps words whole, feeds stdin, gives exit codes', async () => {
    const host = hostOf(await startSshServer())
    expect((await host.shell.run(command('printf', '%s|', "a b'c", '$HOME;', '*'))).stdout).toBe("a b'c|$HOME;|*|")
    expect((await host.shell.run(command('cat'), { stdin: 'fed é\n' })).stdout).toBe('fed é\n')
    expect(await host.shell.run(command('sh', '-c', 'echo no >&2; exit 3'))).toEqual({
      code: 3,
      stdout: '',
      stderr: 'no\n',
    })
    expect((await host.shell.run({ argv: ['pwd'], cwd: '/tmp' })).stdout).toBe('/tmp\n')
    expect((await host.shell.run(command('no-such-program-at-all'))).code).toBe(127)
    expect(await host.uid()).toBe(process.getuid?.())
  })

  it('runs fourteen at once through six places', async () => {
    const server = await startSshServer()
    const host = hostOf(server)
    const all = Array.from({ length: 14 }, (_, i) => host.shell.run(command('sh', '-c', `sleep 0.05; echo ${i}`)))
    expect((await Promise.all(all)).map(ran => ran.stdout)).toEqual(Array.from({ length: 14 }, (_, i) => `${i}\n`))
    expect(server.seen.mostSessions).toBeLessThanOrEqual(7)
  })

  it('kills a hung command on the far side', async () => {
    const host = hostOf(await startSshServer())
    const file = join(ownFolder(), 'pid')
    const hung = host.shell.run(command('sh', '-c', `sleep 300 & echo $! > ${file}; wait`), { timeout: 2_000 })
    await expect(hung).rejects.toMatchObject({ problem: { kind: 'no-answer', seconds: 2 } })
    await gone(Number(readFileSync(file, 'utf8')))
  })

  it('follows lines until the abort, leaves no process and gives the session back', async () => {
    const server = await startSshServer()
    const host = hostOf(server)
    const abort = new AbortController()
    const seen: string[] = []
    const follow = command('sh', '-c', 'echo $$; printf "é\\n"; sleep 300')
    for await (const line of host.shell.lines(follow, { signal: abort.signal })) {
      seen.push(line)
      if (seen.length === 2) abort.abort()
    }
    expect(seen[1]).toBe('é')
    await gone(Number(seen[0]))
    await host.shell.run(command('true'))
    await until(() => expect(server.seen.sessions).toBeLessThanOrEqual(1), { interval: 20 })
  })

  it('tells that a follow lost its link', async () => {
    const server = await startSshServer()
    const follow = async () => {
      const signal = new AbortController().signal
      for await (const _ of hostOf(server).shell.lines(command('sh', '-c', 'echo on; sleep 300'), { signal }))
        server.drop()
    }
    await expect(follow()).rejects.toMatchObject({ problem: { kind: 'connection-lost' } })
  })

  it('keeps a long-lived channel, and ends its program with it', async () => {
    const host = hostOf(await startSshServer())
    const { stream, ended } = await host.channel(['sh', '-c', 'echo why >&2; cat'])
    const said = new Promise(resolve => stream.once('data', resolve))
    stream.write('hello')
    expect(String(await said)).toBe('hello')
    stream.end()
    expect(await ended).toBe(0)
  })
})

describe('dialling from the far side', () => {
  it('reaches ports and sockets, tells refusals, and times a dropped packet itself', async () => {
    const host = hostOf(await startSshServer())
    const greet = createServer(socket => socket.end('hi'))
    await new Promise<void>(resolve => greet.listen(0, '127.0.0.1', resolve))
    const path = join(ownFolder(), 'socket')
    const local = createServer(socket => socket.end('hi'))
    await new Promise<void>(resolve => local.listen(path, resolve))
    onTestFinished(() => {
      greet.close()
      local.close()
    })
    const { port } = greet.address() as AddressInfo
    for (const stream of [await host.dial('127.0.0.1', port, 2_000), await host.dialSocket(path)])
      expect(String(await new Promise(resolve => stream.once('data', resolve)))).toBe('hi')
    await expect(host.dialSocket(`${path}-none`)).rejects.toMatchObject({ problem: { kind: 'host-unreachable' } })
    // This server lets nobody listen.
    expect(await host.mayListen()).toBe(false)
    await expect(host.dial('127.0.0.1', 9, 100)).rejects.toMatchObject({
      problem: { kind: 'host-unreachable', address: '127.0.0.1:9', why: 'no answer within 0.1 s' },
    })
  })
})

describe('files over sftp', () => {
  it('writes whole files, keeps the mode, leaves nothing beside them', async () => {
    const { files } = hostOf(await startSshServer())
    const folder = ownFolder()
    const path = join(folder, 'deep/er/state.json')
    await files.makeFolder(join(folder, 'deep/er'))
    await files.write(path, 'é'.repeat(100_000), { mode: 0o640 })
    await files.write(path, 'two')
    expect(await files.read(path)).toBe('two')
    expect((await files.stat(path))?.size).toBe(3)
    expect(readdirSync(join(folder, 'deep/er'))).toEqual(['state.json'])
    await files.append(path, '+')
    await files.append(path, 'last')
    expect(readFileSync(path, 'utf8')).toBe('two\n+\nlast\n')
    await files.rename(path, join(folder, 'state.json'))
    await files.removeEmptyFolder(join(folder, 'deep'))
    expect(readdirSync(folder).sort()).toEqual(['deep', 'state.json'])
  })

  it('carries the registry with its lock', async () => {
    const host = hostOf(await startSshServer())
    const path = join(ownFolder(), 'state/state.json')
    const add = () => createRegistryFile(host, path).update(text => String(Number(text ?? '0') + 1))
    await Promise.all([add(), add(), add()])
    expect(readFileSync(path, 'utf8')).toBe('3')
  })

  it('removes links, never what they lead to, and says null for what is not there', async () => {
    const host = hostOf(await startSshServer())
    const { files } = host
    const folder = ownFolder()
    await files.makeFolder(join(folder, 'kept/deep'))
    await files.makeFolder(join(folder, 'gone'))
    await files.link(join(folder, 'kept'), join(folder, 'gone/link'))
    symlinkSync(join(folder, 'kept'), join(folder, 'alone'))
    expect(await files.list(join(folder, 'gone'))).toEqual([{ name: 'link', kind: 'link' }])
    for (const name of ['gone', 'alone', 'never']) await files.remove(join(folder, name))
    expect(readdirSync(folder)).toEqual(['kept'])
    expect(existsSync(join(folder, 'kept/deep'))).toBe(true)
    expect([await files.read(`${folder}/x`), await files.list(`${folder}/x`), await files.stat(`${folder}/x`)]).toEqual(
      [null, null, null],
    )
    expect(host.link()).toMatchObject({ kind: 'up', rttMs: expect.any(Number) })
  })
})
