import { expect } from 'vitest'
import { type Difference, diffTrees, type Tree } from '../../lab/tree.ts'
import { tree } from './harness.ts'

export type Trees = { readonly gpu: Tree; readonly edge: Tree }

/** The audit log grows by a line for whatever began; a lock file is made once, stays empty and is locked, not written. */
const except = [/^\/home\/son\/prj\/thesis\/state\/(audit\.jsonl|(state|papergen)\.json\.lock)$/]

/** Both hosts' files as a tool outside papergen sees them, but for the audit log and the two lock files. */
export const trees = (): Trees => {
  const both = { gpu: tree('gpu', { except }), edge: tree('edge', { except }) }
  // A comparison of next to nothing would prove nothing.
  expect(both.gpu.size).toBeGreaterThan(500)
  expect(both.edge.size).toBeGreaterThan(500)
  return both
}

/** What is different now on both hosts. */
export const differences = (before: Trees, after = trees()): Difference[] => [
  ...diffTrees(before.gpu, after.gpu),
  ...diffTrees(before.edge, after.edge),
]

export const expectUnchanged = (before: Trees): void => expect(differences(before)).toEqual([])

/** Both hosts as they are now; answers what is different from then, each time it is asked. */
export const takeStock = (): (() => Difference[]) => {
  const before = trees()
  return () => differences(before)
}
