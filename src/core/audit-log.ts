import type { AuditLine } from './ports.ts'
import { oneLine } from './text.ts'

/** Past operations, newest first, and how many lines could not be read. */
export type Past = { readonly lines: readonly AuditLine[]; readonly broken: number }

const most = 1_000
const longest = 4_000

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
      detail: detail == null ? null : bounded(detail),
    }
  } catch {
    return null
  }
}

const bounded = (word: unknown): string => oneLine([...String(word).slice(0, 2 * longest)].slice(0, longest).join(''))
