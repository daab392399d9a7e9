import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createSockets } from '../../src/demo/sockets.ts'

const listening = async (host: string): Promise<number> => {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

it.each(['127.0.0.1', '::'])('tells who listens on %s', async host => {
  const port = await listening(host)
  const { ownerOf, taken } = createSockets('127.0.0.1')
  expect(taken().has(port)).toBe(true)
  expect(ownerOf(port, process.pid)).toBe('unit')
  expect(ownerOf(port, null)).toMatch(new RegExp(`^foreign ${process.pid} [\\w.-]+$`))
  const other = spawn('sleep', ['60'])
  onTestFinished(() => void other.kill('SIGKILL'))
  await once(other, 'spawn')
  expect(ownerOf(port, other.pid ?? 0)).toMatch(/^foreign /)
  expect(ownerOf(port, 999_999_999)).toMatch(/^foreign /)
})

it('sees what came up and went since it last looked', async () => {
  const { ownerOf, taken } = createSockets('127.0.0.1')
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(taken().has(port)).toBe(true)
  server.close()
  await once(server, 'close')
  expect(taken().has(port)).toBe(false)
  expect(ownerOf(port, null)).toBe('nobody')
})
