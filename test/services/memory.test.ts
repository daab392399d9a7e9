import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMemory } from '../../src/services/memory.ts'
import { ownFolder } from './folder.ts'

test('remembers in a folder that it makes', () => {
  const folder = ownFolder()
  const memory = createMemory(join(folder, 'a/b/console.json'))
  expect(memory.read()).toBeNull()
  memory.write('one')
  memory.write('two')
  expect([memory.read(), readdirSync(join(folder, 'a/b'))]).toEqual(['two', ['console.json']])
})

test('keeps nobody from leaving where it cannot write', () => {
  const folder = ownFolder()
  mkdirSync(join(folder, 'console.json'))
  const memory = createMemory(join(folder, 'console.json'))
  memory.write('one')
  expect(memory.read()).toBeNull()
})
