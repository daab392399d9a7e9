import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Problem } from '../../src/core/errors.ts'
import type { UnitFacts } from '../../src/core/facts.ts'
import { createClock } from '../../src/services/clock.ts'
import { createLocalFiles } from '../../src/services/local-files.ts'
import { createSystemd } from '../../src/services/systemd.ts'
import { connectBus } from '../../src/services/systemd-bus.ts'
import { until } from '../until.ts'
import { ownFolder } from './folder.ts'
import { startSystemd } from './systemd-stand-in.ts'

const open = (socket: string, folder = '/nowhere') => {
  const sockets: Socket[] = []
  const systemd = createSystemd({
    host: 'here',
    bus: () =>
      new Promise((resolve, reject) => {
        const stream = connect({ path: socket })
        sockets.push(stream)
        stream.once('connect', () => resolve(stream)).once('error', reject)
      }),
    uid: async () => process.getuid?.() ?? 0,
    files: createLocalFiles('here'),
    unitFolder: async () => folder,
    parseUnitFile: (unit, path, text, dropIn) => ({
      unit,
      path,
      origin: dropIn ? 'edited' : 'ours',
      port: null,
      notebook: null,
      release: null,
      text,
    }),
    clock: createClock(),
  })
  onTestFinished(() => systemd.close())
  return {
    systemd,
    cut: () => sockets.at(-1)?.destroy(),
    opened: () => sockets.length,
    gone: () => once(sockets[0]!, 'close'),
  }
}

const running = { LoadState: 'loaded', ActiveState: 'active', SubState: 'running', UnitFileState: 'enabled' }

describe('systemd over a bus', () => {
  it('reads loaded and installed units, and one that nobody knows', async () => {
    const { socket, put, seen } = await startSystemd()
    put('papergen-attention.service', running, { MainPID: 42, MemoryCurrent: 18446744073709551615n, NRestarts: 1 })
    put('papergen-asleep.service', { LoadState: 'loaded', ActiveState: 'inactive' }, {}, { loaded: false })
    const { systemd } = open(socket)
    const units = await systemd.units()
    expect(units.map(({ unit, state }) => [unit, state])).toEqual([
      ['asleep', 'inactive'],
      ['attention', 'active'],
    ])
    expect(units[1]).toMatchObject({ mainPid: 42, memoryBytes: null, restarts: 1, enabled: true })
    expect((await systemd.unit('none')).state).toBe('not-found')
    expect(seen.subscribed).toBe(1)
  })

  it('opens no connection for a question that comes after the end', async () => {
    const { socket } = await startSystemd()
    const { systemd, opened, gone } = open(socket)
    await systemd.units()
    systemd.close()
    await gone()
    await expect(systemd.units()).rejects.toMatchObject({ problem: { kind: 'connection-lost' } })
    expect(opened()).toBe(1)
  })

  it('tells a change at once, one of files for all, and stops when told', async () => {
    const { socket, put, changed, filesChanged } = await startSystemd()
    put('papergen-attention.service', running)
    put('papergen-other.service', running)
    const { systemd } = open(socket)
    await systemd.units()
    const heard: UnitFacts[] = []
    const stop = systemd.watch(
      facts => void heard.push(facts),
      () => {},
    )
    put('papergen-attention.service', { ...running, ActiveState: 'failed' })
    changed('papergen-attention.service')
    await until(() => expect(heard.map(({ unit, state }) => [unit, state])).toEqual([['attention', 'failed']]))
    filesChanged()
    await until(() =>
      expect(
        heard
          .slice(1)
          .map(({ unit }) => unit)
          .sort(),
      ).toEqual(['attention', 'other']),
    )
    stop()
    changed('papergen-attention.service')
    await systemd.units()
    expect(heard.length).toBe(3)
  })

  it('reads many changes of one unit in few goes, and ends at the last state', async () => {
    const { socket, put, changed, seen } = await startSystemd()
    put('papergen-attention.service', running)
    const { systemd } = open(socket)
    await systemd.units()
    const heard: UnitFacts[] = []
    systemd.watch(
      facts => void heard.push(facts),
      () => {},
    )
    seen.loads.length = 0
    for (let i = 0; i < 200; i++) changed('papergen-attention.service')
    put('papergen-attention.service', { ...running, ActiveState: 'failed' })
    changed('papergen-attention.service')
    await until(() => expect(heard.at(-1)?.state).toBe('failed'))
    expect(seen.loads.length).toBeLessThan(200)
  })

  it('survives a lost bus: tells it, dials again, reads everything again', async () => {
    const { socket, put } = await startSystemd()
    put('papergen-attention.service', running)
    const { systemd, cut } = open(socket)
    await systemd.units()
    const heard: UnitFacts[] = []
    const lost: Problem[] = []
    systemd.watch(
      facts => void heard.push(facts),
      problem => void lost.push(problem),
    )
    cut()
    await until(() => expect(heard.map(({ unit }) => unit)).toEqual(['attention']))
    expect(lost.length).toBeGreaterThan(0)
    expect((await systemd.unit('attention')).state).toBe('active')
  })

  it('tells a bus that is not there', async () => {
    const { systemd } = open(join(ownFolder(), 'none'))
    await expect(systemd.units()).rejects.toMatchObject({ name: 'PapergenError' })
  })

  it.each([
    ['refuses the login', 'REJECTED EXTERNAL\r\n'],
    ['never answers', ''],
    ['answers the login and no more', 'OK 0123456789abcdef0123456789abcdef\r\n'],
  ])('takes a bus that %s for an error, not for the end of the console', async (_name, answer) => {
    const path = join(ownFolder(), 'bus')
    const server = createServer(socket => {
      socket.on('error', () => {})
      if (answer !== '') socket.once('data', () => socket.write(answer))
    })
    await new Promise<void>(resolve => server.listen(path, resolve))
    const socket = connect({ path })
    onTestFinished(() => {
      socket.destroy()
      server.close()
    })
    await expect(connectBus(socket, 1000, 150)).rejects.toThrow()
  })

  it('logs in as the uid of the far side', async () => {
    const path = join(ownFolder(), 'bus')
    const server = createServer(socket => socket.on('error', () => {}))
    await new Promise<void>(resolve => server.listen(path, resolve))
    const said = new Promise<string>(resolve =>
      server.once('connection', socket => {
        let text = ''
        socket.on('data', chunk => {
          text += chunk
          if (text.includes('\r\n')) resolve(text)
        })
      }),
    )
    const socket = connect({ path })
    onTestFinished(() => {
      socket.destroy()
      server.close()
    })
    connectBus(socket, 4242, 1000).catch(() => {})
    expect(await said).toBe(`\0AUTH EXTERNAL ${Buffer.from('4242').toString('hex')}\r\n`)
  })

  it('reads the unit files of papers, and sees drop-ins', async () => {
    const folder = ownFolder()
    writeFileSync(join(folder, 'papergen-a.service'), 'A')
    writeFileSync(join(folder, 'papergen-b.service'), 'B')
    writeFileSync(join(folder, 'ssh.service'), 'S')
    mkdirSync(join(folder, 'papergen-b.service.d'))
    const { systemd } = open('/nowhere', folder)
    expect((await systemd.unitFiles()).map(({ unit, origin, text }) => [unit, origin, text]).sort()).toEqual([
      ['a', 'ours', 'A'],
      ['b', 'edited', 'B'],
    ])
  })
})
