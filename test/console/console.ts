import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundle, bundles } from '../../scripts/bundle.ts'
import { type DriveOptions, type Driver, drive, type Steps } from './driver.ts'
import type { Scenario } from './program/hosts.ts'

const root = join(import.meta.dirname, '../..')

export type Console = {
  /** Opens the console over the world in memory; its first step is that everything was observed and drawn. */
  open(scenario?: Scenario, options?: DriveOptions & { readonly flags?: readonly string[] }): Steps
  /** An interactive shell, where `$console` opens the same. */
  shell(scenario?: Scenario, options?: DriveOptions): Driver
  /** The real program with this command line. */
  papergen(argv: readonly string[], options?: DriveOptions): Driver
  /** What the real program prints without a terminal, whatever its exit code. */
  run(argv: readonly string[]): Promise<string>
  /** Path of the real program. */
  program(): string
  /** Ends what still runs. */
  endAll(): void
  /** Ends what still runs and removes the bundles. */
  close(): void
}

/** Both programs, bundled as the released one is, in a folder of their own. */
export const buildConsole = async (): Promise<Console> => {
  const folder = mkdtempSync(join(tmpdir(), 'papergen-console-'))
  const world = join(folder, 'world.mjs')
  const program = join(folder, 'dist/papergen.mjs')
  mkdirSync(join(folder, 'dist'))
  for (const name of ['share', 'libexec', 'package.json']) symlinkSync(join(root, name), join(folder, name))
  await Promise.all([
    build(bundle(join(root, 'test/console/program/main.ts'), world)),
    ...bundles(root, join(folder, 'dist')).map(build),
  ])
  const drivers = new Set<Driver>()
  const opened = (driver: Driver): Driver => {
    drivers.add(driver)
    return driver
  }
  const start = (argv: readonly string[], options: DriveOptions = {}): Driver => {
    return opened(drive([process.execPath, ...argv], { ...options, env: { TZ: 'UTC', ...options.env } }))
  }
  const endAll = (): void => {
    for (const driver of drivers) driver.end()
    drivers.clear()
  }
  return {
    open: (scenario = {}, { flags = [], ...options } = {}) =>
      start([world, root, JSON.stringify(scenario), ...flags], options).sees(
        settled,
        scenario.crowd === undefined ? 20 : 60,
      ),
    shell: (scenario = {}, options = {}) => {
      const line = [process.execPath, world, root, JSON.stringify(scenario)].map(word => `'${word}'`).join(' ')
      const env = { TZ: 'UTC', PS1: '$ ', console: line, HISTFILE: '', ...options.env }
      return opened(drive(['bash', '--norc', '--noprofile', '-i'], { ...options, env }))
    },
    papergen: (argv, options) => start([program, ...argv], options),
    run: argv => new Promise(resolve => execFile(process.execPath, [program, ...argv], (_, stdout) => resolve(stdout))),
    program: () => program,
    endAll,
    close: () => {
      endAll()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Every paper has its verdict, those that need a look at more than the page too. */
export const settled =
  /^(?![\s\S]*\n..(?:\? (?!Thesis)|[✓+] graph-nets|[✓+] sampling .* ok *(?:\n|$)))[\s\S]*(?:[1-9] papers?|Nothing is published)/
