import type { EdgeEntry } from '../core/entry.ts'
import { requestLine } from '../core/entry-request.ts'
import { PapergenError } from '../core/errors.ts'
import { linesOf } from '../core/lines.ts'
import type { HostChannel } from './host.ts'

/** nginx's log lines: asked once, or followed over a channel of their own so that the entry point stays free for requests. */
export const createEdgeLines =
  (host: string, entry: EdgeEntry, open: () => Promise<HostChannel>) =>
  (which: 'error' | 'access', lines: number, id: string, options: { follow: boolean; signal: AbortSignal }) =>
    options.follow ? followEdge(host, open, which, lines, id, options.signal) : lastLines(entry, which, lines, id)

async function* lastLines(
  entry: EdgeEntry,
  which: 'error' | 'access',
  lines: number,
  id: string,
): AsyncGenerator<string> {
  yield* await entry.log(which, lines, id as Parameters<EdgeEntry['log']>[2])
}

async function* followEdge(
  host: string,
  open: () => Promise<HostChannel>,
  which: 'error' | 'access',
  lines: number,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const request = requestLine(1, `follow ${which} ${lines} ${id}`)
  const channel = await open()
  const stop = (): void => void channel.stream.destroy()
  signal.addEventListener('abort', stop, { once: true })
  channel.stream.write(request)
  let greeted = false
  try {
    for await (const line of linesOf(channel.stream)) {
      if (!greeted && line !== '1 ok stream') throw refused(host, line + channel.stderr(), null)
      if (greeted) yield line
      greeted = true
    }
    const code = await channel.ended
    if (code === null) throw new PapergenError({ kind: 'connection-lost', host, during: 'following its log' })
    if (code !== 0) throw refused(host, channel.stderr(), code)
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

const refused = (host: string, output: string, code: number | null): PapergenError =>
  new PapergenError({ kind: 'command-failed', host, command: 'papergen-edge serve: follow', code, output })
