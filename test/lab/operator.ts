import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { insideArgv } from '../../lab/inside.ts'
import type { Run } from '../../lab/run.ts'
import { type Driver, drive } from '../console/driver.ts'
import { asRoot, inHost, labHosts } from './harness.ts'
import { wrapper } from './notebooks.ts'

/** The operator at work on the GPU host: papergen by command line and in a real terminal. */

export const project = '/home/son/prj/thesis'
export const stateFile = `${project}/state/state.json`

/** Runs papergen as the operator on the GPU host; an exit code is an answer. */
export const papergen = (
  words: readonly string[],
  options: { readonly timeout?: number; readonly stdin?: string } = {},
): Promise<Run> => inHost('gpu', ['papergen', ...words], { timeout: 150_000, ...options })

/** The same, expected to end with this code; the error shows what it said. */
export const expectPapergen = async (code: number, ...words: string[]): Promise<Run> => {
  const ran = await papergen(words)
  if (ran.code !== code)
    throw new Error(`papergen ${words.join(' ')} ended with ${ran.code}, not ${code}\n${ran.stdout}\n${ran.stderr}`)
  return ran
}

// biome-ignore lint/suspicious/noExplicitAny: validated against the schema below
export type Status = any

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../share/status.schema.json'), 'utf8'))
const ajv = new Ajv2020.default({ allErrors: true, allowUnionTypes: true })
addFormats.default(ajv)
const valid = ajv.compile(schema)

/** `status --json`, validated against the schema. */
export const statusOf = async (...ids: string[]): Promise<Status> => {
  const ran = await papergen(['status', '--json', ...ids])
  if (ran.code !== 0 && ran.code !== 3) throw new Error(`status ended with ${ran.code}\n${ran.stderr}`)
  const document = JSON.parse(ran.stdout)
  if (!valid(document)) throw new Error(`status --json does not match the schema: ${ajv.errorsText(valid.errors)}`)
  return document
}

export const paperIn = (status: Status, id: string): Status => status.papers.find((paper: Status) => paper.id === id)

/** The console in a real terminal on the GPU host. */
export const openConsole = (size: { readonly columns?: number; readonly rows?: number } = {}): Driver => {
  const [program, ...args] = insideArgv(labHosts().booted.gpu.leader.pid, ['papergen'], {
    env: { TERM: 'xterm-256color', PAPERGEN_TEST_IDLE: '1', LANG: 'C.UTF-8' },
  })
  return drive([program ?? '', ...args], size)
}

/** marimo behind the wrapper of notebooks.ts: slow-* and dies-* behave as their names say. */
export const installWrapper = async (): Promise<void> => {
  await inHost(
    'gpu',
    [
      'sh',
      '-c',
      `cd ${project}/.venv/bin && { [ -e marimo-real ] || mv marimo marimo-real; } && cat > marimo.new && chmod 755 marimo.new && mv marimo.new marimo`,
    ],
    { stdin: wrapper },
  ).then(ran => {
    if (ran.code !== 0) throw new Error(ran.stderr)
  })
}

/** A registry in the present shape that holds no paper. */
export const emptyRegistry = '{\n  "version": 2,\n  "papers": {}\n}\n'

/** The registry with this text; empty: no registry, as `readState` tells it. */
export const writeState = async (text: string): Promise<void> => {
  const script = text === '' ? `rm -f ${stateFile}` : `cat > ${stateFile}.new && mv ${stateFile}.new ${stateFile}`
  const ran = await inHost('gpu', ['sh', '-c', script], { stdin: text })
  if (ran.code !== 0) throw new Error(ran.stderr)
}

/** Empty when there is no registry. */
export const readState = async (): Promise<string> => (await inHost('gpu', ['cat', stateFile])).stdout

export const mainPid = async (id: string): Promise<number> =>
  Number(await asRoot('gpu', ['systemctl', 'show', '-p', 'MainPID', '--value', `papergen-${id}.service`]))

/** Polls a condition of the world: for what has no signal to wait on. */
export const eventually = async <T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | null | undefined | false>,
): Promise<T> => {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`)
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}

/** Takes down whatever a test published, so that the next one starts from nothing. */
export const unpublishAll = async (): Promise<void> => {
  const { papers } = await statusOf()
  const ids = papers
    .filter((paper: Status) => paper.port !== null || paper.unit !== null)
    .map((paper: Status) => paper.id)
  if (ids.length > 0) await papergen(['unpublish', ...ids, '--yes'])
}
