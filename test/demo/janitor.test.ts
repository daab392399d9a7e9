import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { hireJanitor, markVariable } from '../../src/demo/janitor.ts'
import { ownFolder } from '../services/folder.ts'
import { until } from '../until.ts'
import { alive } from './papers.ts'

const demoOf = () => {
  const root = join(ownFolder(), 'a demo')
  mkdirSync(join(root, 'deep'), { recursive: true })
  writeFileSync(join(root, 'deep/file'), '')
  return { root, janitor: hireJanitor(root) }
}

/** A process group of two, which heeds no SIGTERM. */
const group = async (mark: string | null) => {
  const env = { PATH: process.env.PATH, ...(mark === null ? {} : { [markVariable]: mark }) }
  const child = spawn('sh', ['-c', 'trap "" TERM; sleep 60 & echo $!; wait'], { detached: true, env })
  const [first] = (await once(child.stdout, 'data')) as [Buffer]
  const pids = [child.pid ?? 0, Number(String(first))]
  onTestFinished(() => {
    for (const pid of pids) if (alive(pid)) process.kill(pid, 'SIGKILL')
  })
  return { pids, ended: once(child, 'exit') }
}

it('ends the marked groups that are left, and no other, and removes the folder', async () => {
  const { root, janitor } = demoOf()
  const [marked, foreign, other, unwatched] = await Promise.all([root, null, `${root}2`, root].map(group))
  for (const each of [marked, foreign, other]) janitor.watch(each!.pids[0]!, each!.ended)
  await janitor.dismiss()
  await until(() => expect(marked!.pids.map(alive)).toEqual([false, false]))
  for (const each of [foreign, other, unwatched]) expect(each!.pids.map(alive)).toEqual([true, true])
  expect(existsSync(root)).toBe(false)
})

it('forgets a group that ended, and does not mind one that comes after it was dismissed', async () => {
  const { root, janitor } = demoOf()
  const ended = Promise.withResolvers<void>()
  const late = await group(root)
  janitor.watch(late.pids[0]!, ended.promise)
  ended.resolve()
  await ended.promise
  await janitor.dismiss()
  janitor.watch(late.pids[0]!, late.ended)
  expect(late.pids.map(alive)).toEqual([true, true])
  expect(existsSync(root)).toBe(false)
})
