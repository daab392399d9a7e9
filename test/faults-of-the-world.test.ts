import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { faults } from './faults-of-the-world.ts'

test('docs/safety.md: each fault of the world has a message, a next step and a test of that title', () => {
  expect(faults().length).toBeGreaterThan(40)
  for (const { fault, message, next, file, title } of faults()) {
    expect(message, fault).not.toEqual([])
    expect(next, fault).not.toEqual([])
    const source = readFileSync(new URL(`lab/${file}.test.ts`, import.meta.url), 'utf8')
    expect(source.includes(`'${title}'`) || source.includes(`"${title}"`), `${file}: ${title}`).toBe(true)
  }
})
