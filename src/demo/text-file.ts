import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

/** Null: there is none. */
export const textAt = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null)

export const put = (path: string, text: string | null): void => {
  if (text === null) rmSync(path, { force: true })
  else writeFileSync(path, text)
}
