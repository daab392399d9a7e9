import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { completion } from './cli/completion.ts'
import { config as showConfig } from './cli/config.ts'
import { doctor } from './cli/doctor.ts'
import { tellFailure } from './cli/failure.ts'
import { logs } from './cli/logs.ts'
import { repair, restart, unpublish } from './cli/many.ts'
import { migrate } from './cli/migrate.ts'
import { type Globals, type Handlers, runProgram } from './cli/program.ts'
import { publish, rollback } from './cli/publish.ts'
import { type SetupTarget, setup } from './cli/setup.ts'
import { status } from './cli/status.ts'
import type { Session, Terminal } from './cli/terminal.ts'
import { type Composed, compose, setupHost } from './compose.ts'
import { type ConsoleOptions, openConsole } from './console/open.ts'
import { PapergenError } from './core/errors.ts'
import { themeFor } from './core/themes.ts'
import { usualPapers } from './demo/cast.ts'
import { startDemo } from './demo/start.ts'
import { showDemo } from './main/demo.ts'
import { configPath, loadConfig, memoryPath } from './main/files.ts'
import { scriptFor, setupTarget } from './main/setup.ts'
import { askPassphrase, isInteractive, openTerminal } from './main/terminal.ts'
import { createMemory } from './services/memory.ts'

/** The checkout or installation: libexec and share lie beside dist. */
const root = join(import.meta.dirname, '..')
const fileOf = (path: string): string => readFileSync(join(root, path), 'utf8')
const { version } = JSON.parse(fileOf('package.json')) as { version: string }

const stopping = new AbortController()
const composed: Pick<Composed, 'close'>[] = []

const main = async (): Promise<number> => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => stopping.abort(new PapergenError({ kind: 'interrupted', during: name })))
  // A reader or a terminal that goes away is no crash: like SIGHUP it stops what follows, and an operation is undone.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => stopping.abort(new PapergenError({ kind: 'interrupted', during: 'writing' })))
  try {
    return await runProgram(process.argv.slice(2), version, handlers)
  } catch (thrown) {
    const print = (text: string): void => void process.stderr.write(`${text}\n`)
    return tellFailure(thrown, print, process.env.PAPERGEN_DEBUG !== undefined)
  }
}

const handlers: Handlers = {
  console: async globals => {
    if (!isInteractive()) return handlers.status(globals, [], { json: false, watch: false })
    return openOn(globals, { note: null, memory: createMemory(memoryPath('console.json')) })
  },
  status: async (globals, ids, options) => status(await session(globals), ids, options),
  publish: async (globals, notebook, options) => publish(await session(globals), notebook, options),
  rollback: async (globals, id, options) => rollback(await session(globals), id, options),
  restart: async (globals, ids, options) => restart(await session(globals), ids, options),
  unpublish: async (globals, ids, options) => unpublish(await session(globals), ids, options),
  repair: async (globals, ids, options) => repair(await session(globals), ids, options),
  logs: async (globals, id, options) => logs(await session(globals), id, options),
  doctor: async (globals, options) => doctor(await session(globals), [], options),
  migrate: async (globals, options) => {
    const world = await open(globals)
    return migrate(sessionOf(world, globals), (path, text) => world.gpuFiles.write(path, text), options)
  },
  setup: (globals, role, options) => {
    const config = loadConfig(globals)
    const script = scriptFor(role, config, options.account, { version, fileOf })
    const target = (): Promise<SetupTarget> => {
      const host = setupHost(config, role, askForPassphrase)
      composed.push(host)
      return setupTarget(host, role, config)
    }
    return setup(terminal(globals), role, script, target, { ...options, readOnly: globals.readOnly })
  },
  config: async (globals, verb) => showConfig(terminal(globals), loadConfig(globals), verb, configPath(globals)),
  demo: async (globals, { papers }) => {
    const demo = await startDemo({ papers: papers ?? usualPapers, version, root })
    composed.push({ close: demo.stop })
    return showDemo(demo, globals, {
      publish: handlers.publish,
      status: handlers.status,
      console: (inside, note) => openOn(inside, { note, memory: null }),
      gone: () => stopping.abort(new PapergenError({ kind: 'interrupted', during: 'the demo' })),
    })
  },
  completion: async (shell, program) => {
    process.stdout.write(`${completion(shell, program)}\n`)
    return 0
  },
}

const openOn = async (globals: Globals, more: Pick<ConsoleOptions, 'note' | 'memory'>): Promise<number> => {
  const world = await open(globals)
  await world.unlock()
  const { ascii, color, zone } = terminal(globals)
  return openConsole(world, {
    ascii,
    color,
    theme: themeFor(world.config.console.theme, process.env.COLORFGBG),
    zone,
    ...more,
    signal: stopping.signal,
  })
}

const session = async (globals: Globals): Promise<Session> => sessionOf(await open(globals), globals)

const open = async (globals: Globals): Promise<Composed> => {
  const world = await compose(loadConfig(globals), {
    readOnly: globals.readOnly,
    version,
    share: name => fileOf(join('share', name)),
    useMemory: createMemory(memoryPath('gpu-use.json')),
    askPassphrase: askForPassphrase,
  })
  composed.push(world)
  return world
}

const sessionOf = ({ config, world, eyes }: Composed, globals: Globals): Session => ({
  config,
  world,
  eyes,
  terminal: terminal(globals),
  signal: stopping.signal,
})

const terminal = (globals: Globals): Terminal => openTerminal(globals, stopping.signal)

const askForPassphrase = (identity: string): Promise<string | null> => askPassphrase(identity, stopping.signal)

process.exitCode = await main()
// A host that does not answer must not keep the prompt waiting: whatever still runs there ends with its channel.
const patience = new Promise(resolve => setTimeout(resolve, 2_000))
await Promise.race([Promise.all(composed.map(world => world.close())), patience])
// A reader slower than us still gets the last line: an exit alone would cut a long answer off.
await Promise.all([process.stdout, process.stderr].map(stream => new Promise(resolve => stream.write('', resolve))))
process.exit()
