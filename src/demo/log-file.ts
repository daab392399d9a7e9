import { existsSync, readFileSync, statSync, unwatchFile, watchFile } from 'node:fs'
import { open } from 'node:fs/promises'

const lastLines = (path: string, concerns: string, lines: number): string[] => {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const all = text.split('\n').filter(line => line.includes(concerns))
  return lines === 0 ? [] : all.slice(-lines)
}

/** The last lines that concern a paper. */
export const answerLog = (path: string, concerns: string, lines: number): string =>
  lastLines(path, concerns, lines)
    .map(line => `${line}\n`)
    .join('')

/** The last lines, then each new one. @returns the way to stop */
export const followLog = (
  path: string,
  concerns: string,
  lines: number,
  write: (text: string) => void,
): (() => void) => {
  write(answerLog(path, concerns, lines))
  let at = existsSync(path) ? statSync(path).size : 0
  let rest = ''
  const look = async (): Promise<void> => {
    const file = await open(path).catch(() => null)
    if (file === null) return
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(256 * 1024), position: at })
    await file.close()
    at += bytesRead
    const parts = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) if (line.includes(concerns)) write(`${line}\n`)
  }
  const heard = (): void => void look()
  watchFile(path, { interval: 300 }, heard)
  return () => unwatchFile(path, heard)
}
