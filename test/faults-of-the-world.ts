import { readFileSync } from 'node:fs'

/** A row of the table in docs/safety.md, "Faults of the world": what tests of the lab assert is read from it. */
export type Fault = {
  readonly fault: string
  /** Pieces of what the operator sees; `…` stands for what differs. */
  readonly message: readonly string[]
  readonly next: readonly string[]
  /** Whether there is no next step, and the row says why. */
  readonly isOver: boolean
  /** Below test/lab, without `.test.ts`. */
  readonly file: string
  readonly title: string
}

export const faultOf = (fault: string): Fault => {
  const found = faults().find(row => row.fault === fault)
  if (found === undefined) throw new Error(`docs/safety.md has no row for the fault: ${fault}`)
  return found
}

export const faults = (): readonly Fault[] => {
  const page = readFileSync(new URL('../docs/safety.md', import.meta.url), 'utf8')
  const section = page.split('\n## ').find(part => part.startsWith('Faults of the world\n')) ?? ''
  return section
    .split('\n')
    .filter(line => line.startsWith('| ') && !/^\| (?:fault|---) /.test(line))
    .map(rowOf)
}

/** `| fault | message | next | file: title |`; without a title the fault is the title. */
const rowOf = (line: string): Fault => {
  const [fault = '', message = '', next = '', test = ''] = cellsOf(line)
  const [, file = '', title = fault] = /^([a-z-]+)(?:: (.*))?$/.exec(test) ?? []
  return {
    fault,
    message: piecesOf(message),
    next: piecesOf(next),
    isOver: next.startsWith('nothing is to be done: '),
    file,
    title,
  }
}

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\| | \|$/g, '')
    .split(' | ')
    .map(cell => cell.trim())

/** What is set as code is said so; the rest is an explanation. */
const piecesOf = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, words]) => words!)
