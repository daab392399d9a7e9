import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Intent } from '../../src/core/facts.ts'
import { parsePaperId } from '../../src/core/paper.ts'
import { createAudit } from '../../src/services/audit.ts'
import { createIntents } from '../../src/services/intents.ts'
import { createLocalHost } from '../../src/services/local-host.ts'
import { createRegistryFile } from '../../src/services/registry-file.ts'
import { createReleases } from '../../src/services/releases.ts'
import { ownFolder } from './folder.ts'

const host = createLocalHost('here')

describe('registry file', () => {
  it('applies the change again when somebody wrote meanwhile', async () => {
    const path = join(ownFolder(), 'state/state.json')
    const registry = createRegistryFile(host, path)
    await registry.update(() => 'first')
    const seen: (string | null)[] = []
    await registry.update(text => {
      seen.push(text)
      if (seen.length === 1) writeFileSync(path, 'theirs')
      return `${text}+ours`
    })
    expect(seen).toEqual(['first', 'theirs'])
    expect(readFileSync(path, 'utf8')).toBe('theirs+ours')
  })

  it('gives up with changed-underneath, and leaves their text', async () => {
    const path = join(ownFolder(), 'state.json')
    let count = 0
    const update = createRegistryFile(host, path).update(text => {
      writeFileSync(path, `theirs ${count++}`)
      return `${text}+ours`
    })
    await expect(update).rejects.toMatchObject({ problem: { kind: 'changed-underneath', path } })
    expect(readFileSync(path, 'utf8')).toBe('theirs 5')
  })

  it('takes no lock where there is nothing to write, and says who holds it where there is', async () => {
    const path = join(ownFolder(), 'state.json')
    writeFileSync(path, 'text')
    const holder = spawn('flock', [`${path}.lock`, 'sh', '-c', 'echo held; exec sleep 60'])
    await once(holder.stdout, 'data')
    try {
      const registry = createRegistryFile(host, path)
      await registry.update(text => text)
      await expect(registry.update(() => 'ours')).rejects.toMatchObject({
        problem: { kind: 'file-locked', path, holder: expect.stringMatching(/^\w+ \(pid \d+\)$/) },
      })
    } finally {
      holder.kill()
    }
  })

  it('removes what a writer left that was killed in its midst, even where there is nothing to write', async () => {
    const folder = ownFolder()
    const registry = createRegistryFile(host, join(folder, 'state.json'))
    await registry.update(() => 'text')
    writeFileSync(join(folder, '.papergen-state.json-0123456789ab.tmp'), 'half')
    writeFileSync(join(folder, '.papergen-other.json-0123456789ab.tmp'), 'not ours to judge')
    await registry.update(text => text)
    expect(readdirSync(folder).sort()).toEqual([
      ...['.papergen-other.json-0123456789ab.tmp', 'state.json', 'state.json.lock'],
    ])
  })

  it('loses no update of many at once', async () => {
    const path = join(ownFolder(), 'count')
    await Promise.all(
      Array.from({ length: 12 }, () => createRegistryFile(host, path).update(text => String(Number(text ?? '0') + 1))),
    )
    expect(readFileSync(path, 'utf8')).toBe('12')
  })

  it('waits for whoever holds the lock with flock', async () => {
    const path = join(ownFolder(), 'state.json')
    const other = spawn('flock', [`${path}.lock`, 'sh', '-c', `echo held; read line; printf theirs > ${path}`])
    onTestFinished(() => void other.kill())
    await new Promise(resolve => other.stdout.once('data', resolve))
    const update = createRegistryFile(host, path).update(text => `${text}+ours`)
    other.stdin.end('go\n')
    await update
    expect(readFileSync(path, 'utf8')).toBe('theirs+ours')
  })

  it('frees the lock when the change throws, removes on null, refuses bytes it could not give back', async () => {
    const path = join(ownFolder(), 'state.json')
    const registry = createRegistryFile(host, path)
    const throwing = registry.update(() => {
      throw new Error('no')
    })
    await expect(throwing).rejects.toThrow('no')
    await registry.update(() => 'x')
    await registry.update(() => null)
    expect(await registry.read()).toBeNull()
    writeFileSync(path, Buffer.from([0x7b, 0xff]))
    await expect(registry.read()).rejects.toMatchObject({ problem: { kind: 'bad-state' } })
  })
})

describe('intents', () => {
  const intent: Intent = {
    op: '20261123070000123-publish-attention',
    operation: 'publish',
    id: 'attention',
    by: 'me@here',
    since: '2026-11-23T07:00:00Z',
    step: 'unit',
    port: 27000,
    release: '0123456789abcdef',
    title: null,
    notebook: 'papers/a.py',
    before: null,
  }

  it('keeps one record an operation', async () => {
    const intents = createIntents(host.files, join(ownFolder(), 'intents'))
    expect(await intents.list()).toEqual([])
    await intents.put({ ...intent, step: 'snapshot' })
    await intents.put(intent)
    expect(await intents.list()).toEqual([intent])
    await intents.remove(intent.op)
    expect(await intents.list()).toEqual([])
  })

  it('removes with a record what a writer of it left that was killed in its midst', async () => {
    const folder = ownFolder()
    const intents = createIntents(host.files, folder)
    await intents.put(intent)
    writeFileSync(join(folder, `.papergen-${intent.op}.json-0123456789ab.tmp`), '{')
    await intents.remove(intent.op)
    expect(readdirSync(folder)).toEqual([])
  })

  it('overlooks no broken record and takes no name for a path', async () => {
    const folder = ownFolder()
    writeFileSync(join(folder, `${intent.op}.json`), '{"op":')
    const intents = createIntents(host.files, folder)
    await expect(intents.list()).rejects.toMatchObject({ problem: { kind: 'bad-state' } })
    await expect(intents.put({ ...intent, op: '../../x' })).rejects.toMatchObject({ problem: { kind: 'bad-argument' } })
  })
})

it('appends an audit line a change, and none with a control character', async () => {
  const path = join(ownFolder(), 'state/audit.jsonl')
  const audit = createAudit(host.files, path)
  const line = { at: '2026-11-23T07:00:00Z', by: 'me', operation: 'publish', id: 'a', outcome: 'done', detail: null }
  await audit.append(line)
  await audit.append({ ...line, id: 'b' })
  await expect(audit.append({ ...line, detail: 'two\nlines' })).rejects.toMatchObject({
    problem: { kind: 'bad-argument' },
  })
  expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(line)}\n${JSON.stringify({ ...line, id: 'b' })}\n`)
  writeFileSync(path, 'broken\n', { flag: 'a' })
  expect(await audit.list()).toEqual({ lines: [{ ...line, id: 'b' }, line], broken: 1 })
  expect(await createAudit(host.files, join(ownFolder(), 'none')).list()).toEqual({ lines: [], broken: 0 })
})

describe('releases', () => {
  const id = parsePaperId('attention')
  const project = (mode: 'snapshot' | 'live' = 'snapshot') => {
    const root = ownFolder()
    mkdirSync(join(root, 'papers/data'), { recursive: true })
    writeFileSync(join(root, 'papers/attention.py'), 'one')
    writeFileSync(join(root, 'papers/layers.py'), 'module')
    let time = 1000
    const clock = { now: () => time++, elapsed: () => time, sleep: async () => {} }
    const folder = join(root, 'state/releases')
    return { root, folder, releases: createReleases({ files: host.files, clock, project: root, folder, mode }) }
  }

  it('copies the notebook, links its neighbours, notes where it came from', async () => {
    const { root, folder, releases } = project()
    const { release, made } = await releases.make(id, 'papers/attention.py', 'All you need')
    const at = join(folder, id, release.hash)
    expect(made).toBe(true)
    expect(release.hash).toMatch(/^[0-9a-f]{16}$/)
    expect(readdirSync(at).sort()).toEqual(['.papergen', 'attention.py', 'data', 'layers.py'])
    expect(readlinkSync(join(at, 'layers.py'))).toBe(join(root, 'papers/layers.py'))
    expect(lstatSync(join(at, 'attention.py')).isFile()).toBe(true)
    expect(readFileSync(join(at, '.papergen'), 'utf8')).toBe(
      'file attention.py\nnotebook papers/attention.py\ntitle All you need\nmade 1000\n',
    )
    expect(await releases.make(id, 'papers/attention.py', 'All you need')).toEqual({ release, made: false })
  })

  it('tells a changed working notebook, and null when one is gone', async () => {
    const { root, releases } = project()
    const { release } = await releases.make(id, 'papers/attention.py', null)
    expect(await releases.changed(id, release.hash)).toBe(false)
    writeFileSync(join(root, 'papers/attention.py'), 'another')
    expect(await releases.changed(id, release.hash)).toBe(true)
    expect(await releases.changed(id, '0000000000000000')).toBeNull()
  })

  it('lists the newest first, prunes all but the kept and the named', async () => {
    const { root, folder, releases } = project()
    const hashes: string[] = []
    for (const text of ['1', '2', '3', '4']) {
      writeFileSync(join(root, 'papers/attention.py'), text)
      hashes.unshift((await releases.make(id, 'papers/attention.py', null)).release.hash)
    }
    mkdirSync(join(folder, id, '.unfinished-x'))
    expect((await releases.list(id)).map(({ hash }) => hash)).toEqual(hashes)
    await releases.prune(id, 2, [hashes[3] ?? ''])
    expect((await releases.list(id)).map(({ hash }) => hash)).toEqual([hashes[0], hashes[1], hashes[3]])
    for (const hash of hashes) await releases.remove(id, hash)
    expect(await releases.list(id)).toEqual([])
  })

  it('waits for no note that is a pipe, and takes one that is too long for none', async () => {
    const { folder, releases } = project()
    const { release } = await releases.make(id, 'papers/attention.py', null)
    for (const hash of ['0000000000000001', '0000000000000002']) mkdirSync(join(folder, id, hash))
    execFileSync('mkfifo', [join(folder, id, '0000000000000001/.papergen')])
    writeFileSync(join(folder, id, '0000000000000002/.papergen'), `file x\nnotebook x\nmade 1\n${'#'.repeat(65_536)}`)
    expect(await releases.list(id)).toEqual([release])
  })

  it('leaves nothing half made under a release name, and clears what a killed one left', async () => {
    const { folder, releases } = project()
    mkdirSync(join(folder, id, '.unfinished-dead/sub'), { recursive: true })
    const { release } = await releases.make(id, 'papers/attention.py', null)
    expect(readdirSync(join(folder, id))).toEqual([release.hash])
    await releases.remove(id, release.hash)
    await releases.remove(id, release.hash)
    expect(existsSync(join(folder, id))).toBe(false)
  })

  it('serves the working file in live mode', async () => {
    const { root, folder, releases } = project('live')
    const { release } = await releases.make(id, 'papers/attention.py', null)
    expect(release.hash).toBe('live')
    expect(readlinkSync(join(folder, id, 'live/attention.py'))).toBe(join(root, 'papers/attention.py'))
    writeFileSync(join(root, 'papers/attention.py'), 'later')
    expect(await releases.changed(id, 'live')).toBe(false)
  })

  it.each([
    ['papers/none.py', null],
    ['papers/a"b.py', null],
    ['papers/attention.py', 'a\ntitle'],
  ])('refuses %j with the title %j', async (notebook, title) => {
    const { root, releases } = project()
    writeFileSync(join(root, 'papers/a"b.py'), 'x')
    await expect(releases.make(id, notebook, title)).rejects.toMatchObject({ name: 'PapergenError' })
  })
})
