import type { Column } from './columns.ts'
import { type ConfigFile, parseConfigFile } from './config-file.ts'
import type { NotifyWay } from './notification.ts'
import type { ThemeName } from './themes.ts'

export { showConfig } from './show-config.ts'

/**
 * The config of a TOML text; without one the defaults hold. `home` is the operator's home folder, for `~/` in paths on this
 * machine; `~/` in a host's paths stays for that host.
 * @throws PapergenError `bad-config` with every problem at once
 */
export const readConfig = (text: string | null, path: string | null, home: string): Config =>
  configOf(parseConfigFile(text ?? '', path ?? 'config'), path, home)

/** Where and how one machine is reached. */
export type Reach =
  | { readonly via: 'local' }
  | {
      readonly via: 'ssh'
      readonly address: string
      readonly port: number
      readonly user: string
      /** Absolute path of the private key file. */
      readonly identity: string
      /** Absolute path. */
      readonly knownHosts: string
    }

export type GpuConfig = {
  readonly name: string
  readonly reach: Reach
  /** What papers bind and the edge proxies to: an IP address. */
  readonly address: string
  /** Absolute, or beginning with `~/` (the home of the login on that host). */
  readonly project: string
  /** Relative to the project. */
  readonly marimo: string
  readonly notebooks: string
  readonly state: string
  /** First and last port, both included. */
  readonly ports: readonly [number, number]
  readonly systemd: 'system' | 'user'
  readonly runAs: string
  readonly release: 'snapshot' | 'live'
  readonly nvidiaSmi: string
}

export type EdgeConfig = {
  readonly name: string
  readonly reach: Reach
  readonly address: string
  readonly snippets: string
  readonly index: string
  readonly errorLog: string
  readonly accessLog: string
}

export type SiteConfig = {
  /** Ends with a slash. */
  readonly url: string
  /** The path of the url without its last slash: `/thesis`. */
  readonly base: string
  readonly hostname: string
  readonly port: number
  /** Address to probe instead of resolving the name; SNI and Host stay. */
  readonly connect: string | null
  /** Absolute path of an extra CA file. */
  readonly ca: string | null
}

/** How the console behaves to its operator. */
export type ConsoleConfig = {
  /** What the grid shows, in its order. */
  readonly columns: readonly Column[]
  /** `auto`: as it suits the terminal. */
  readonly theme: ThemeName | 'auto'
  /** Whether the terminal's bell rings when a paper turns failing. */
  readonly bell: boolean
  /** By which of the terminal's own ways the desktop is told of it. */
  readonly notify: NotifyWay
}

export type Config = {
  /** The file it came from; null when there was none and the defaults hold. */
  readonly path: string | null
  readonly gpu: GpuConfig
  readonly edge: EdgeConfig
  readonly site: SiteConfig
  /** Milliseconds. */
  readonly probe: { readonly every: number; readonly timeout: number }
  readonly console: ConsoleConfig
}

const configOf = ({ gpu, edge, site, probe, console }: ConfigFile, path: string | null, home: string): Config => ({
  path,
  gpu: {
    name: gpu.name,
    reach: reachOf(gpu, home),
    address: gpu.address,
    project: gpu.project,
    marimo: gpu.marimo,
    notebooks: gpu.notebooks,
    state: gpu.state,
    ports: gpu.ports,
    systemd: gpu.systemd,
    runAs: gpu.run_as,
    release: gpu.release,
    nvidiaSmi: gpu.nvidia_smi,
  },
  edge: {
    name: edge.name,
    reach: reachOf(edge, home),
    address: edge.address,
    snippets: edge.snippets,
    index: edge.index,
    errorLog: edge.error_log,
    accessLog: edge.access_log,
  },
  site: siteOf(site, home),
  probe,
  console,
})

const reachOf = (host: ConfigFile['gpu'] | ConfigFile['edge'], home: string): Reach =>
  host.via === 'local'
    ? { via: 'local' }
    : {
        via: 'ssh',
        address: host.address,
        port: host.port,
        user: host.user,
        identity: expand(host.identity, home),
        knownHosts: expand(host.known_hosts, home),
      }

const siteOf = ({ url, connect, ca }: ConfigFile['site'], home: string): SiteConfig => {
  const { hostname, port, pathname } = new URL(url)
  return {
    url,
    base: pathname.replace(/\/$/, ''),
    hostname,
    port: port === '' ? 443 : Number(port),
    connect: connect === '' ? null : connect,
    ca: ca === '' ? null : expand(ca, home),
  }
}

const expand = (path: string, home: string): string => path.replace(/^~(?=\/)/, home.replace(/\/$/, ''))
