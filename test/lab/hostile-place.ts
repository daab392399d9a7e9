import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostName } from '../../lab/layout.ts'
import { labHosts } from './harness.ts'

/** Written from outside: one command a file would take minutes. */
export const place = (host: HostName, folder: string, files: Readonly<Record<string, string>>): void => {
  const path = join(labHosts().layout.host(host).root, folder)
  mkdirSync(path, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
}
