import { existsSync, readFileSync, statSync, unwatchFile, watchFile } from 'node:fs'
import { open } from 'node:fs/promises'

/** Whether a line is of those that were asked for. */
type Concerns = (line: string) => boolean

/** The last lines that concern a paper. */
export const answerLog = (path: string, concerns: Concerns, lines: number): string => {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const all = text.split('\n').filter(line => line !== '' && concerns(line))
  return lines === 0
    ? ''
    : all
        .slice(-lines)
        .map(line => `${line}\n`)
        .join('')
}

/** The last lines, then each new one. @returns the way to stop */
export const followLog = (
  path: string,
  concerns: Concerns,
  lines: number,
  write: (text: string) => void,
): (() => void) => {
  let at = existsSync(path) ? statSync(path).size : 0
  write(answerLog(path, concerns, lines))
  let rest = ''
  const decoder = new TextDecoder()
  const look = async (): Promise<void> => {
    const file = await open(path).catch(() => null)
    if (file === null) return
    try {
      for (;;) {
        const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(256 * 1024), position: at })
        if (bytesRead === 0) return
        at += bytesRead
        const parts = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n')
        rest = parts.pop() ?? ''
        for (const line of parts) if (concerns(line)) write(`${line}\n`)
      }
    } finally {
      await file.close()
    }
  }
  // One look after the other: two at once would tell the same lines twice.
  let looking = Promise.resolve()
  const heard = (): void => {
    looking = looking.then(look).catch(() => {})
  }
  watchFile(path, { interval: 300 }, heard)
  return () => unwatchFile(path, heard)
}
