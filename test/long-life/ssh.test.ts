import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { command } from '../../src/core/command.ts'
import { createEdgeLines } from '../../src/services/edge-log.ts'
import { createEdgeEntry } from '../../src/services/entry-point.ts'
import type { Host, HostChannel } from '../../src/services/host.ts'
import { createSshHost } from '../../src/services/ssh-host.ts'
import { ownFolder } from '../services/folder.ts'
import { startSshServer } from '../services/ssh-server.ts'
import { hurried } from './clock.ts'
import { live, patience } from './life.ts'

/** A host behind a real ssh server in this process; a port and a socket on it that echo, and a file. */
const there = async () => {
  const server = await startSshServer()
  const host = createSshHost({ name: 'there', reach: server.reach, agent: null, clock: hurried(1000), random: () => 0 })
  const file = join(ownFolder(), 'state.json')
  writeFileSync(file, '{}')
  const socketPath = join(ownFolder(), 'bus')
  const echo = () => createServer(socket => socket.on('error', () => {}).pipe(socket))
  const echoes = [echo(), echo()]
  const [overTcp, overSocket] = echoes
  await Promise.all([
    once(overTcp!.listen(0, '127.0.0.1'), 'listening'),
    once(overSocket!.listen(socketPath), 'listening'),
  ])
  onTestFinished(async () => {
    await host.close()
    for (const each of echoes) each.close()
  })
  return { server, host, file, socketPath, port: (overTcp!.address() as AddressInfo).port }
}

type There = Awaited<ReturnType<typeof there>>

/** Or the link is lost. */
const echoed = async (stream: Duplex): Promise<void> => {
  stream.write('hello')
  await new Promise(resolve => stream.once('data', resolve).once('close', resolve))
  stream.destroy()
}

/** Each way a host is used, each begun at the same time; those that stay open are let go in the middle. */
const everything = ({ host, file, socketPath, port }: There): readonly Promise<unknown>[] => [
  host.shell.run(command('echo', 'answer')),
  host.files.read(file),
  host.files.list(join(file, '..')),
  host.dial('127.0.0.1', port, 5_000).then(echoed),
  host.dialSocket(socketPath).then(echoed),
  linesUntil(host, 3),
  channelAndBack(host),
  edgeLog(host),
]

const linesUntil = async (host: Host, last: number): Promise<void> => {
  const enough = new AbortController()
  let lines = 0
  for await (const _ of host.shell.lines(command('sh', '-c', 'seq 1 500; exec sleep 600'), { signal: enough.signal }))
    if (++lines === last) enough.abort()
}

const channelAndBack = async (host: Host): Promise<void> => {
  const { stream, ended } = await host.channel(['cat'])
  await echoed(stream)
  await ended
}

/** An edge's log, closed in the middle of what came of it; its end must be heard, or its place among the sessions is lost. */
const edgeLog = async (host: Host): Promise<void> => {
  const opened: HostChannel[] = []
  const open = async (): Promise<HostChannel> => {
    const channel = await host.channel(['sh', '-c', 'read -r request; echo "1 ok stream"; seq 1 500; cat > /dev/null'])
    opened.push(channel)
    return channel
  }
  const lines = createEdgeLines('there', createEdgeEntry({ host: 'there', open }), open)
  const { signal } = new AbortController()
  for await (const line of lines('error', 0, 'attention', { follow: true, signal })) if (line === '3') break
  await Promise.all(opened.map(({ ended }) => ended))
}

/** Until the other end has taken leave of everything too. */
const quiet = async ({ server }: There): Promise<void> => {
  await vi.waitFor(
    () => {
      expect(
        [...server.children].map(({ spawnargs, exitCode }) => `${exitCode ?? 'runs'}: ${spawnargs.join(' ')}`),
      ).toEqual([])
      // One session stays with its connection, the file transfer's, whose program is a child where this machine has one.
      expect(server.seen.sessions).toBeLessThanOrEqual(1)
    },
    { timeout: 20_000, interval: 10 },
  )
}

test(
  'hundreds of commands, files and forwarded connections leave no channel behind',
  async () => {
    const world = await there()
    await live({
      name: 'channels of one connection',
      warmUp: 25,
      rounds: 40,
      round: async () => {
        const asked = everything(world)
        await Promise.all(asked)
        return asked.length
      },
      rest: () => quiet(world),
    })
    expect(world.server.seen.connections).toBe(1)
  },
  patience,
)

test(
  'a link that drops hundreds of times under everything leaves nothing behind',
  async () => {
    const world = await there()
    const { host, server } = world
    await live({
      name: 'losses of the ssh link',
      warmUp: 40,
      rounds: 120,
      round: async () => {
        await host.shell.run(command('true'))
        const asked = Promise.allSettled(everything(world))
        await new Promise(resolve => setTimeout(resolve, Math.random() * 40))
        server.drop()
        await vi.waitFor(() => expect(host.link().kind).toBe('down'), { timeout: 10_000, interval: 1 })
        await asked
        await vi.waitFor(() => host.shell.run(command('true')), { timeout: 10_000, interval: 10 })
        return 1
      },
      rest: () => quiet(world),
    })
    expect(server.seen.connections).toBeGreaterThanOrEqual(160)
  },
  patience,
)

test(
  'a link that drops thousands of times with nothing under way leaves nothing behind',
  async () => {
    const world = await there()
    const { host, server } = world
    await host.shell.run(command('true'))
    await live({
      name: 'losses of a quiet ssh link',
      warmUp: 100,
      rounds: 2_000,
      round: async () => {
        const before = server.seen.connections
        server.drop()
        const isBack = (): void => expect([server.seen.connections > before, host.link().kind]).toEqual([true, 'up'])
        await vi.waitFor(isBack, { timeout: 10_000, interval: 1 })
        return 1
      },
      rest: () => quiet(world),
    })
    expect(server.seen.connections).toBeGreaterThan(2_100)
  },
  patience,
)
