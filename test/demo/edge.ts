import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { parsePaperId } from '../../src/core/paper.ts'
import { generationName, renderGeneration, renderSnippet } from '../../src/core/snippet.ts'
import { makeCertificate } from '../../src/demo/certificate.ts'
import { startNginx } from '../../src/demo/nginx.ts'
import { markerOnDisk } from '../../src/demo/nginx-routes.ts'
import { edgePolicyOf, folders, template } from './policies.ts'

const tls = makeCertificate()

/** The demo's nginx over folders of its own, with the routes of papers on disk; it serves none of them yet. */
export const edgeHost = async (port = 0) => {
  const folder = folders()
  const policy = edgePolicyOf(folder)
  const certificate = await tls
  for (const log of [folder.errorLog, folder.accessLog]) writeFileSync(log, '')
  const route = (id: string, to: number): void => {
    const text = renderSnippet(template('snippet.template'), policy, parsePaperId(id), to)
    writeFileSync(join(folder.snippets, `${id}.conf`), text)
    settle()
  }
  const settle = (): void => {
    const text = renderGeneration(template('generation.template'), policy.base, markerOnDisk(folder.snippets))
    writeFileSync(join(folder.snippets, `${generationName}.conf`), text)
  }
  settle()
  const nginx = await startNginx({ ...folder, ...certificate, port, base: policy.base })
  onTestFinished(() => nginx.close())
  const log = (which: 'errorLog' | 'accessLog'): string[] =>
    readFileSync(folder[which], 'utf8')
      .split('\n')
      .filter(line => line !== '')
  return { folder, policy, nginx, certificate, route, log }
}
