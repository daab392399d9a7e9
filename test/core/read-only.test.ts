import { describe, expect, it } from 'vitest'
import { prepare } from '../../src/core/operations.ts'
import type { Files, World } from '../../src/core/ports.ts'
import { fileMarks, marks, readOnlyFiles, readOnlyWorld } from '../../src/core/read-only.ts'
import { runPlan } from '../../src/core/run-plan.ts'
import { FakeWorld } from './fake-world.ts'

type Method = (...given: unknown[]) => Promise<unknown>

const methodOf = (port: object, method: string): Method => (port as Record<string, Method>)[method]!

const marked = (mark: 'reads' | 'writes'): (readonly [keyof typeof marks, string])[] =>
  Object.entries(marks).flatMap(([port, methods]) =>
    Object.entries(methods)
      .filter(([, is]) => is === mark)
      .map(([method]) => [port as keyof typeof marks, method] as const),
  )

describe('a world that may only be read', () => {
  it.each(marked('writes'))('refuses %s.%s and does nothing', async (port, method) => {
    const fake = new FakeWorld()
    const before = fake.picture()
    await expect(methodOf(readOnlyWorld(fake.world())[port], method)('attention', 27000)).rejects.toMatchObject({
      problem: { kind: 'read-only', action: `${port}.${method}` },
    })
    expect([fake.calls, fake.picture()]).toEqual([[], before])
  })

  it('hands every reading method through as it is', () => {
    const world = new FakeWorld().world()
    const reading = readOnlyWorld(world)
    for (const [port, method] of marked('reads'))
      expect(methodOf(reading[port], method), `${port}.${method}`).toBe(methodOf(world[port], method))
    expect(reading.registry.path).toBe(world.registry.path)
  })

  it('refuses what the contract names as writing, however it is marked', () =>
    expect(marked('writes').map(words => words.join('.'))).toEqual([
      ...['gpuEntry.begin', 'gpuEntry.resume', 'gpuEntry.undo', 'gpuEntry.end', 'gpuEntry.writeUnit'],
      ...['gpuEntry.startUnit', 'gpuEntry.restartUnit', 'gpuEntry.removeUnit', 'gpuEntry.undoUnit'],
      ...['edgeEntry.begin', 'edgeEntry.resume', 'edgeEntry.undo', 'edgeEntry.end', 'edgeEntry.setRoute'],
      ...['edgeEntry.dropRoute', 'edgeEntry.setIndex', 'edgeEntry.hold', 'edgeEntry.confirm'],
      ...['registry.update', 'sidecar.update', 'releases.make', 'releases.remove', 'releases.prune'],
      ...['intents.put', 'intents.remove', 'audit.append'],
    ]))

  it('stops a plan whose maker did not ask, before anything is changed', async () => {
    const fake = new FakeWorld()
    fake.notebooks.set('papers/new.py', 'app')
    const world: World = { ...readOnlyWorld(fake.world()), readOnly: false }
    const before = fake.picture()
    const request = { kind: 'publish', notebook: 'papers/new.py', id: 'new', title: 'New', port: null } as const
    const report = await runPlan(await prepare(world, request), world, {
      signal: new AbortController().signal,
      report: () => undefined,
    })
    expect(report.outcome).toMatchObject({ problem: { kind: 'read-only' } })
    expect(fake.picture()).toEqual(before)
  })
})

describe('files that may only be read', () => {
  const touched: string[] = []
  const files = Object.fromEntries(
    Object.keys(fileMarks).map(method => [method, async () => void touched.push(method)]),
  ) as unknown as Files

  it.each(Object.entries(fileMarks))('%s: %s', async (method, mark) => {
    const asked = methodOf(readOnlyFiles(files), method)('/home/son/x', 'text')
    if (mark === 'writes') await expect(asked).rejects.toMatchObject({ problem: { kind: 'read-only' } })
    else await asked
    expect(touched.splice(0)).toEqual(mark === 'writes' ? [] : [method])
  })
})
