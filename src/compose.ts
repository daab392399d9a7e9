import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Config, Reach } from './core/config.ts'
import { emptyObserved, keepUses, type Observation, observe } from './core/observed.ts'
import { gpuPolicy } from './core/policy.ts'
import type { Clock, Eyes, Files, Memory, World } from './core/ports.ts'
import { readOnlyFiles, readOnlyWorld } from './core/read-only.ts'
import { entryProgram } from './core/setup.ts'
import { createTexts } from './core/texts.ts'
import { parseUnitFile } from './core/unit.ts'
import { type Activity, createActivity } from './services/activity.ts'
import { createAudit } from './services/audit.ts'
import { createClock } from './services/clock.ts'
import { createEdgeLines } from './services/edge-log.ts'
import { createEdgeEntry, createGpuEntry, entryArgv } from './services/entry-point.ts'
import { createGpu } from './services/gpu.ts'
import { createGpuUses } from './services/gpu-uses.ts'
import type { Host, HostChannel } from './services/host.ts'
import { createIntents } from './services/intents.ts'
import { createJournal } from './services/journal.ts'
import { createLocalHost } from './services/local-host.ts'
import { createLogins } from './services/logins.ts'
import { createLocalMeter, createRemoteMeter } from './services/meter.ts'
import { createNotebooks } from './services/notebooks.ts'
import { createObserver, type Observer } from './services/observer.ts'
import { createProber } from './services/prober.ts'
import { createRegistryFile } from './services/registry-file.ts'
import { createReleases } from './services/releases.ts'
import { createSshHost } from './services/ssh-host.ts'
import { type Ask, createPassphrases } from './services/ssh-passphrases.ts'
import { createSystemd } from './services/systemd.ts'

/** Everything an operator's session needs, wired. */
export type Composed = {
  readonly config: Config
  readonly world: World
  readonly eyes: Eyes
  /** An observer that tells what it learns to somebody else than `eyes`. */
  readonly observer: (tell: (observation: Observation) => void) => Observer
  /** Hears whose journal moves. */
  readonly activity: (tell: (papers: ReadonlySet<string>) => void) => Activity
  readonly gpuFiles: Files
  /** Asks for the passphrases that will be needed: before the console takes the terminal, which cannot ask then. */
  readonly unlock: () => Promise<void>
  readonly close: () => Promise<void>
}

export type ComposeOptions = {
  readonly readOnly: boolean
  readonly version: string
  /** The text of a file of share/. */
  readonly share: (name: string) => string
  /** Where it is remembered what papers used of the GPUs. */
  readonly useMemory: Memory
  /** Asks a person for the passphrase of a key; null when nobody is there. */
  readonly askPassphrase: Ask
  /** The machine's unless told: of those who would not wait. */
  readonly clock?: Clock
}

/** Constructs every service from the config: the only place that knows which host is local and which is far. */
export const compose = async (
  config: Config,
  { readOnly, version, share, useMemory, askPassphrase, clock = createClock() }: ComposeOptions,
): Promise<Composed> => {
  const passphrases = createPassphrases(askPassphrase, agent)
  const gpuHost = openHost(config.gpu.name, config.gpu.reach, passphrases.of, clock)
  const edgeHost = openHost(config.edge.name, config.edge.reach, passphrases.of, clock)
  const project = config.gpu.project.startsWith('~/')
    ? join(await gpuHost.files.home(), config.gpu.project.slice(2))
    : config.gpu.project
  const state = join(project, config.gpu.state)
  const stateFolder = join(state, '..')
  const scope = config.gpu.systemd
  const openGpu = entryChannel(gpuHost, entryProgram('gpu', config), scope === 'user' || isRoot(config.gpu.reach))
  const openEdge = entryChannel(edgeHost, entryProgram('edge', config), isRoot(config.edge.reach))
  const gpuEntry = createGpuEntry({ host: config.gpu.name, open: openGpu })
  const edgeEntry = createEdgeEntry({ host: config.edge.name, open: openEdge })
  const units = createSystemd({
    host: config.gpu.name,
    bus: async () =>
      gpuHost.dialSocket(scope === 'system' ? '/run/dbus/system_bus_socket' : `/run/user/${await gpuHost.uid()}/bus`),
    uid: gpuHost.uid,
    files: gpuHost.files,
    unitFolder: async () =>
      scope === 'system' ? '/etc/systemd/system' : join(await gpuHost.files.home(), '.config/systemd/user'),
    parseUnitFile,
    clock,
  })
  const gpuUses = createGpuUses({ memory: useMemory, project: `${config.gpu.name}:${project}`, clock })
  const full: World = {
    logins: createLogins({ gpu: gpuHost, edge: edgeHost }),
    config,
    clock,
    by: `${userInfo().username}@${hostname()}`,
    version,
    readOnly,
    links: {
      gpu: gpuHost.link,
      edge: edgeHost.link,
      watch: changed => {
        const stops = [gpuHost.watch(changed), edgeHost.watch(changed)]
        return () => {
          for (const stop of stops) stop()
        }
      },
    },
    gpuEntry,
    edgeEntry,
    units,
    journal: createJournal({
      shell: gpuHost.shell,
      scope,
      edgeLines: createEdgeLines(config.edge.name, edgeEntry, openEdge),
    }),
    prober: createProber({
      gpuDial: gpuHost.dial,
      edgeDial: edgeHost.dial,
      hereDial: createLocalHost('this machine').dial,
      address: config.gpu.address,
      site: config.site,
      timeout: config.probe.timeout,
    }),
    gpu: createGpu({
      host: config.gpu.name,
      shell: gpuHost.shell,
      program: config.gpu.nvidiaSmi,
      scope: config.gpu.systemd,
    }),
    gpuUses,
    meter:
      gpuHost.via === 'local' ? createLocalMeter(gpuHost.shell, project) : createRemoteMeter(gpuHost.shell, project),
    registry: createRegistryFile(gpuHost, state),
    sidecar: createRegistryFile(gpuHost, join(stateFolder, 'papergen.json')),
    releases: createReleases({
      files: gpuHost.files,
      clock,
      project,
      folder: join(stateFolder, 'releases'),
      mode: config.gpu.release,
    }),
    intents: createIntents(gpuHost.files, join(stateFolder, 'intents')),
    audit: createAudit(gpuHost.files, join(stateFolder, 'audit.jsonl')),
    notebooks: createNotebooks({
      files: gpuHost.files,
      shell: gpuHost.shell,
      project,
      folder: config.gpu.notebooks,
      marimo: config.gpu.marimo,
    }),
    texts: createTexts(
      { unit: share(scope === 'system' ? 'unit.template' : 'unit-user.template'), snippet: share('snippet.template') },
      gpuPolicy(config, await gpuHost.files.home()),
    ),
  }
  const world = readOnly ? readOnlyWorld(full) : full
  const observer = (tell: (observation: Observation) => void): Observer => createObserver(world, tell)
  return {
    config,
    world,
    eyes: eyesOf(world, observer),
    observer,
    gpuFiles: readOnly ? readOnlyFiles(gpuHost.files) : gpuHost.files,
    activity: tell => createActivity(world.journal, clock, tell),
    unlock: () => passphrases.unlock([config.gpu.reach, config.edge.reach]),
    close: async () => {
      units.close()
      gpuUses.flush()
      await Promise.allSettled([gpuEntry.close(), edgeEntry.close()])
      await Promise.allSettled([gpuHost.close(), edgeHost.close()])
    },
  }
}

/** The root entry point as a channel: through sudo, unless we are root there or the scope needs none. */
const entryChannel = (host: Host, program: string, direct: boolean) => async (): Promise<HostChannel> => {
  const path = program.startsWith('~/') ? join(await host.files.home(), program.slice(2)) : program
  return host.channel(entryArgv(path, direct))
}

/** By its name and not by asking: the login of `setup edge --account` answers no question but the entry point's. */
const isRoot = (reach: Reach): boolean => (reach.via === 'ssh' ? reach.user === 'root' : process.getuid?.() === 0)

/** The host of `papergen setup --apply`: its shell, and whether we are root there already. */
export const setupHost = (config: Config, role: 'gpu' | 'edge', ask: Ask): Host =>
  openHost(config[role].name, config[role].reach, createPassphrases(ask, agent).of, createClock())

/** The socket of the operator's ssh agent. */
const agent = process.env.SSH_AUTH_SOCK ?? null

const openHost = (name: string, reach: Reach, passphrase: Ask, clock: Clock): Host =>
  reach.via === 'local'
    ? createLocalHost(name)
    : createSshHost({
        name,
        reach,
        agent,
        passphrase,
        clock,
        random: Math.random,
      })

const eyesOf = (world: World, observer: (tell: (observation: Observation) => void) => Observer): Eyes => ({
  once: async () => {
    let observed = emptyObserved(world.config, world.clock.now())
    await observer(observation => {
      observed = observe(observed, observation)
    }).once()
    keepUses(world, null, observed)
    return observed
  },
  watch: async (changed, signal) => {
    let observed = emptyObserved(world.config, world.clock.now())
    let complete = false
    const watcher = observer(observation => {
      const next = observe(observed, observation)
      if (next === observed) return
      keepUses(world, observed, next)
      observed = next
      if (complete) changed(observed)
    })
    await watcher.once()
    complete = true
    changed(observed)
    const stop = watcher.start()
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
    stop()
  },
})
