import { readFileSync } from 'node:fs'
import { Duplex } from 'node:stream'
import type { HostName } from '../../lab/layout.ts'
import { readConfig } from '../../src/core/config.ts'
import type { Begin } from '../../src/core/entry.ts'
import { PapergenError, type Problem } from '../../src/core/errors.ts'
import type { OperationName } from '../../src/core/facts.ts'
import { parsePaperId } from '../../src/core/paper.ts'
import { setupFiles, setupScript } from '../../src/core/setup.ts'
import { createEdgeEntry, createGpuEntry, entryArgv } from '../../src/services/entry-point.ts'
import type { HostChannel } from '../../src/services/host.ts'
import { type InHost, inHost, type Started, startInHost } from './harness.ts'

/** Both entry points in the lab's hosts, reached as the operator through sudo, by the very client papergen uses. */
export const edgeEntry = () => opened('edge', open => createEdgeEntry({ open, host: 'edge' }))
export const gpuEntry = () => opened('gpu', open => createGpuEntry({ open, host: 'gpu' }))

export const serveArgv = (role: HostName) => entryArgv(`/usr/local/libexec/papergen-${role}`, false)

/** Runs the setup script as root, as an operator would. */
export const runSetup = (role: HostName, options: InHost = {}) => {
  const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  const files = Object.fromEntries(setupFiles[role].map(path => [path, text(path)]))
  const script = setupScript(role, readConfig(null, null, '/home/son'), files, '1.0.0')
  return inHost(role, ['bash', '-s'], { ...options, user: 'root', stdin: script })
}

export const beginOf = (operation: OperationName, id: string, by = 'son@desk'): Begin => ({
  op: `20261123070000123-${operation}-${id}`,
  operation,
  id: parsePaperId(id),
  by,
})

export const problemOf = async (promise: Promise<unknown>): Promise<Problem> => {
  const thrown = await promise.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  )
  if (thrown instanceof PapergenError) return thrown.problem
  throw thrown
}

const opened = <T>(host: HostName, make: (open: () => Promise<HostChannel>) => T) => {
  const started: Started[] = []
  const open = async (): Promise<HostChannel> => {
    const program = startInHost(host, serveArgv(host))
    started.push(program)
    const { stdin, stdout, stderr } = program.child
    let said = ''
    stderr!.on('data', text => {
      said += text
    })
    const stream = Duplex.from({ readable: readable(stdout!), writable: stdin! })
    return { stream, stderr: () => said, ended: program.ended.then(({ code }) => code) }
  }
  return Object.assign(make(open) as T & object, { started })
}

/** Bytes again: the harness reads text from the same stream. */
const readable = async function* (stdout: NodeJS.ReadableStream) {
  for await (const chunk of stdout) yield Buffer.from(chunk)
}
