import type { JournalEntry } from './journal.ts'
import type { LogPane } from './log-pane.ts'
import { endedTraceback } from './log-traceback.ts'
import { cursorOf, shownAfter } from './log-walk.ts'
import { itemAt } from './sequence.ts'
import { clean } from './text.ts'
import { dayAndTime } from './time-of-day.ts'

/** The numbers of the lines that `y` copies: the selection, or the line at the cursor. A closed cell error is all of its lines. */
export const chosenLines = (pane: LogPane): readonly number[] => {
  const cursor = cursorOf(pane)
  if (cursor === null) return []
  const { anchor } = pane
  const shown = anchor === null ? [cursor] : shownBetween(pane, Math.min(anchor, cursor), Math.max(anchor, cursor))
  return shown.flatMap(number => standsFor(pane, number))
}

const standsFor = ({ lines, opened, tracing }: LogPane, number: number): readonly number[] => {
  const ends = itemAt(lines, number)?.ends ?? null
  const traceback = ends === null || opened.has(number) ? null : endedTraceback(tracing, ends)
  return [...(traceback?.lines ?? []), number]
}

/** All lines the pane shows. */
export const allShown = (pane: LogPane): readonly number[] => shownBetween(pane, pane.lines.first, pane.lines.end - 1)

/** The lines as a text that is safe to paste and to print, each as journalctl would show it. */
export const textOf = (pane: LogPane, numbers: readonly number[], zone: number): string =>
  numbers
    .map(number => itemAt(pane.lines, number)?.entry)
    .map(entry => (entry === undefined ? '' : lineOf(pane, entry, zone)))
    .join('\n')

/** What one line says, without what stands before it: a traceback line or a message is pasted into a search or a file. */
export const bareTextOf = (pane: LogPane, numbers: readonly number[]): string =>
  numbers.map(number => clean(itemAt(pane.lines, number)?.entry.text ?? '')).join('\n')

/** `~/papergen-attention-20261123-140200.log`. The console's time moves on in steps: what was saved since the last one has this name. */
export const savePath = (pane: LogPane, at: number, zone: number): string => {
  const id = pane.units
    .map(unit => unit.replace(/[^\w-]/g, '_'))
    .join('-')
    .slice(0, 100)
  const time = dayAndTime(at, zone).replaceAll(/[-:]/g, '').replace(' ', '-')
  const name = `~/papergen-${id}-${time}`
  let path = `${name}.log`
  for (let more = 2; pane.saved.includes(path); more++) path = `${name}-${more}.log`
  return path
}

const shownBetween = (pane: LogPane, from: number, to: number): readonly number[] => {
  const numbers: number[] = []
  for (let number = shownAfter(pane, from - 1); number !== null && number <= to; number = shownAfter(pane, number))
    numbers.push(number)
  return numbers
}

const lineOf = ({ units }: LogPane, entry: JournalEntry, zone: number): string => {
  const time = entry.at === null ? '' : `${dayAndTime(entry.at, zone)} `
  const unit = units.length < 2 ? '' : `${entry.unit ?? ''} `
  return clean(`${time}${unit}${entry.who}: ${entry.text}`).replaceAll('\n', ' ')
}
