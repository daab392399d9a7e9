import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { endAsTold } from '../../src/demo/ending.ts'
import { launch } from '../../src/demo/launch.ts'
import { ownFolder } from '../services/folder.ts'
import { alive } from './papers.ts'

const runs = async (life: string, run: number) => {
  const notebook = join(ownFolder(), 'a.py')
  writeFileSync(notebook, life)
  const of = { id: 'a', argv: ['sh', '-c', 'sleep 60', notebook], cwd: '/', run, env: {}, say: () => {} }
  const running = await launch(of)
  endAsTold(running, of)
  return running
}

it('kills a paper of marimo when its notebook says so', async () => {
  const running = await runs('# demo: gives up after 60 s and 0.1 s', 2)
  expect(await running.ended).toEqual({ code: null, signal: 'SIGKILL' })
})

it('leaves the others alone', async () => {
  const running = await runs('# demo: gives up after 0 s and 60 s', 2)
  const quiet = await runs('', 1)
  expect([alive(running.pid), alive(quiet.pid)]).toEqual([true, true])
  for (const each of [running, quiet]) each.stop()
  expect((await running.ended).signal).toBe('SIGTERM')
  await quiet.ended
})
