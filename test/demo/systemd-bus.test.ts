import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Duplex, duplexPair } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { UnitFacts } from '../../src/core/facts.ts'
import { parseUnitFile } from '../../src/core/unit.ts'
import { controlGroupOf, serveBus } from '../../src/demo/systemd-bus.ts'
import { createClock } from '../../src/services/clock.ts'
import { createLocalFiles } from '../../src/services/local-files.ts'
import { createSystemd } from '../../src/services/systemd.ts'
import { until } from '../until.ts'
import { demoSystemd, nameOf } from './papers.ts'

const a = nameOf('a')

/** papergen's own eyes on a demo's systemd; `listening` counts who waits for its changes. */
const seen = () => {
  const demo = demoSystemd()
  let listening = 0
  const counted =
    <T>(on: (heard: T) => () => void) =>
    (heard: T) => {
      listening++
      const stop = on(heard)
      return () => {
        listening--
        stop()
      }
    }
  const systemd = {
    ...demo.systemd,
    onChange: counted(demo.systemd.onChange),
    onReload: counted(demo.systemd.onReload),
  }
  const streams: Duplex[] = []
  const eyes = createSystemd({
    host: 'demo',
    bus: async () => {
      const [near, far] = duplexPair()
      streams.push(near)
      serveBus(systemd, far)
      return near
    },
    uid: async () => process.getuid?.() ?? 0,
    files: createLocalFiles('demo'),
    unitFolder: async () => demo.folder,
    parseUnitFile,
    clock: createClock(),
  })
  onTestFinished(() => eyes.close())
  return { ...demo, eyes, listening: () => listening, cut: () => streams.at(-1)?.destroy() }
}

describe("the demo's systemd over D-Bus, as papergen sees it", () => {
  it('tells what runs, what is only installed, and what nobody knows', async () => {
    const { eyes, systemd, put } = seen()
    put('a', 'exec sleep 60')
    put('b', 'true')
    await systemd.start(a)
    systemd.enable(a, true)
    const [first, second] = await eyes.units()
    expect(first).toMatchObject({ unit: 'a', state: 'active', mainPid: systemd.unit(a).running?.pid, enabled: true })
    // A process that has only just begun holds next to nothing.
    await expect.poll(async () => (await eyes.unit('a')).memoryBytes, { timeout: 5_000 }).toBeGreaterThan(100_000)
    expect(second).toMatchObject({ unit: 'b', state: 'inactive', mainPid: null, enabled: false })
    expect((await eyes.unit('none')).state).toBe('not-found')
    expect(controlGroupOf(a)).toContain(`/${a}`)
  })

  it.each([
    ['exit 3', { state: 'failed', result: 'exit-code', exit: { code: 3 } }],
    ['kill -SEGV $$', { state: 'failed', result: 'signal', exit: { signal: 11 } }],
  ])('tells that %j ended, and how', async (line, facts) => {
    const { eyes, systemd, put } = seen()
    put('a', line)
    await systemd.start(a)
    await until(async () => expect(await eyes.unit('a')).toMatchObject({ state: 'failed' }))
    const told = await eyes.unit('a')
    expect(told).toMatchObject({ state: facts.state, result: facts.result })
    expect(JSON.stringify(told)).toContain(String(Object.values(facts.exit)[0]))
  })

  it('tells each change by itself, and new files', async () => {
    const { eyes, systemd, put, folder } = seen()
    put('a', 'exec sleep 60')
    await eyes.units()
    const heard: UnitFacts[] = []
    eyes.watch(
      facts => void heard.push(facts),
      () => {},
    )
    const last = () => heard.at(-1)
    await systemd.start(a)
    await until(() => expect(last()).toMatchObject({ unit: 'a', state: 'active' }))
    process.kill(systemd.unit(a).running?.pid ?? 0, 'SIGKILL')
    await until(() => expect(last()).toMatchObject({ state: 'failed', result: 'signal' }))
    systemd.resetFailed(a)
    await until(() => expect(last()).toMatchObject({ state: 'inactive' }))
    put('b', 'true')
    systemd.reload()
    await until(() => expect(heard.some(({ unit }) => unit === 'b')).toBe(true))
    rmSync(join(folder, a))
    systemd.reload()
    expect((await eyes.units()).map(({ unit }) => unit)).toEqual(['b'])
  })

  it('forgets a listener that left, and serves it again', async () => {
    const { eyes, systemd, put, cut, listening } = seen()
    put('a', 'true')
    await eyes.units()
    expect(listening()).toBe(2)
    cut()
    await until(() => expect(listening()).toBe(0))
    systemd.reload()
    await until(async () => expect((await eyes.units()).length).toBe(1))
    expect(listening()).toBe(2)
  })
})
