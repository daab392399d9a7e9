import { type ChildProcess, spawn as spawnChild } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type IPty, spawn as spawnPty } from '@lydell/node-pty'
import { type Inside, insideArgv, insideTerminalArgv } from '../../lab/inside.ts'
import { type HostName, layoutAt, project, site } from '../../lab/layout.ts'
import { setLink } from '../../lab/network.ts'
import { type Lab, runningLab } from '../../lab/record.ts'
import { son } from '../../lab/root.ts'
import { LabError, type Run } from '../../lab/run.ts'
import { type Tree, treeOf } from '../../lab/tree.ts'
import { inVisitorArgv } from '../../lab/visitor.ts'

export { labPossible } from '../../lab/possible.ts'
export { diffTrees } from '../../lab/tree.ts'
export { openBrowser, visit } from './browser.ts'

export type InHost = Inside & { stdin?: string | Uint8Array /** milliseconds; 60 s when absent */; timeout?: number }

/** The lab that the tests' global set-up brought up. */
export const labHosts = (): Lab => {
  const lab = runningLab(layoutAt())
  if (lab === undefined) throw new LabError('The lab is not up; run this test with --project lab.')
  return lab
}

/** Runs a command in a host as the operator `son`, as if logged in; a command still running after the timeout is ended there (code 124). */
export const inHost = (host: HostName, argv: readonly string[], options: InHost = {}): Promise<Run> => {
  const { stdin = '', timeout = 60_000, ...inside } = options
  const bounded = ['timeout', '--kill-after=2', String(timeout / 1000), ...argv]
  return finished(start(insideArgv(labHosts().booted[host].leader.pid, bounded, inside)), stdin)
}

/** The same as root, and failing loudly: for arranging what a test needs. Answers stdout. */
export const asRoot = async (
  host: HostName,
  argv: readonly string[],
  options: Omit<InHost, 'user'> = {},
): Promise<string> => {
  const { code, stdout, stderr } = await inHost(host, argv, { ...options, user: 'root' })
  if (code !== 0) throw new LabError(`${argv.join(' ')} ended with ${code} on ${host}\n${stdout}${stderr}`)
  return stdout
}

/** A command that goes on running in a host: its streams, its end, and `signal`, which reaches the program itself in there. */
export type Started = { child: ChildProcess; ended: Promise<Run>; signal: (name: NodeJS.Signals) => void }

/** Starts a command and does not wait for it. Wait for its first words before sending it a signal. */
export const startInHost = (host: HostName, argv: readonly string[], inside: Inside = {}): Started => {
  const child = start(insideArgv(labHosts().booted[host].leader.pid, argv, inside))
  return { child, ended: finished(child), signal: name => signalInside(child.pid!, name) }
}

/** A real terminal in the GPU host, as the operator. Whoever opens it kills it. */
export const ptyInGpu = (
  argv: readonly [string, ...string[]],
  { cols, rows, ...inside }: Inside & { cols: number; rows: number },
): IPty => {
  const env = { TERM: 'xterm-256color', COLORTERM: 'truecolor', ...inside.env }
  const [program, ...args] = insideTerminalArgv(labHosts().booted.gpu.leader.pid, argv, { ...inside, env })
  return spawnPty(program!, args, { cols, rows, name: 'xterm-256color', env: { PATH: process.env.PATH } })
}

/** Pulls a host's network cable. */
export const cutLink = (host: HostName): void => setLink(labHosts().layout, host, 'down')
export const restoreLink = (host: HostName): void => setLink(labHosts().layout, host, 'up')

/** Writes papers/NAME in the project on the GPU host as its operator; answers the path that `papergen publish` takes. */
export const writeNotebook = (name: string, source: string): string => {
  const file = join(labHosts().layout.host('gpu').root, project, 'papers', name)
  writeFileSync(file, source)
  chownSync(file, son, son)
  return `papers/${name}`
}

/** Every file papergen could touch on a host, taken from outside. */
export const tree = (host: HostName, options: { except?: readonly RegExp[] } = {}): Tree =>
  treeOf(labHosts(), host, options)

export type Answer = { status: number; headers: Record<string, string>; body: string }

/** One GET of `https://SITE` + path as a visitor, the lab's CA trusted and nothing waived. Status 0: no answer; body: why. */
export const fetchThroughEdge = async (path: string): Promise<Answer> => {
  const lab = labHosts()
  const curl = ['curl', '-sS', '-i', '-m', '10', '--noproxy', '*', '--cacert', join(lab.layout.ca, 'ca.pem')]
  const { code, stdout, stderr } = await finished(
    start(inVisitorArgv(lab.layout, [...curl, `https://${site}${path}`])),
    '',
  )
  return code === 0 ? readAnswer(stdout) : { status: 0, headers: {}, body: stderr.trim() }
}

/** One knock at the door: when it was sent, its status (0: no answer), how long it took, and the start of the body or the error. */
export type Knock = { at: number; status: number; ms: number; text: string }

/**
 * Knocks at a path every so many ms, each on a connection of its own, until `stop`: whoever claims no outage shows it with this, and
 * begins what he claims it of once the first knock has been answered.
 */
export const knockThroughEdge = (
  path: string,
  every = 100,
): { answered: Promise<unknown>; stop: () => Promise<Knock[]> } => {
  const { layout } = labHosts()
  const env = [`NODE_EXTRA_CA_CERTS=${join(layout.ca, 'ca.pem')}`]
  const script = join(import.meta.dirname, 'knock.ts')
  const argv = ['env', ...env, process.execPath, script, `https://${site}${path}`, String(every)]
  const child = start(inVisitorArgv(layout, argv))
  const answered = once(child.stdout!, 'data')
  const done = finished(child)
  return {
    answered,
    stop: async () => {
      child.stdin!.end()
      const { stdout, stderr } = await done
      if (stderr !== '') throw new LabError(stderr)
      return stdout
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line))
    },
  }
}

const start = ([program, ...args]: readonly string[]): ChildProcess => spawnChild(program!, args, { stdio: 'pipe' })

/** nsenter itself passes no signal on: the program is its only child. */
const signalInside = (nsenter: number, name: NodeJS.Signals): void => {
  const [program] = readFileSync(`/proc/${nsenter}/task/${nsenter}/children`, 'utf8').split(' ')
  if (!program) throw new LabError(`The command to be sent ${name} is not running.`)
  process.kill(Number(program), name)
}

const finished = (child: ChildProcess, stdin?: string | Uint8Array): Promise<Run> =>
  new Promise((resolve, reject) => {
    const said = { stdout: '', stderr: '' }
    child.stdout!.setEncoding('utf8').on('data', text => (said.stdout += text))
    child.stderr!.setEncoding('utf8').on('data', text => (said.stderr += text))
    // A program that does not read its input is no failure of the test's.
    child.stdin!.on('error', () => {})
    if (stdin !== undefined) child.stdin!.end(stdin)
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? -1, ...said }))
  })

const readAnswer = (text: string): Answer => {
  const [head, ...body] = text.split('\r\n\r\n')
  const [first, ...lines] = head!.split('\r\n')
  const headers = lines.map(line => /^([^:]+):\s*(.*)$/.exec(line)).map(found => [found![1]!.toLowerCase(), found![2]!])
  return { status: Number(first!.split(' ')[1]), headers: Object.fromEntries(headers), body: body.join('\r\n\r\n') }
}
