import { wordsOf } from './halt.ts'
import { addKnocks, type Knocks } from './knocks.ts'
import { faultNames, operations } from './names.ts'
import type { Chunk, Trial, Tried } from './orders.ts'
import { outlineOf } from './outlines.ts'
import { oneSided, placesOf, type Row, tableOf, totalOf } from './table.ts'
import type { Caught } from './without-undo.ts'

/** What is printed: a line for each trial when it is over, the table at the end. Labs write side by side, so what belongs together goes at once. */
export const say = (...lines: readonly string[]): void =>
  void process.stdout.write(lines.map(line => `${line}\n`).join(''))

export const tellTrial = ({ scenario, fault, point, verdict, claim, story, ran }: Trial): void => {
  const seconds = ((ran.until - ran.from) / 1000).toFixed(1)
  const row = `${scenario.padEnd(28)} ${fault.padEnd(12)} ${wordsOf(point).padEnd(44)} -> ${verdict.padEnd(9)}`
  const more = verdict === 'VIOLATION' ? story.map(line => `    ${line}`) : []
  say(`${row} ${seconds.padStart(5)} s  ${claim.padEnd(16)} ${story[0]}`, ...more)
}

/** Which fault, where, cost visitors an answer. */
export const tellLost = (who: string, at: Trial | Chunk, { requests, failed, says }: Knocks): void => {
  const where = 'point' in at ? wordsOf(at.point) : at.points.map(({ number }) => number).join(' ')
  if (failed === 0) return
  say(
    `LOST ${who}, ${at.scenario}, ${at.fault} at ${where}: ${failed} of ${requests} requests failed`,
    ...says.map(line => `    ${line}`),
  )
}

/** The table and the totals. @returns the exit code */
export const conclude = (tried: readonly Tried[], isWhole: (operation: string) => boolean): number => {
  const rows = inOrder(tried.flatMap(({ trials }) => trials).map(rowOf))
  const lost = addKnocks(tried.flatMap(({ steady, changing }) => [steady, changing]))
  const empty = oneSided(rows).filter(isWhole)
  say(...tableOf(rows), ...empty.map(operation => `${operation} never ended both old and new`))
  say(`${lost.requests} requests of live papers through the edge, ${lost.failed} failed`, placesOf(rows), totalOf(rows))
  return empty.length === 0 && lost.failed === 0 && rows.every(({ verdict }) => verdict !== 'VIOLATION') ? 0 : 1
}

const rowOf = ({ scenario, fault, verdict, point }: Trial): Row => ({
  ...{ operation: outlineOf(scenario).operation, fault, verdict },
  place: `${scenario} ${wordsOf(point)}`,
})

/** As the command line names them: labs end theirs in any order. */
const inOrder = (rows: readonly Row[]): readonly Row[] =>
  operations.flatMap(name =>
    faultNames.flatMap(fault => rows.filter(row => row.operation === name && row.fault === fault)),
  )

export const tellCaught = ({ undo, by }: Caught): void =>
  say(`without ${undo} -> ${by === null ? 'NOT CAUGHT' : `VIOLATION  ${by}`}`)
