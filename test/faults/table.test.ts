import { expect, test } from 'vitest'
import { oneSided, type Row, tableOf, totalOf } from './table.ts'

const rows: readonly Row[] = [
  { operation: 'publish', fault: 'kill', verdict: 'old' },
  { operation: 'publish', fault: 'kill', verdict: 'new' },
  { operation: 'publish', fault: 'link', verdict: 'VIOLATION' },
  { operation: 'restart', fault: 'kill', verdict: 'new' },
]

test('a line for each operation and fault', () => {
  expect(tableOf(rows).map(line => line.split(/\s+/))).toEqual([
    ['operation', 'fault', 'points', 'old', 'new', 'violations'],
    ['publish', 'kill', '2', '1', '1', '0'],
    ['publish', 'link', '1', '0', '0', '1'],
    ['restart', 'kill', '1', '0', '1', '0'],
  ])
})

test('the total, and which operation never showed both ends', () => {
  expect(totalOf(rows)).toBe('4 points, 1 violations')
  expect(oneSided(rows)).toEqual(['restart'])
})
