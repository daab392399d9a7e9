import fc from 'fast-check'
import { expect } from 'vitest'
import { detailWords, parseAudit, problemIn } from '../../src/core/audit-log.ts'
import { renderProblem } from '../../src/core/explain.ts'
import type { Intent, RegistryEntry } from '../../src/core/facts.ts'
import { fitWarnings } from '../../src/core/gpu-fit.ts'
import { putUses, readUses } from '../../src/core/gpu-use-file.ts'
import type { AuditLine, Files } from '../../src/core/ports.ts'
import { preferencesOf, withPreferences } from '../../src/core/preferences.ts'
import { never } from '../../src/core/reading.ts'
import { entryText, putEntry, readRegistry, removeEntry, restoreEntry } from '../../src/core/registry.ts'
import { screenLines } from '../../src/core/screen.ts'
import { putSidecar, readSidecar, removeSidecar, type SidecarEntry } from '../../src/core/sidecar.ts'
import { createAudit } from '../../src/services/audit.ts'
import { createIntents } from '../../src/services/intents.ts'
import { consoleOf, three } from '../core/console-world.ts'
import { now } from '../core/world.ts'
import { hostileText, steers } from './arbitrary.ts'
import { accepted, answered, isDrawable, property } from './cases.ts'
import { paperPort } from './files.ts'

const ports = [27000, 27999] as const

/** What JSON can hold, above all what would be a registry. */
const name = fc.oneof(hostileText, fc.constantFrom('papers', 'ports', 'port', 'version', 'title', '__proto__', 'constructor', 'a', '2024')) // biome-ignore format: one list
const scalar = fc.oneof(hostileText, paperPort, fc.double(), fc.boolean(), fc.constant(null))
const { value: json } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}))
const spoilt = fc.tuple(json, hostileText, fc.nat(200)).map(([value, text, at]) => {
  const whole = JSON.stringify(value, null, 2)
  return whole.slice(0, at) + text + whole.slice(at)
})
const deep = fc
  .integer({ min: 1, max: 60_000 })
  .map(depth => `{"papers":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`)
const anyText = fc.oneof({ weight: 30, arbitrary: json.map(value => JSON.stringify(value)) }, { weight: 30, arbitrary: spoilt }, { weight: 10, arbitrary: hostileText }, deep) // biome-ignore format: one list

property('state.json of anybody', anyText, text => {
  const read = accepted(() => readRegistry(text, '/s/state.json', ports))
  if (read === null) return
  for (const { id, port } of read.entries) {
    expect(id).not.toBe('')
    expect(Number.isInteger(port) && port >= ports[0] && port <= ports[1]).toBe(true)
    // Taken out it is gone, and nothing else is. With the last record a flat file may hold nothing but numbers, which are ports then.
    const without = accepted(() => readRegistry(removeEntry(text, id), '/s/state.json', ports))?.entries
    if (without === undefined && read.shape === 'objects' && read.entries.length === 1) continue
    expect(without?.map(entry => entry.id)).toEqual(read.entries.map(entry => entry.id).filter(other => other !== id))
  }
  expect(new Set(read.entries.map(({ id }) => id)).size).toBe(read.entries.length)
})

const shapes = ['{}', '{"papers": {}}', '{"version": 2, "papers": {"x": {"port": 27999}}}', '{"ports": {"x": 27999}}', '{"x": {"port": 27999}}', '{"papers": [{"id": "x", "port": 27999}]}', '{"x": 27999}\n'] // biome-ignore format: one list
const entry: fc.Arbitrary<RegistryEntry> = fc.record({
  id: fc.oneof(hostileText, name).filter(id => id !== '' && id !== 'x'),
  port: fc.integer({ min: 27000, max: 27998 }),
  title: fc.option(hostileText),
  notebook: fc.option(hostileText),
  publishedAt: fc.option(hostileText),
  release: fc.constant(null),
  pending: fc.constant(false),
})

property('entries of state.json', fc.tuple(fc.constantFrom(...shapes), entry, entry), ([before, first, second]) => {
  const changed = { ...second, id: first.id }
  const put = accepted(() => putEntry(before, first))
  const read = put === null ? null : accepted(() => readRegistry(put, 's', ports))
  // A key that is in use for something else is no name for a paper, nor one that makes another shape of the file.
  if (put === null || read === null || before === '{}') return
  const { shape, entries } = read
  if (shape !== readRegistry(before, 's', ports).shape) return
  const known = shape === 'map' || shape === 'ports' ? { title: null, notebook: null, publishedAt: null } : {}
  const kept = entries.filter(({ id }) => id !== 'x')
  expect(kept).toEqual([{ ...first, ...known }])
  expect(removeEntry(put, first.id)).toBe(before)
  const raw = entryText(put, first.id)
  const again = putEntry(put, changed)
  expect(readRegistry(again, 's', ports).entries.filter(({ id }) => id !== 'x')).toEqual([{ ...changed, ...known }])
  expect(readRegistry(restoreEntry(again, first.id, raw), 's', ports).entries).toEqual(entries)
})

const sidecarEntry: fc.Arbitrary<SidecarEntry> = fc.record({ title: fc.option(hostileText), notebook: fc.option(hostileText), publishedAt: fc.option(hostileText), release: fc.option(hostileText), pending: fc.boolean() }) // biome-ignore format: one record

property('papergen.json', fc.tuple(anyText, name, sidecarEntry, sidecarEntry), ([text, id, first, second]) => {
  accepted(() => readSidecar(text, 'p'))
  accepted(() => putSidecar(text, id, first))
  accepted(() => removeSidecar(text, id))
  const put = putSidecar(putSidecar(null, 'other', second), id === 'other' ? 'it' : id, first)
  const read = readSidecar(put, 'p')
  expect(read.get(id === 'other' ? 'it' : id)).toEqual(first)
  expect(read.get('other')).toEqual(second)
  expect(readSidecar(removeSidecar(put, 'other'), 'p').size).toBe(1)
})

/** Files in memory, no more than is needed of them. */
const memory = (texts: Map<string, string>): Files =>
  ({
    makeFolder: async () => {},
    write: async (path: string, text: string) => void texts.set(path, text),
    append: async (path: string, line: string) => void texts.set(path, `${texts.get(path) ?? ''}${line}\n`),
    read: async (path: string) => texts.get(path) ?? null,
    list: async () => [...texts.keys()].map(path => ({ name: path.replace(/^.*\//, ''), kind: 'file' })),
    remove: async (path: string) => void texts.delete(path),
  }) as unknown as Files

const before = fc.option(fc.record({ entry: fc.option(hostileText), sidecar: fc.option(hostileText), stateExisted: fc.boolean(), sidecarExisted: fc.boolean(), releaseExisted: fc.boolean() })) // biome-ignore format: one record
const intent: fc.Arbitrary<Intent> = fc.record({ op: fc.constantFrom('20261123070000123-publish-a', '20261123070000124-update-b'), operation: fc.constantFrom('publish', 'update'), id: hostileText, by: hostileText, since: hostileText, step: hostileText, port: fc.option(paperPort), release: fc.option(hostileText), title: fc.option(hostileText), notebook: fc.option(hostileText), before }) // biome-ignore format: one record

property('intents', fc.tuple(intent, anyText, hostileText), async ([meant, text, op]) => {
  const texts = new Map<string, string>()
  const intents = createIntents(memory(texts), '/state/intents')
  await intents.put(meant)
  expect(await intents.list()).toEqual([meant])
  expect([...texts.keys()]).toEqual([`/state/intents/${meant.op}.json`])
  // One that cannot be read must not be overlooked, and one by another name is none.
  texts.set(`/state/intents/${meant.op}.json`, text)
  await answered(() => intents.list())
  await answered(() => intents.put({ ...meant, op }))
  await answered(() => intents.remove(op))
  expect([...texts.keys()]).toEqual([`/state/intents/${meant.op}.json`])
})

const problem = fc.tuple(fc.constantFrom('step-failed', 'request-failed', 'bad-config', 'key-refused', 'interrupted', 'constructor', 'x'), fc.dictionary(fc.constantFrom('kind', 'why', 'step', 'evidence', 'host', 'output', 'request', 'problems', 'tried', 'next', 'during'), fc.oneof(hostileText, fc.array(hostileText, { maxLength: 3 }), fc.jsonValue({ maxDepth: 1 })))).map(([kind, fields]) => `${kind}: ${JSON.stringify({ kind, ...fields })}`) // biome-ignore format: one chain
const auditLine: fc.Arbitrary<AuditLine> = fc.record({ at: fc.oneof(hostileText, fc.constantFrom('2026-11-23T07:00:00Z', '+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z')), by: hostileText, operation: hostileText, id: hostileText, outcome: hostileText, detail: fc.option(fc.oneof(hostileText, problem)) }) // biome-ignore format: one record

property(
  'the audit log',
  fc.tuple(
    fc.array(
      fc.oneof(
        auditLine.map(line => JSON.stringify(line)),
        hostileText,
        json.map(value => JSON.stringify(value)),
      ),
      { maxLength: 5 },
    ),
    auditLine,
    fc.nat(3),
  ),
  async ([lines, line, index]) => {
    const { lines: past, broken } = parseAudit(lines.join('\n'))
    expect(past.length + broken).toBeLessThanOrEqual(lines.join('\n').split('\n').length)
    for (const each of past) {
      for (const word of Object.values(each)) expect(word ?? '').toSatisfy(isDrawable)
      expect(detailWords(each.detail) ?? '').toSatisfy(isDrawable)
      const known = problemIn(each.detail)
      if (known !== null) expect(renderProblem(known)).not.toMatch(steers)
    }
    const texts = new Map<string, string>()
    const audit = createAudit(memory(texts), '/state/audit.jsonl')
    // What is refused leaves no half of a line; what is written is one line that reads back.
    const isKept = (await answered(async () => (await audit.append(line)) ?? true)) ?? false
    expect((texts.get('/state/audit.jsonl') ?? '').split('\n')).toHaveLength(isKept ? 2 : 1)
    expect((await audit.list()).lines).toHaveLength(isKept ? 1 : 0)
    const state = consoleOf(three())
    for (const from of [null, 0]) {
      const dialog = { kind: 'history', past: { kind: 'listed', lines: past, broken }, index, from } as const
      if (past.length > 0) draw({ ...state, ui: { ...state.ui, dialog } })
    }
  },
)

const draw = (state: Parameters<typeof screenLines>[0]): void => {
  for (const { spans } of screenLines(state)) for (const { text } of spans) expect(text).toSatisfy(isDrawable)
}

const preference = fc.dictionary(fc.constantFrom('sort', 'filter', 'faultsOnly', 'logGrowth', 'theme'), fc.oneof(hostileText, fc.double(), fc.boolean(), fc.record({ column: fc.constantFrom('port', 'x', '__proto__'), descending: fc.boolean() }))) // biome-ignore format: one dictionary

property(
  'preferences',
  fc.oneof({ weight: 3, arbitrary: preference.map(value => JSON.stringify(value)) }, hostileText),
  text => {
    const state = withPreferences(consoleOf(three()), text)
    draw(state)
    const kept = JSON.stringify(preferencesOf(state))
    expect(JSON.stringify(preferencesOf(withPreferences(consoleOf(three()), kept)))).toBe(kept)
  },
)

const use = fc.record({ run: fc.option(hostileText), at: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()), peaks: fc.dictionary(hostileText, fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), { maxKeys: 3, noNullPrototype: true }) }) // biome-ignore format: one record

property(
  'uses of the GPUs',
  fc.tuple(anyText, fc.dictionary(hostileText, use, { maxKeys: 4, noNullPrototype: true })),
  ([text, learned]) => {
    const uses = new Map(Object.entries(learned))
    const put = putUses(text, '/srv/thesis', uses)
    const read = readUses(put, '/srv/thesis')
    for (const id of uses.keys()) expect(read.has(id)).toBe(true)
    for (const each of fitWarnings({ ids: [...read.keys()], beside: false }, { uses: read, gpu: never(), at: now }))
      expect(each).toSatisfy(isDrawable)
    readUses(text, '/srv/thesis')
  },
)
