import { expect, test } from 'vitest'
import { entryText, restoreEntry } from '../../src/core/registry.ts'
import { joinEntries, putSidecar, readSidecar, removeSidecar, type SidecarEntry } from '../../src/core/sidecar.ts'

const known = (more: Partial<SidecarEntry> = {}): SidecarEntry => ({
  title: null,
  notebook: null,
  publishedAt: null,
  release: null,
  pending: false,
  ...more,
})

const first = known({ title: '제목', release: '0123456789abcdef', pending: true })

test('what is put is read', () => {
  const text = putSidecar(putSidecar(null, 'a', first), '2024', known())
  expect([...readSidecar(text, 'x')]).toEqual([
    ['a', first],
    ['2024', known()],
  ])
})

test('put and remove give back the former bytes; the last one takes the file with it', () => {
  const one = putSidecar(null, 'a', first)
  expect(removeSidecar(putSidecar(one, 'b', known({ title: 't' })), 'b')).toBe(one)
  expect(removeSidecar(one, 'a')).toBeNull()
  expect(removeSidecar(one, 'nobody')).toBe(one)
})

test('a second put replaces the record, and an undo puts it back', () => {
  const one = putSidecar(null, 'a', first)
  const two = putSidecar(one, 'a', known({ title: 'new' }))
  expect(readSidecar(two, 'x').get('a')).toEqual(known({ title: 'new' }))
  expect(restoreEntry(two, 'a', entryText(one, 'a'))).toBe(one)
})

test('the registry wins, release and pending come from the sidecar', () => {
  const entry = { id: 'a', port: 27000, ...known({ title: 'registry' }) }
  const sidecar = readSidecar(putSidecar(null, 'a', { ...first, notebook: 'papers/a.py' }), 'x')
  expect(joinEntries([entry, { ...entry, id: 'b' }], sidecar)).toEqual([
    { ...entry, notebook: 'papers/a.py', release: '0123456789abcdef', pending: true },
    { ...entry, id: 'b' },
  ])
})

test('a broken one is refused', () => {
  expect(() => readSidecar('{"papers": {', 'x')).toThrow(/truncated/)
  expect(() => readSidecar('{"papers": {"a": 1}}', 'x')).toThrow(/bad-state/)
  expect(readSidecar(null, 'x').size).toBe(0)
})
