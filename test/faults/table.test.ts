import { expect, test } from 'vitest'
import { oneSided, placesOf, type Row, tableOf, totalOf } from './table.ts'

const rows: readonly Row[] = [
  { operation: 'publish', fault: 'kill', verdict: 'old', place: 'a' },
  { operation: 'publish', fault: 'kill', verdict: 'new', place: 'b' },
  { operation: 'publish', fault: 'link', verdict: 'VIOLATION', place: 'a' },
  { operation: 'restart', fault: 'kill', verdict: 'new', place: 'c' },
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
  expect(placesOf(rows)).toBe('4 points at 3 places')
  expect(totalOf(rows)).toBe('4 points, 1 violations')
  expect(oneSided(rows)).toEqual(['restart'])
})
