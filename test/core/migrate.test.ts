import { expect, test } from 'vitest'
import { migrate } from '../../src/core/migrate.ts'
import { putEntry, readRegistry } from '../../src/core/registry.ts'

const ports = [27000, 27999] as const
const read = (text: string) => readRegistry(text, 'x', ports)

test.each([
  ['flat', '{"2024": 27001, "a": 27000}'],
  ['flat with a version', '{"version": 1, "2024": 27001, "a": 27000}'],
  ['ports', '{"ports": {"2024": 27001, "a": 27000}}'],
  ['objects', '{"2024": {"port": 27001}, "a": {"port": 27000}}'],
  ['list', '{"papers": [{"id": "2024", "port": 27001}, {"id": "a", "port": 27000}]}'],
  ['windows and tabs', '{\r\n\t"2024": 27001,\r\n\t"a": 27000\r\n}'],
])('%s becomes the new shape, in the same order', (_, text) =>
  expect(migrate(text)).toBe(`{
  "version": 2,
  "papers": {
    "2024": {
      "port": 27001
    },
    "a": {
      "port": 27000
    }
  }
}
`),
)

test('unknown keys stay as they are written', () => {
  const migrated = migrate(
    '{"a": {"port": 27000, "id": "mine", "big": 12345678901234567890, "x": [1.10, {"y": null}]}, "meta": {"2": 1, "1": 2.50}}',
  )
  expect(migrated).toContain('"id": "mine"')
  expect(migrated).toContain('12345678901234567890')
  expect(migrated).toContain('1.10')
  expect(migrated.indexOf('"2": 1')).toBeLessThan(migrated.indexOf('"1": 2.50'))
  expect(read(migrated)).toEqual({ shape: 'v2', entries: read('{"a": {"port": 27000}}').entries })
  expect(JSON.parse(migrate('{"ports": {"a": 27000}, "next": 27001}'))).toEqual({
    version: 2,
    papers: { a: { port: 27000 } },
    next: 27001,
  })
})

test('words move in from the sidecar', () => {
  const [entry] = read('{"a": 27000}').entries
  const joined = [{ ...entry!, title: '제목', notebook: 'papers/a.py' }]
  expect(read(migrate('{"a": 27000}', joined)).entries).toEqual(joined)
})

test('the new shape stays byte for byte; a missing version is added', () => {
  const text = putEntry(null, read('{"a": 27000}').entries[0]!)
  expect(migrate(text)).toBe(text)
  expect(migrate('{"papers": {}}')).toBe('{"papers": {}, "version": 2}')
  expect(migrate(migrate('{"a": 27000}'))).toBe(migrate('{"a": 27000}'))
})

test('nothing at all becomes an empty registry', () =>
  expect(read(migrate('{}'))).toEqual({ shape: 'v2', entries: [] }))

test('a file that cannot be read is not touched', () => expect(() => migrate('{"a": 27')).toThrow(/truncated/))
