import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { faults } from './faults-of-the-world.ts'

test('docs/safety.md: each fault of the world has a message, a next step and a test of that title, which reads both there', () => {
  expect(faults().length).toBeGreaterThan(40)
  for (const { fault, message, next, isOver, file, title } of faults()) {
    expect(message, fault).not.toEqual([])
    expect(next.length === 0, fault).toBe(isOver)
    const source = readFileSync(new URL(`lab/${file}.test.ts`, import.meta.url), 'utf8')
    expect(
      quoted(title).some(words => source.includes(words)),
      `${file}: ${title}`,
    ).toBe(true)
    // There a test has the row's own name and reads it by that; elsewhere it names it.
    const reads = file.startsWith('world-') ? ['task.name', 'fault'] : quoted(fault)
    const calls = reads.flatMap(what => [`expectSeen(${what}`, `faultOf(${what})`, `fault: ${what}`])
    expect(
      calls.some(call => source.includes(call)),
      `${file} reads the row: ${fault}`,
    ).toBe(true)
  }
})

const quoted = (words: string): string[] => [`'${words}'`, `"${words}"`, `'${words.replaceAll("'", "\\'")}'`]

test('a fault has one row', () => {
  const names = faults().map(({ fault }) => fault)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})
