import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PapergenError } from '../../src/core/errors.ts'
import type { RegistryEntry } from '../../src/core/facts.ts'
import {
  allocatePort,
  entryText,
  putEntry,
  readRegistry,
  removeEntry,
  restoreEntry,
  type Shape,
} from '../../src/core/registry.ts'

const ports = [27000, 27999] as const

const entry = (id: string, port: number, more: Partial<RegistryEntry> = {}): RegistryEntry => ({
  id,
  port,
  title: null,
  notebook: null,
  publishedAt: null,
  release: null,
  pending: false,
  ...more,
})

const read = (text: string) => readRegistry(text, 'state/state.json', ports)

const refusal = (text: string) => {
  try {
    read(text)
  } catch (error) {
    if (error instanceof PapergenError && error.problem.kind === 'bad-state') return error.problem
    throw error
  }
  throw new Error('was accepted')
}

describe('every shape is read', () => {
  const table: [string, Shape, string, [string, number][]][] = [
    ['v2', 'v2', '{"version":2,"papers":{"a":{"port":27000}}}', [['a', 27000]]],
    ['v2 without version', 'v2', '{"papers":{"a":{"port":27000}}}', [['a', 27000]]],
    ['empty v2', 'v2', '{"version":2,"papers":{}}', []],
    ['v2 with a paper named port', 'v2', '{"papers":{"port":{"port":27000}}}', [['port', 27000]]],
    ['flat numbers', 'map', '{"a": 27000, "2024": 27001}', [['a', 27000], ['2024', 27001]]], // biome-ignore format: one row
    ['numeric ids keep their order', 'map', '{"b": 27000, "10": 27002, "2": 27001}', [['b', 27000], ['10', 27002], ['2', 27001]]], // biome-ignore format: one row
    ['flat with a version', 'map', '{"version": 1, "a": 27000}', [['a', 27000]]],
    ['flat with unknown keys', 'map', '{"a": 27000, "meta": {"x": 1}, "note": "hi"}', [['a', 27000]]],
    ['nothing at all', 'map', '{}', []],
    ['ports', 'ports', '{"ports": {"a": 27000}, "next": 27001}', [['a', 27000]]],
    ['a paper named port under ports', 'ports', '{"ports": {"port": 27000}}', [['port', 27000]]],
    ['objects', 'objects', '{"a": {"port": 27000, "x": 1}, "version": 1}', [['a', 27000]]],
    ['objects with a paper named papers', 'objects', '{"papers": {"port": 27000}}', [['papers', 27000]]],
    ['objects with a paper named ports', 'objects', '{"ports": {"port": 27000, "title": "t"}}', [['ports', 27000]]],
    ['list', 'list', '{"papers": [{"id": "a", "port": 27000}]}', [['a', 27000]]],
    ['empty list', 'list', '{"papers": []}', []],
    ['a magic key', 'map', '{"__proto__": 27000}', [['__proto__', 27000]]],
  ]
  test.each(table)('%s', (_, shape, text, expected) => {
    const registry = read(text)
    expect(registry.shape).toBe(shape)
    expect(registry.entries.map(({ id, port }) => [id, port])).toEqual(expected)
  })

  test('words of a record', () => {
    const text =
      '{"papers":{"a":{"port":27000,"title":"논문","notebook":"papers/a.py","published_at":"2026-01-01T00:00:00Z"}}}'
    expect(read(text).entries).toEqual([
      entry('a', 27000, { title: '논문', notebook: 'papers/a.py', publishedAt: '2026-01-01T00:00:00Z' }),
    ])
  })

  test('no file', () => expect(readRegistry(null, 'x', ports)).toEqual({ shape: 'v2', entries: [] }))
})

describe('refused with line and reason', () => {
  const table: [string, string, number, RegExp][] = [
    ['truncated', '{\n  "papers": {\n    "a": {"port": 27', 3, /truncated/],
    ['empty', '', 1, /truncated|empty/],
    ['two papers on one port', '{\n"a": 27000,\n"b": 27000\n}', 3, /"a" and "b" share port 27000/],
    ['port too low', '{\n"a": 80}', 2, /outside 27000 to 27999/],
    ['port too high', '{"papers": {"a": {\n"port": 99999}}}', 2, /outside/],
    ['huge port', '{"papers": {"a": {"port": 1e999}}}', 1, /no whole number/],
    ['port as text', '{"papers": {"a": {"port": "27000"}}}', 1, /no whole number/],
    ['port as text, flat', '{\n"a": "27000"}', 2, /no port number/],
    ['fractional port', '{"a": 27000.5}', 1, /no whole number/],
    ['no port', '{"papers": {"a": {}}}', 1, /no port/],
    ['same id twice', '{"a": 27000,\n"a": 27001}', 2, /"a" appears twice/],
    ['same id twice in the list', '{"papers":[{"id":"a","port":27000},\n{"id":"a","port":27001}]}', 2, /appears twice/],
    ['same key twice in a record', '{"papers":{"a":{"port":27000,"port":27001}}}', 1, /"port" appears twice/],
    ['title of another type', '{"papers":{"a":{"port":27000,"title":7}}}', 1, /title that is no text/],
    ['list without id', '{"papers":[{"port":27000}]}', 1, /no id/],
    ['mixed', '{"a": {"port": 27000},\n"b": 27001}', 2, /bare port among records/],
    ['trailing comma', '{"a": 27000,\n}', 2, /not JSON/],
    ['comment', '{"a": 27000 // x\n}', 1, /not JSON/],
    ['two documents', '{"a": 27000}{}', 1, /not JSON/],
    ['an array', '[]', 1, /not a JSON object/],
    ['NaN', '{"a": NaN}', 1, /not JSON/],
    ['a byte order mark', '\ufeff{"a": 27000}', 1, /not JSON/],
    ['single quotes', "{'a': 27000}", 1, /not JSON/],
    ['a newer version', '{"version": 3, "papers": {}}', 1, /version 3 is not known/],
    ['a nameless paper', '{"": 27000}', 1, /no name/],
  ]
  test.each(table)('%s', (_, text, line, reason) => {
    const problem = refusal(text)
    expect(problem.reason).toMatch(reason)
    expect(problem.line).toBe(line)
    expect(problem.path).toBe('state/state.json')
  })
})

const texts: [string, string][] = [
  ['new shape', '{\n  "version": 2,\n  "papers": {\n    "a": {\n      "port": 27000\n    }\n  }\n}\n'],
  ['empty papers on one line', '{\n  "version": 2,\n  "papers": {}\n}\n'],
  ['empty papers over two lines', '{\n  "papers": {\n  }\n}'],
  ['empty papers with a space', '{ "papers": { } }'],
  ['nothing', '{}'],
  ['nothing, with a line break', '{\n}\n'],
  ['compact', '{"version":2,"papers":{"a":{"port":27000}}}'],
  ['flat', '{\n  "a": 27000,\n  "2024": 27002\n}'],
  ['flat compact', '{"a":27000}'],
  ['flat one line', '{"a": 27000, "b": 27003}\n'],
  ['tabs', '{\n\t"a": 27000\n}\n'],
  ['four spaces', '{\n    "ports": {\n        "a": 27000\n    }\n}\n'],
  ['windows', '{\r\n  "ports": {\r\n    "a": 27000\r\n  }\r\n}\r\n'],
  ['windows, empty', '{\r\n  "papers": {}\r\n}\r\n'],
  ['list', '{\n  "papers": [\n    {\n      "id": "a",\n      "port": 27000\n    }\n  ]\n}\n'],
  ['list of one-liners', '{"papers": [\n  {"id": "a", "port": 27000},\n  {"id": "b", "port": 27003}\n]}'],
  ['empty list', '{"papers": []}'],
  ['objects', '{"2024": {"port": 27000, "big": 12345678901234567890, "port_old": 1.0}}'],
  ['commas at the front', '{\n  "a": 27000\n, "b": 27003\n}'],
  ['unknown keys after', '{"ports": {"a": 27000}, "next": 99999999999999999999, "z": [1.10, 1e2]}'],
]

describe('an edit leaves everything else as it was', () => {
  test.each(texts)('%s', (_, text) => {
    const before = read(text)
    const put = putEntry(text, entry('new-1', 27500, { title: 'A "title"\n' }))
    const after = read(put)
    expect(after.shape).toBe(before.shape)
    expect(after.entries.slice(0, -1)).toEqual(before.entries)
    expect(after.entries.at(-1)).toMatchObject({ id: 'new-1', port: 27500 })
    expect(removeEntry(put, 'new-1')).toBe(text)
    const moved = putEntry(put, entry('new-1', 27501))
    expect(restoreEntry(moved, 'new-1', entryText(put, 'new-1'))).toBe(put)
    expect(restoreEntry(put, 'new-1', null)).toBe(text)
  })

  test('reads well', () => {
    const text = putEntry(
      null,
      entry('a', 27000, { title: 'T', notebook: 'papers/a.py', publishedAt: '2026-11-23T07:00:00Z' }),
    )
    expect(putEntry(text, entry('2024', 27001))).toBe(`{
  "version": 2,
  "papers": {
    "a": {
      "port": 27000,
      "title": "T",
      "notebook": "papers/a.py",
      "published_at": "2026-11-23T07:00:00Z"
    },
    "2024": {
      "port": 27001
    }
  }
}
`)
    expect(putEntry('{"papers":{"a":{"port":27000}}}', entry('b', 27001, { title: 'B' }))).toBe(
      '{"papers":{"a":{"port":27000},"b":{"port":27001,"title":"B"}}}',
    )
  })

  test('an update changes only its own values', () => {
    const text = '{"papers": {"a": {"x": 12345678901234567890, "port": 27000, "title": "old"}}}'
    expect(putEntry(text, entry('a', 27001, { title: 'new', notebook: 'papers/a.py' }))).toBe(
      '{"papers": {"a": {"x": 12345678901234567890, "port": 27001, "title": "new", "notebook": "papers/a.py"}}}',
    )
    expect(putEntry(text, entry('a', 27000, { title: 'old' }))).toBe(text)
  })

  test('removing the first, the middle, the last, the only one', () => {
    const text = '{\n  "a": 27000,\n  "b": 27001,\n  "c": 27002\n}\n'
    expect(removeEntry(text, 'a')).toBe('{\n  "b": 27001,\n  "c": 27002\n}\n')
    expect(removeEntry(text, 'b')).toBe('{\n  "a": 27000,\n  "c": 27002\n}\n')
    expect(removeEntry(text, 'c')).toBe('{\n  "a": 27000,\n  "b": 27001\n}\n')
    expect(removeEntry('{"a": 27000}', 'a')).toBe('{}')
    expect(removeEntry(text, 'nobody')).toBe(text)
  })

  test('a key that is no paper is not taken over', () => {
    expect(() => putEntry('{"a": {"port": 27000}, "settings": {"x": 1}}', entry('settings', 27001))).toThrow(/in use/)
  })
})

describe('any registry', () => {
  const ids = fc.uniqueArray(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/), { maxLength: 6 })
  const shapes = fc.constantFrom<Shape>('v2', 'map', 'ports', 'objects', 'list')
  const spaces = fc.constantFrom(undefined, 1, 2, 4, '\t')
  const endings = fc.constantFrom('', '\n', '\r\n', '\n\n')

  const build = (shape: Shape, names: readonly string[]): unknown => {
    const pairs = names.map((id, at) => [id, 27000 + at] as const)
    const record = ([id, port]: readonly [string, number]) => [id, { port, extra: [port, { deep: null }] }] as const
    if (shape === 'v2') return { version: 2, papers: Object.fromEntries(pairs.map(record)), note: 'x' }
    if (shape === 'list') return { papers: pairs.map(([id, port]) => ({ id, port })) }
    if (shape === 'ports') return { other: 1, ports: Object.fromEntries(pairs) }
    return Object.fromEntries(shape === 'map' ? pairs : pairs.map(record))
  }

  test('put and remove of another id restores every byte, in every shape', () => {
    fc.assert(
      fc.property(ids, shapes, spaces, endings, fc.boolean(), fc.string(), (all, shape, space, ending, crlf, title) => {
        const names = all.filter(id => !['papers', 'ports', 'version', 'other', 'zz-new'].includes(id))
        const json = JSON.stringify(build(shape, names), null, space) + ending
        const text = crlf ? json.replaceAll(/\r?\n/g, '\r\n') : json
        const added = entry('zz-new', 27999, { title })
        const put = putEntry(text, added)
        const found = read(put).entries.find(({ id }) => id === 'zz-new')
        expect(found?.port).toBe(27999)
        if (['v2', 'list'].includes(read(put).shape)) expect(found).toEqual(added)
        expect(read(put).entries).toHaveLength(names.length + 1)
        expect(removeEntry(put, 'zz-new')).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })
})

test('no torn file is read as a shorter one', () => {
  const whole = fc.constantFrom(...texts.map(([, text]) => text.trim()))
  fc.assert(
    fc.property(whole, fc.nat(400), (text, length) => {
      if (length < text.length) expect(() => read(text.slice(0, length))).toThrow(/bad-state/)
    }),
    { numRuns: 2000 },
  )
})

test('any bytes are read or refused, never anything else', () => {
  const bits = fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"papers"', '"ports"', '"port"', '27000', '27001', '"id"', 'null', ' ', '\n')) // biome-ignore format: one list
  fc.assert(
    fc.property(bits, parts => {
      try {
        const { entries } = read(parts.join(''))
        expect(new Set(entries.map(({ port }) => port)).size).toBe(entries.length)
      } catch (error) {
        if (!(error instanceof PapergenError) || error.problem.kind !== 'bad-state') throw error
      }
    }),
    { numRuns: 5000 },
  )
})

describe('ports', () => {
  test('the lowest that nobody has', () => {
    expect(allocatePort([], [27000, 27002], () => false)).toBe(27000)
    expect(allocatePort([entry('a', 27000)], [27000, 27002], port => port === 27001)).toBe(27002)
    expect(() => allocatePort([entry('a', 27000)], [27000, 27001], () => true)).toThrow(/no free port/)
  })
})

test('refuses a file nested deeper than anybody can read, with the place', () => {
  const deep = `{\n"papers": ${'{"a":'.repeat(50_000)}1${'}'.repeat(50_001)}`
  expect(() => readRegistry(deep, 's', [27000, 27999])).toThrow(/bad-state.*"line":2.*nested more than 500 deep/)
})
