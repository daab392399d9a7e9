import { connect, type Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { parseUnitFile } from '../../src/core/unit.ts'
import { createLocalFiles } from '../../src/services/local-files.ts'
import { createSystemd } from '../../src/services/systemd.ts'
import { startSystemd } from '../services/systemd-stand-in.ts'
import { hurried } from './clock.ts'
import { live, patience } from './life.ts'

const papers = ['attention', 'diffusion', 'flow', 'graph-nets']
const nameOf = (paper: string): string => `papergen-${paper}.service`

/** Four units on a real bus in this process, watched. */
const watched = async () => {
  const host = await startSystemd()
  const sockets = new Set<Socket>()
  let opened = 0
  const systemd = createSystemd({
    host: 'here',
    bus: () =>
      new Promise((resolve, reject) => {
        const stream = connect({ path: host.socket })
        sockets.add(stream)
        opened++
        stream.once('connect', () => resolve(stream)).once('error', reject)
        stream.once('close', () => sockets.delete(stream))
      }),
    uid: async () => process.getuid?.() ?? 0,
    files: createLocalFiles('here'),
    unitFolder: async () => '/nowhere',
    parseUnitFile,
    clock: hurried(1000),
  })
  const heard = new Map<string, number | null>()
  let losses = 0
  let run = 0
  const become = (paper: string): void =>
    host.put(nameOf(paper), { LoadState: 'loaded', ActiveState: 'active', SubState: 'running' }, { MainPID: ++run })
  papers.forEach(become)
  const stop = systemd.watch(
    ({ unit, mainPid }) => heard.set(unit, mainPid),
    () => losses++,
  )
  await systemd.units()
  return {
    ...{ systemd, sockets, stop, opened: () => opened, losses: () => losses },
    /** Each paper becomes another process, and that is heard. */
    change: async (): Promise<void> => {
      for (const paper of papers) {
        become(paper)
        host.changed(nameOf(paper))
      }
      const last = run
      await vi.waitFor(() => expect(Math.max(...[...heard.values()].map(Number))).toBe(last), {
        interval: 1,
        timeout: 20_000,
      })
      host.seen.loads.length = 0
    },
    cut: async (): Promise<void> => {
      const before = losses
      for (const socket of sockets) socket.destroy()
      await vi.waitFor(() => expect(losses).toBe(before + 1), { interval: 1, timeout: 20_000 })
    },
  }
}

test(
  'thousands of changes of units leave nothing behind',
  async () => {
    const { systemd, change, sockets } = await watched()
    await live({
      name: 'changes of units, and questions about them',
      warmUp: 100,
      rounds: 300,
      round: async () => {
        await change()
        await Promise.all(papers.map(paper => systemd.unit(paper)))
        return 2 * papers.length
      },
      emitters: () => [...sockets],
    })
    systemd.close()
  },
  patience,
)

test(
  'a bus that is lost thousands of times leaves nothing behind',
  async () => {
    const { systemd, change, cut, opened } = await watched()
    await live({
      name: 'losses of the bus',
      warmUp: 100,
      rounds: 2_000,
      round: async () => {
        await Promise.all([systemd.unit('attention').catch(() => {}), cut()])
        await change()
        return 1
      },
    })
    expect(opened()).toBeGreaterThanOrEqual(2_100)
    systemd.close()
  },
  patience,
)
