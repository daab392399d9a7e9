import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parsePaperId } from '../../src/core/paper.ts'
import { createGpuEntry } from '../../src/demo/entry-gpu.ts'
import { createJournal } from '../../src/demo/journal.ts'
import { launch } from '../../src/demo/launch.ts'
import { createSockets } from '../../src/demo/sockets.ts'
import { createSystemd } from '../../src/demo/systemd.ts'
import { createGpuEntry as createClient } from '../../src/services/entry-point.ts'
import { until } from '../until.ts'
import { channelsTo, rawTo } from './entries.ts'
import { nameOf } from './papers.ts'
import { beginOf, folders, gpuPolicyOf, template } from './policies.ts'

const a = parsePaperId('a')
const [one, two] = ['1'.repeat(16), '2'.repeat(16)]

const gpuHost = () => {
  const folder = folders()
  const policy = gpuPolicyOf(folder)
  const systemd = createSystemd({ folder: folder.units, journal: createJournal(), launch })
  onTestFinished(() => systemd.end())
  writeFileSync(policy.marimo, '#!/bin/sh\nexec sleep 60\n')
  chmodSync(policy.marimo, 0o755)
  for (const hash of [one, two]) {
    const release = join(folder.state, 'releases/a', hash)
    mkdirSync(release, { recursive: true })
    writeFileSync(join(release, '.papergen'), `file a.py\nnotebook papers/a.py\ntitle A\nmade 1\n`)
  }
  const program = createGpuEntry({
    ...{ systemd, policy, version: '0.1.0', units: folder.units, sockets: createSockets('127.0.0.1') },
    ...{ template: template('unit-user.template'), standIns: ['systemd', 'marimo'] },
  })
  const console = () => {
    const channels = channelsTo(program)
    const entry = createClient({ open: channels.open, host: 'demo-gpu' })
    onTestFinished(() => entry.close())
    return { entry, cut: channels.cut }
  }
  const path = join(folder.units, nameOf('a'))
  return { ...console(), console, program, systemd, policy, path, file: () => readFileSync(path, 'utf8') }
}

const published = async () => {
  const host = gpuHost()
  await host.entry.begin(beginOf('publish'))
  await host.entry.writeUnit(a, 27_001, one)
  await host.entry.startUnit(a)
  await host.entry.end()
  return host
}

describe('the lock of a demo host', () => {
  it('names itself, its policy and what is a stand-in', async () => {
    const { entry, policy } = gpuHost()
    const hello = await entry.hello()
    expect(hello).toMatchObject({ protocol: 1, version: '0.1.0' })
    expect(hello.policy).toMatchObject({ marimo: policy.marimo, ports: '27000 27999', 'stand-ins': 'systemd marimo' })
  })

  it('is held by one console, and the other is told by whom', async () => {
    const { entry, console } = gpuHost()
    const other = console().entry
    await entry.begin(beginOf('publish'))
    expect(await other.holder()).toMatch(/^me@desk publish a \d{4}-\d\d-\d\dT/)
    await expect(other.begin(beginOf('publish', 2, 'you'))).rejects.toMatchObject({
      problem: { kind: 'locked', holder: 'me@desk', operation: 'publish', id: 'a' },
    })
    await expect(other.writeUnit(a, 27_001, one)).rejects.toMatchObject({ problem: { output: 'begin first' } })
    await other.undo()
    await other.end()
    expect(await other.holder()).not.toBeNull()
    await entry.end()
    expect(await other.holder()).toBeNull()
    await other.begin(beginOf('publish', 2, 'you'))
  })

  it('is free after a console that changed nothing was lost', async () => {
    const { entry, cut, console } = gpuHost()
    await entry.begin(beginOf('publish'))
    await cut()
    const other = console().entry
    expect(await other.pending()).toBeNull()
    await other.begin(beginOf('publish', 2))
  })
})

describe('papergen-gpu of the demo', () => {
  it('writes, starts, enables, and says who listens', async () => {
    const { entry, systemd, file } = await published()
    expect(file()).toContain('--port 27001')
    expect(systemd.unit(nameOf('a'))).toMatchObject({ state: 'active', enabled: true })
    expect(await entry.listener(a, 27_999)).toEqual({ kind: 'nobody' })
    expect(await entry.holder()).toBeNull()
  })

  it('puts back file, enablement and running state of an update, once', async () => {
    const { entry, systemd, file } = await published()
    const was = file()
    await entry.begin(beginOf('update', 2))
    await entry.writeUnit(a, 27_002, two)
    await entry.restartUnit(a)
    expect(file()).toContain('27002')
    await entry.undo()
    expect(file()).toBe(was)
    expect(systemd.unit(nameOf('a'))).toMatchObject({ state: 'active', enabled: true, runs: 3 })
    await entry.undo()
    await entry.end()
    expect(systemd.unit(nameOf('a')).runs).toBe(3)
  })

  it('brings an unpublished paper back, and leaves no trace of a new one', async () => {
    const { entry, systemd, path } = await published()
    await entry.begin(beginOf('unpublish', 2))
    await entry.removeUnit(a)
    expect(existsSync(path)).toBe(false)
    await entry.undo()
    expect(existsSync(path)).toBe(true)
    expect(systemd.unit(nameOf('a'))).toMatchObject({ state: 'active', enabled: true })
    await entry.removeUnit(a)
    await entry.end()
    await entry.begin(beginOf('publish', 3))
    await entry.writeUnit(a, 27_001, one)
    await entry.startUnit(a)
    expect(systemd.unit(nameOf('a'))).toMatchObject({ state: 'active', runs: 1 })
    await entry.undoUnit(a)
    await entry.end()
    expect(existsSync(path)).toBe(false)
    expect(systemd.loaded()).toEqual([])
  })

  it('keeps what a lost console did for the one that resumes it', async () => {
    const { entry, cut, console, systemd, file } = await published()
    const was = file()
    await entry.begin(beginOf('update', 2))
    await entry.writeUnit(a, 27_002, two)
    await entry.restartUnit(a)
    await cut()
    const other = console().entry
    expect(file()).toContain('27002')
    expect(await other.pending()).toMatchObject({ op: beginOf('update', 2).op, operation: 'update', id: 'a' })
    await expect(other.begin(beginOf('publish', 3))).rejects.toMatchObject({ problem: { kind: 'needs-repair' } })
    await expect(other.resume(beginOf('update', 3))).rejects.toMatchObject({ problem: { kind: 'needs-repair' } })
    await other.resume(beginOf('update', 2))
    await other.undo()
    await other.end()
    expect(file()).toBe(was)
    expect(systemd.unit(nameOf('a')).state).toBe('active')
    expect(await other.pending()).toBeNull()
  })

  it('finishes what a console asked for before it was lost, then frees the lock', async () => {
    const { program, systemd, console } = await published()
    const { stream, ended } = rawTo(program)
    const { op } = beginOf('restart', 2)
    stream.end(`1 begin ${op} restart a me\n2 unit-restart a\n3 begin ${op} restart a me\n`)
    await ended
    expect(systemd.unit(nameOf('a'))).toMatchObject({ state: 'active', runs: 2 })
    expect(await console().entry.holder()).toBeNull()
  })

  it("refuses a unit that is none of papergen's, and one that is not there", async () => {
    const { entry, path } = gpuHost()
    await entry.begin(beginOf('publish'))
    await expect(entry.startUnit(a)).rejects.toMatchObject({ problem: { kind: 'request-failed' } })
    writeFileSync(path, '[Service]\nExecStart=/bin/true\n')
    for (const act of [entry.removeUnit(a), entry.writeUnit(a, 27_001, one)])
      await expect(act).rejects.toMatchObject({ problem: { kind: 'foreign', path } })
    expect(existsSync(path)).toBe(true)
  })

  it('tells a release that is not there', async () => {
    const { entry } = gpuHost()
    await entry.begin(beginOf('publish'))
    await expect(entry.writeUnit(a, 27_001, '3'.repeat(16))).rejects.toMatchObject({
      problem: { kind: 'request-failed', output: expect.stringContaining('.papergen') },
    })
  })

  it.each([
    'unit-write a x 1111111111111111',
    'unit-write a 27001 ../../x',
    'unit-start ../a',
    'unit-start a--b',
    'unit-start',
    'listener a',
    'begin x publish a me',
    'begin 22222222222222221-publish-a publish a me you',
    'route-set a 27001',
    'no-such-verb',
    '',
  ])('refuses %j', async words => {
    const { program } = gpuHost()
    const { stream, heard } = rawTo(program)
    stream.write(`1 begin ${beginOf('publish').op} publish a me\n2 ${words}\n`)
    await until(() => expect(heard()).toMatch(/^1 ok 0\n[02] no bad-request /))
  })
})
