import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Begin } from '../../src/core/entry.ts'
import { parsePaperId } from '../../src/core/paper.ts'
import type { EdgePolicy, GpuPolicy } from '../../src/core/policy.ts'
import { type DemoFolder, demoFolder, makeFolders } from '../../src/demo/folder.ts'
import { ownFolder } from '../services/folder.ts'

export const template = (name: string): string => readFileSync(join(import.meta.dirname, '../../share', name), 'utf8')

export const folders = (): DemoFolder => {
  const folder = demoFolder(ownFolder())
  makeFolders(folder)
  return folder
}

const common = { operator: 'demo', address: '127.0.0.1', base: '/thesis', ports: [27_000, 27_999] } as const

export const gpuPolicyOf = ({ home, project, state }: DemoFolder): GpuPolicy => ({
  ...common,
  ...{ scope: 'user', user: 'demo', home, project, state },
  marimo: join(project, '.venv/bin/marimo'),
})

export const edgePolicyOf = ({ snippets, index, errorLog, accessLog }: DemoFolder): EdgePolicy => ({
  ...common,
  ...{ site: 'localhost', port: 8443, snippets, index, errorLog, accessLog },
})

/** An operation of the paper `a`. */
export const beginOf = (operation: Begin['operation'], at = 1, by = 'me@desk'): Begin => ({
  op: `${String(at).padStart(17, '2')}-${operation}-a`,
  operation,
  id: parsePaperId('a'),
  by,
})
