import { expect, it } from 'vitest'
import { linesOf } from '../../src/core/lines.ts'

async function* bytes(text: string, size: number) {
  const all = Buffer.from(text)
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size)
}

const collect = async (chunks: AsyncIterable<Uint8Array>) => {
  const lines: string[] = []
  for await (const line of linesOf(chunks)) lines.push(line)
  return lines
}

it.each([1, 2, 3, 7, 100])('cuts lines out of chunks of %d bytes, Korean and emoji whole', async size => {
  expect(await collect(bytes('a\n\n한국어 🙂\nlast', size))).toEqual(['a', '', '한국어 🙂', 'last'])
  expect(await collect(bytes('a\n', size))).toEqual(['a'])
  expect(await collect(bytes('', size))).toEqual([])
})

it('keeps no more than a mebibyte of a line that never ends', async () => {
  const endless = `${'x'.repeat(3 * 1024 * 1024)}\nnext\n`
  expect((await collect(bytes(endless, 65_536))).map(line => line.length)).toEqual([1024 * 1024, 4])
})
