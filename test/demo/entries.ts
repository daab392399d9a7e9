import { type Duplex, duplexPair } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Program } from '../../src/demo/programs.ts'
import type { HostChannel } from '../../src/services/host.ts'

/** Opens the program as papergen would over ssh, each time on a channel of its own; `cut` drops the last one. */
export const channelsTo = (program: Program) => {
  const near: Duplex[] = []
  const ends: Promise<number>[] = []
  const open = async (): Promise<HostChannel> => {
    const [stream, far] = duplexPair()
    near.push(stream)
    const gone = new AbortController()
    far.on('end', () => gone.abort()).on('error', () => {})
    const ended = program(['serve'], { stdin: far, out: () => {}, err: () => {}, gone: gone.signal })
    ends.push(ended)
    void ended.then(() => far.end())
    return { stream, stderr: () => '', ended }
  }
  const cut = async (): Promise<void> => {
    near.at(-1)?.end()
    await ends.at(-1)
  }
  onTestFinished(async () => {
    for (const stream of near) stream.end()
    await Promise.all(ends)
  })
  return { open, cut }
}

/** Raw words to a program, for what papergen never says. */
export const rawTo = (program: Program) => {
  const [stream, far] = duplexPair()
  let heard = ''
  stream.on('data', chunk => {
    heard += chunk
  })
  const ended = program(['serve'], { stdin: far, out: () => {}, err: () => {}, gone: new AbortController().signal })
  onTestFinished(() => void stream.end())
  return { stream, ended, heard: () => heard }
}
