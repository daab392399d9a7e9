import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cases } from './cases.ts'

const texts = readdirSync(import.meta.dirname)
  .filter(name => name.endsWith('.test.ts'))
  .map(name => readFileSync(new URL(name, import.meta.url), 'utf8'))

test('a hundred thousand cases in all', () => {
  expect(Object.values(cases).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(100_000)
})

test.each(Object.keys(cases))('%s: a property of its own', name => {
  expect(
    texts.flatMap(text => [...text.matchAll(/property\(\s*'([^']+)',/g)]).filter(found => found[1] === name),
  ).toHaveLength(1)
})
