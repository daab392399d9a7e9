import { writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createHouses } from '../../src/demo/house.ts'
import type { Running } from '../../src/demo/running.ts'
import { ownFolder } from '../services/folder.ts'
import { until } from '../until.ts'
import { alive } from './papers.ts'

const standIn = join(import.meta.dirname, '../../src/demo/marimo.ts')

const freePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const statusOf = (port: number, id: string): Promise<number> =>
  new Promise(resolve => {
    const asked = get({ host: '127.0.0.1', port, path: `/thesis/${id}/health`, agent: false }, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.once('error', () => resolve(0))
  })

const street = (program: readonly [string, ...string[]] = [process.execPath, standIn]) => {
  const notebook = join(ownFolder(), 'a.py')
  writeFileSync(notebook, 'import marimo\n')
  const pids = new Set<number>()
  onTestFinished(() => {
    for (const pid of pids) if (pid > 0 && alive(pid)) process.kill(pid, 'SIGKILL')
  })
  const launch = createHouses(program, pid => void pids.add(pid))
  const said: string[] = []
  const open = (id: string, port: number): Running =>
    launch({
      ...{ id, cwd: '/', run: 1, env: {}, say: (line: string) => void said.push(line) },
      argv: ['marimo', 'run', '--host', '127.0.0.1', '--port', String(port), '--base-url', `/thesis/${id}`, notebook],
    })
  return { open, pids, said }
}

it('serves papers from one process, and closes one without the others', async () => {
  const { open, pids } = street()
  const [one, two] = [await freePort(), await freePort()]
  const [a, b] = [open('a', one), open('b', two)]
  await until(async () => expect([await statusOf(one, 'a'), await statusOf(two, 'b')]).toEqual([200, 200]))
  expect(a.pid).toBe(b.pid)
  expect(pids.size).toBe(1)
  a.stop()
  expect(await a.ended).toEqual({ code: 143, signal: null })
  expect([await statusOf(one, 'a'), await statusOf(two, 'b')]).toEqual([0, 200])
})

it('fails a paper whose port is taken, with words', async () => {
  const { open, said } = street()
  const taken = createServer()
  const port = await new Promise<number>(resolve =>
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as AddressInfo).port)),
  )
  onTestFinished(() => void taken.close())
  expect(await open('a', port).ended).toEqual({ code: 1, signal: null })
  expect(said.join()).toContain('EADDRINUSE')
})

it('fails all its papers when it is killed, and the next one gets a new house', async () => {
  const { open, pids } = street()
  const port = await freePort()
  const papers = [open('a', port), open('b', await freePort()), open('c', await freePort())]
  await until(async () => expect(await statusOf(port, 'a')).toBe(200))
  process.kill(papers[0]!.pid, 'SIGKILL')
  for (const { ended } of papers) expect(await ended).toEqual({ code: null, signal: 'SIGKILL' })
  const again = open('a', port)
  expect(again.pid).not.toBe(papers[0]!.pid)
  await until(async () => expect(await statusOf(port, 'a')).toBe(200))
  expect(pids.size).toBe(2)
})

it('ends a paper hard whose house does not answer', async () => {
  const { open } = street()
  const port = await freePort()
  const a = open('a', port)
  await until(async () => expect(await statusOf(port, 'a')).toBe(200))
  process.kill(a.pid, 'SIGSTOP')
  a.stop()
  a.stop(true)
  expect(await a.ended).toEqual({ code: null, signal: 'SIGKILL' })
})

it('fails its papers when it cannot be started', async () => {
  const { open } = street(['/no/such/program'])
  expect((await open('a', 1).ended).code).not.toBe(0)
})
