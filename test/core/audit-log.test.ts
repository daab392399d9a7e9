import { describe, expect, it } from 'vitest'
import { parseAudit } from '../../src/core/audit-log.ts'

const line = { at: '2026-11-23T07:00:00Z', by: 'me', operation: 'publish', id: 'a', outcome: 'done', detail: null }
const text = (...lines: readonly object[]): string => lines.map(each => `${JSON.stringify(each)}\n`).join('')

describe('reading the audit log', () => {
  it('gives the newest first', () => {
    const { lines, broken } = parseAudit(text(line, { ...line, id: 'b', detail: 'why' }))
    expect(lines.map(({ id }) => id)).toEqual(['b', 'a'])
    expect(lines[0]).toEqual({ ...line, id: 'b', detail: 'why' })
    expect(broken).toBe(0)
  })

  it.each([
    ['half a line', '{"at":"2026'],
    ['no object', 'null'],
    ['a list', '[]'],
    ['a field too few', '{"at":"x"}'],
    ['a field of another kind', JSON.stringify({ ...line, id: 7 })],
    ['a detail of another kind', JSON.stringify({ ...line, detail: {} })],
  ])('counts %s and goes on', (_, bad) => {
    expect(parseAudit(`${text(line)}${bad}\n${text(line)}`)).toEqual({ lines: [line, line], broken: 1 })
  })

  it('takes nothing from an empty file, and a missing detail for none', () => {
    expect(parseAudit('')).toEqual({ lines: [], broken: 0 })
    expect(parseAudit(text({ ...line, detail: undefined })).lines[0]?.detail).toBeNull()
  })

  it('reads the last thousand lines, and no more of a field than fits', () => {
    const many = Array.from({ length: 1_200 }, (_, at) => ({ ...line, id: String(at) }))
    const { lines } = parseAudit(text(...many))
    expect([lines.length, lines[0]?.id, lines.at(-1)?.id]).toEqual([1_000, '1199', '200'])
    expect(parseAudit(text({ ...line, detail: 'x'.repeat(100_000) })).lines[0]?.detail).toHaveLength(16_000)
  })

  it('lets nothing through that a terminal would obey', () => {
    const hostile = { ...line, id: 'a\u001b[2J', by: '\u202eevil', detail: '\u001b]0;title\u0007two\nlines' }
    expect(parseAudit(text(hostile)).lines[0]).toMatchObject({ id: 'a', by: 'evil', detail: 'two lines' })
  })
})
