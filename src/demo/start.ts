import { spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { PapergenError } from '../core/errors.ts'
import { linesOf } from '../core/lines.ts'
import { markVariable } from './janitor.ts'
import type { Ready, WorldOptions } from './world-options.ts'

export type Demo = Ready & {
  /** Resolves when the world is gone, asked or not. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/** Starts the world of `papergen demo` beside this process. It goes when this process does. @throws when it does not come up */
export const startDemo = async ({
  papers,
  version,
  root,
}: Pick<WorldOptions, 'papers' | 'version'> & { readonly root: string }): Promise<Demo> => {
  sweep()
  const folder = mkdtempSync(join(place(), prefix))
  const options: WorldOptions = {
    // A marimo takes 100 MB and a second of a core to come up.
    ...{ folder, papers, version, marimo: papers > mostOfMarimo ? null : findMarimo() },
    share: join(root, 'share'),
    standIn: join(root, 'dist/demo-marimo.mjs'),
  }
  const child = spawn(process.execPath, [join(root, 'dist/demo-world.mjs'), JSON.stringify(options)], {
    // A session of its own: Ctrl-C in the terminal is for the console.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, [markVariable]: folder },
  })
  child.stdin.on('error', () => {})
  let complaint = ''
  child.stderr.on('data', chunk => {
    complaint = `${complaint}${chunk}`.slice(-2000)
  })
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const first = (await linesOf(child.stdout).next()).value
  if (first === undefined) {
    await ended
    rmSync(folder, { recursive: true, force: true })
    throw new PapergenError({
      kind: 'unexpected',
      what: 'starting the demo',
      why: complaint.trim() || 'its world ended',
    })
  }
  child.stdout.resume()
  return {
    ...(JSON.parse(first) as Ready),
    ended,
    stop: () => {
      child.stdin.end()
      return ended
    },
  }
}

const prefix = 'papergen-demo-'

/** More papers than this are served by the stand-in, also where there is a marimo. */
const mostOfMarimo = 20

/** A folder that is there and whose path can stand in papergen's policies. */
const place = (): string => {
  const path = tmpdir()
  const fits = /^(\/[\w@+.-]+)+$/.test(path) && !/\/\.\.(\/|$)/.test(path)
  return fits && isWritable(path) ? path : '/tmp'
}

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Folders of demos that were killed together with their janitors. */
const sweep = (): void => {
  for (const name of readdirSync(place()).filter(each => each.startsWith(prefix))) {
    const folder = join(place(), name)
    try {
      const { uid, mtimeMs } = statSync(folder)
      // A younger one may be another demo that is coming up.
      const isLeft = uid === process.getuid?.() && Date.now() - mtimeMs > 10_000 && !isInUse(folder)
      if (isLeft) rmSync(folder, { recursive: true, force: true })
    } catch {
      // Its own janitor was faster.
    }
  }
}

const isInUse = (folder: string): boolean =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .some(pid => environmentOf(pid).includes(`${markVariable}=${folder}`))

const environmentOf = (pid: string): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** marimo on the PATH; `PAPERGEN_DEMO_MARIMO=no` does without. */
const findMarimo = (): readonly [string, ...string[]] | null => {
  if (process.env.PAPERGEN_DEMO_MARIMO === 'no') return null
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map(folder => join(folder, 'marimo'))
    .find(isProgram)
  return found === undefined ? null : [found]
}

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
