import { readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../core/config.ts'
import { unitIdOf } from '../core/paper.ts'
import { edgePolicy, gpuPolicy } from '../core/policy.ts'
import { castOf } from './cast.ts'
import { configText } from './config-text.ts'
import { createEdgeEntry } from './entry-edge.ts'
import { demoFolder, makeFolders } from './folder.ts'
import { createGpuHost } from './gpu-host.ts'
import { hireJanitor } from './janitor.ts'
import { type Hosts, openServers } from './servers.ts'
import { type Settled, settle, type Templates, writeMarimo } from './settle.ts'
import { createSockets } from './sockets.ts'
import type { Systemd } from './systemd.ts'
import { letVisitorsIn } from './visitors.ts'
import type { Ready, WorldOptions } from './world-options.ts'

/**
 * The demo's world, a process of its own: two hosts behind two ssh servers on loopback, with papers that run. It tells when it is
 * ready in one line of JSON, lives as long as its stdin is open, and leaves nothing behind.
 */
const main = async (options: WorldOptions): Promise<void> => {
  const folder = demoFolder(options.folder)
  const janitor = hireJanitor(folder.root)
  const over = endOf(process.stdin)
  makeFolders(folder)
  const hosts: Hosts = { gpu: null, edge: null }
  const servers = await openServers(folder, hosts)
  const { address, nginx, tls } = servers
  const papers = [27_000, 27_000 + Math.max(999, options.papers + 199)] as const
  const text = configText(folder, { ...servers, https: nginx.port, papers })
  const config = readConfig(text, folder.config, homedir())

  const { version } = options
  const templates = templatesOf(options.share)
  const policy = gpuPolicy(config, folder.home)
  const sockets = createSockets(address)
  const cast = castOf(options.papers)
  writeMarimo(folder, options.marimo ?? standInOf(options))
  const settled = settle(cast, folder, policy, templates, freePorts(sockets.taken(), papers[0]))
  nginx.reload()

  const standIn = options.marimo === null ? standInOf(options) : null
  const gpu = createGpuHost({ folder, policy, version, unitTemplate: templates.unit, standIn, janitor, sockets })
  const certificate = tls.lines(folder.ca)
  hosts.gpu = gpu
  hosts.edge = createEdgeEntry({ nginx, policy: edgePolicy(config), version, templates, certificate })
  await startUnits(gpu.systemd, settled)
  writeFileSync(folder.config, text)
  const { url } = config.site
  const whoRuns = (): string[] => runningPapers(gpu.systemd)
  const sendVisitorsAway = letVisitorsIn({ url, port: nginx.port, certificate: tls.certificate, papers: whoRuns })
  const firstUnpublished = cast.find(part => part.at === 'unpublished')?.notebook ?? null
  tell({ config: folder.config, url, firstUnpublished })

  await over
  sendVisitorsAway()
  await Promise.race([Promise.all([gpu.systemd.end(), servers.close()]), pause(500)])
  await janitor.dismiss()
  process.exit(0)
}

const startUnits = async (systemd: Systemd, { enabled, start }: Settled): Promise<void> => {
  for (const name of enabled) systemd.enable(name, true)
  // One of them fails at its start, which is its part.
  await Promise.all(start.map(name => systemd.start(name).catch(() => {})))
}

const runningPapers = (systemd: Systemd): string[] =>
  systemd.loaded().flatMap(({ name, running }) => (running === null ? [] : [unitIdOf(name) ?? name]))

/** Its end is the end of the demo, however that came; signals from the terminal are the console's to answer. */
const endOf = (stream: NodeJS.ReadStream): Promise<void> => {
  for (const name of ['SIGINT', 'SIGHUP', 'SIGQUIT'] as const) process.on(name, () => {})
  return new Promise(resolve => {
    process.on('SIGTERM', () => resolve())
    stream.once('end', resolve).once('close', resolve).resume()
  })
}

const standInOf = ({ standIn }: WorldOptions): readonly [string, ...string[]] => [process.execPath, standIn]

const templatesOf = (share: string): Templates => {
  const file = (name: string): string => readFileSync(join(share, name), 'utf8')
  return {
    unit: file('unit-user.template'),
    snippet: file('snippet.template'),
    generation: file('generation.template'),
    index: file('index.html.template'),
  }
}

const freePorts = (taken: ReadonlySet<number>, first: number) => {
  let port = first - 1
  return (): number => {
    do port++
    while (taken.has(port))
    return port
  }
}

const tell = (ready: Ready): void => void process.stdout.write(`${JSON.stringify(ready)}\n`)

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

await main(JSON.parse(process.argv[2] ?? '{}') as WorldOptions)
