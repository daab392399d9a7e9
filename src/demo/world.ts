import { readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../core/config.ts'
import { edgePolicy, gpuPolicy } from '../core/policy.ts'
import { castOf } from './cast.ts'
import { makeCertificate } from './certificate.ts'
import { configText } from './config-text.ts'
import { createEdgeEntry } from './entry-edge.ts'
import { demoFolder, makeFolders } from './folder.ts'
import { createGpuHost, type GpuHost } from './gpu-host.ts'
import { hireJanitor } from './janitor.ts'
import { startNginx } from './nginx.ts'
import { reservePorts } from './port-block.ts'
import { settle, type Templates, writeMarimo } from './settle.ts'
import { createSockets } from './sockets.ts'
import { knownHostsLine, newSshKey } from './ssh-keys.ts'
import { startSshServer } from './ssh-server.ts'
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
  const [login, gpuKey, edgeKey] = [newSshKey(), newSshKey(), newSshKey()]
  const tls = await makeCertificate()
  writeFileSync(folder.identity, login.private, { mode: 0o600 })
  writeFileSync(folder.ca, tls.certificate)
  writeMarimo(folder, options.marimo ?? standInOf(options))

  // The two ssh servers know their ports first: the config, and with it every policy, names them.
  let gpuHost: GpuHost | null = null
  let edgePrograms: ReturnType<typeof createEdgeEntry> | null = null
  const gpuSsh = await startSshServer({
    hostKey: gpuKey,
    login,
    home: folder.home,
    programs: argv => gpuHost?.programs(argv) ?? null,
    socket: (path, stream) => gpuHost?.socket(path, stream),
  })
  const edgeSsh = await startSshServer({
    hostKey: edgeKey,
    login,
    home: folder.edgeHome,
    programs: argv => (argv[0]?.endsWith('/papergen-edge') ? edgePrograms : null),
    socket: null,
  })
  const known = [knownHostsLine('127.0.0.1', gpuSsh.port, gpuKey), knownHostsLine('127.0.0.1', edgeSsh.port, edgeKey)]
  writeFileSync(folder.knownHosts, known.join(''))
  const nginx = await startNginx({ ...folder, ...tls, port: 8443, base: '/thesis' })
  const papers = await reservePorts(options.papers)
  const ports = { gpuSsh: gpuSsh.port, edgeSsh: edgeSsh.port, https: nginx.port, papers }
  const text = configText(folder, ports)
  const config = readConfig(text, folder.config, homedir())

  const templates = templatesOf(options.share)
  const policy = gpuPolicy(config, folder.home)
  const sockets = createSockets()
  const cast = castOf(options.papers)
  const settled = settle(cast, folder, policy, templates, freePorts(sockets.taken(), papers[0]))
  nginx.reload()
  const standIn = options.marimo === null ? standInOf(options) : null
  const { version } = options
  gpuHost = createGpuHost({ folder, policy, version, unitTemplate: templates.unit, standIn, janitor, sockets })
  edgePrograms = createEdgeEntry({
    nginx,
    policy: edgePolicy(config),
    version,
    templates,
    certificate: tls.lines(folder.ca),
  })
  const { systemd } = gpuHost
  for (const name of settled.enabled) systemd.enable(name, true)
  await Promise.all(settled.start.map(name => systemd.start(name).catch(() => {})))
  writeFileSync(folder.config, text)
  const running = (): string[] =>
    systemd
      .loaded()
      .flatMap(({ name, running }) => (running === null ? [] : [name.slice('papergen-'.length, -'.service'.length)]))
  const sendVisitorsAway = letVisitorsIn({
    url: config.site.url,
    port: nginx.port,
    certificate: tls.certificate,
    papers: running,
  })
  tell({
    config: folder.config,
    url: config.site.url,
    firstUnpublished: cast.find(part => part.at === 'unpublished')?.notebook ?? null,
  })

  await over
  sendVisitorsAway()
  await Promise.race([Promise.all([systemd.end(), gpuSsh.close(), edgeSsh.close(), nginx.close()]), pause(500)])
  await janitor.dismiss()
  process.exit(0)
}

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
