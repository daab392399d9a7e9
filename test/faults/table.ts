import type { Verdict } from './orders.ts'

export type Row = {
  readonly operation: string
  readonly fault: string
  readonly verdict: Verdict
  /** Scenario and point. */
  readonly place: string
}

/** Points, and how many of them ended old, new or in violation, for each operation and fault. */
export const tableOf = (rows: readonly Row[]): readonly string[] => {
  const keys = [...new Set(rows.map(({ operation, fault }) => `${operation} ${fault}`))]
  const lines = keys.map(key => {
    const [operation = '', fault = ''] = key.split(' ')
    const own = rows.filter(row => row.operation === operation && row.fault === fault)
    return [operation, fault, own.length, count(own, 'old'), count(own, 'new'), count(own, 'VIOLATION')]
  })
  return [['operation', 'fault', 'points', 'old', 'new', 'violations'], ...lines].map(cells =>
    cells.map((cell, at) => (at < 2 ? String(cell).padEnd(12) : String(cell).padStart(12))).join(''),
  )
}

/** How many different places the points are at: each counts once for every fault that struck there. */
export const placesOf = (rows: readonly Row[]): string =>
  `${rows.length} points at ${new Set(rows.map(({ place }) => place)).size} places`

/** `412 points, 0 violations`. */
export const totalOf = (rows: readonly Row[]): string => `${rows.length} points, ${count(rows, 'VIOLATION')} violations`

/** Operations that never showed both ends: then their points prove nothing. */
export const oneSided = (rows: readonly Row[]): readonly string[] =>
  [...new Set(rows.map(({ operation }) => operation))].filter(operation => {
    const own = rows.filter(row => row.operation === operation)
    return count(own, 'old') === 0 || count(own, 'new') === 0
  })

const count = (rows: readonly Row[], verdict: Verdict): number => rows.filter(row => row.verdict === verdict).length
