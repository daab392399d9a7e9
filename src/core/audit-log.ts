import type { Problem } from './errors.ts'
import { explainInConsole, lineInConsole } from './explain-console.ts'
import type { AuditLine } from './ports.ts'
import { oneLine } from './text.ts'

/** Past operations, newest first, and how many lines could not be read. */
export type Past = { readonly lines: readonly AuditLine[]; readonly broken: number }

const most = 1_000
const longest = 4_000
/** A problem with its evidence, whole. */
const longestDetail = 16_000

/** The end of `audit.jsonl`, free of what a terminal would obey. A broken line costs itself alone. */
export const parseAudit = (text: string): Past => {
  const found = text
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(-most)
    .map(parseLine)
    .reverse()
  const lines = found.filter(line => line !== null)
  return { lines, broken: found.length - lines.length }
}

const parseLine = (text: string): AuditLine | null => {
  try {
    const { at, by, operation, id, outcome, detail } = JSON.parse(text) as Record<string, unknown>
    const words = [at, by, operation, id, outcome]
    if (!words.every(word => typeof word === 'string') || !(detail == null || typeof detail === 'string')) return null
    return {
      ...{
        at: bounded(at),
        by: bounded(by),
        operation: bounded(operation),
        id: bounded(id),
        outcome: bounded(outcome),
      },
      detail: detail == null ? null : bounded(detail, longestDetail),
    }
  } catch {
    return null
  }
}

const bounded = (word: unknown, most = longest): string =>
  oneLine([...String(word).slice(0, 2 * most)].slice(0, most).join(''))

/** The problem that an audit line tells of, `step-failed: {…}`; null when it is anything else, or was written by another version. */
export const problemIn = (detail: string | null): Problem | null => {
  const [, kind, json] = /^([a-z-]+): (\{.*\})$/.exec(detail ?? '') ?? []
  if (kind === undefined || json === undefined) return null
  try {
    const problem = JSON.parse(json) as Problem
    // What lacks a field cannot be explained.
    return problem.kind === kind && explainInConsole(problem).title !== '' ? problem : null
  } catch {
    return null
  }
}

/** An audit line's detail for people: a problem in its words, anything else as it stands, without what only a program reads. */
export const detailWords = (detail: string | null): string | null => {
  const problem = problemIn(detail)
  if (problem !== null) return lineInConsole(problem)
  return detail?.replace(/^([a-z-]+): \{.*$/, (_, kind: string) => kind.replaceAll('-', ' ')) ?? null
}
