import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { GpuUse, GpuUses } from '../../src/core/gpu-use.ts'
import type { Clock } from '../../src/core/ports.ts'
import { createGpuUses } from '../../src/services/gpu-uses.ts'
import { createMemory } from '../../src/services/memory.ts'
import { ownFolder } from './folder.ts'

const real = { simulated: false }
const uses = (id: string, mib: number, at = 0): GpuUses =>
  new Map<string, GpuUse>([[id, { run: 'a', at, peaks: { 'GPU-0': mib } }]])

const opened = (folder = ownFolder(), project = 'son-pro6000:/home/son/prj/thesis') => {
  let now = 0
  const clock: Clock = {
    now: () => now,
    elapsed: () => now,
    sleep: () => Promise.reject(new Error('nobody sleeps here')),
  }
  const memory = createMemory(join(folder, 'papergen/gpu-use.json'))
  const pass = (ms: number): void => {
    now += ms
  }
  return { folder, pass, ...createGpuUses({ memory, project, clock }) }
}

test('what one papergen learned the next one knows', () => {
  const first = opened()
  first.keep(uses('attention', 12_698), real)
  const next = opened(first.folder)
  expect([...next.known()]).toEqual([...uses('attention', 12_698)])
  expect(opened(first.folder, 'elsewhere').known().size).toBe(0)
})

test('writes at once, then once a minute, and what is left at the end', () => {
  const watching = opened()
  const onDisk = (): number | undefined => opened(watching.folder).known().get('attention')?.peaks['GPU-0']
  watching.keep(uses('attention', 1), real)
  watching.keep(uses('attention', 2), real)
  expect([onDisk(), watching.known().get('attention')?.peaks['GPU-0']]).toEqual([1, 2])
  watching.pass(60_000)
  watching.keep(uses('attention', 3), real)
  expect(onDisk()).toBe(3)
  watching.keep(uses('attention', 4), real)
  watching.flush()
  expect([onDisk(), readdirSync(join(watching.folder, 'papergen'))]).toEqual([4, ['gpu-use.json']])
})

test('two papergens at the same time lose nothing of each other', () => {
  const one = opened()
  const other = opened(one.folder)
  one.keep(uses('attention', 1), real)
  other.keep(uses('flow', 2), real)
  one.pass(60_000)
  one.keep(uses('attention', 3), real)
  expect([...opened(one.folder).known()].map(([id, { peaks }]) => [id, peaks['GPU-0']])).toEqual(
    expect.arrayContaining([
      ['attention', 3],
      ['flow', 2],
    ]),
  )
})

test('what a stand-in told is known as long as this papergen runs, and written nowhere', () => {
  const demo = opened()
  demo.keep(uses('attention', 1), { simulated: true })
  demo.flush()
  expect([demo.known().size, readdirSync(demo.folder)]).toEqual([1, []])
})

test('a folder that cannot be made keeps nobody from working', () => {
  const folder = ownFolder()
  writeFileSync(join(folder, 'papergen'), '')
  const lost = opened(folder)
  lost.keep(uses('attention', 1), real)
  lost.flush()
  expect(lost.known().size).toBe(1)
})
