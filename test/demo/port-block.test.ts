import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { reservePorts } from '../../src/demo/port-block.ts'

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

it('gives each demo ports of its own, enough of them, and holds them', async () => {
  const blocks = [await reservePorts(7), await reservePorts(1000), await reservePorts(7)]
  for (const [first, last] of blocks) {
    expect(await isFree(last + 1)).toBe(false)
    expect(blocks.filter(other => other[0] <= last && first <= other[1]).length).toBe(1)
  }
  expect(blocks.map(([first, last]) => last - first + 1)).toEqual([999, 1999, 999])
})

it('gives a demo of more papers than fit what it can', async () => {
  const [first, last] = await reservePorts(20_000)
  expect(last - first).toBeGreaterThan(20_000)
})
