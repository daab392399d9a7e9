import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { compose } from '../src/compose.ts'
import { readConfig } from '../src/core/config.ts'
import { ownFolder } from './services/folder.ts'

const share = (name: string) => readFileSync(new URL(`../share/${name}`, import.meta.url), 'utf8')

it('wires ports that write nothing when it is told to read only', async () => {
  const project = join(ownFolder(), 'thesis')
  mkdirSync(project)
  const config = readConfig(`[gpu]\nproject = "${project}"\n[edge]\nvia = "local"\n`, null, '/home/son')
  const options = {
    version: '1.0.0',
    share,
    useMemory: { read: () => null, write: () => {} },
    askPassphrase: async () => null,
  }
  const line = { at: '', by: '', operation: 'publish', id: 'a', outcome: 'done', detail: null }
  for (const readOnly of [true, false]) {
    const { world, gpuFiles, close } = await compose(config, { ...options, readOnly })
    onTestFinished(close)
    const writes = [() => world.audit.append(line), () => gpuFiles.write(join(project, 'x'), 'x')]
    for (const write of writes)
      if (readOnly) await expect(write()).rejects.toMatchObject({ problem: { kind: 'read-only' } })
      else await write()
    expect(existsSync(join(project, 'state/audit.jsonl'))).toBe(!readOnly)
    expect(readdirSync(project).includes('x')).toBe(!readOnly)
  }
})
