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

export type Config = {
  /** The file it came from; null when there was none and the defaults hold. */
  readonly path: string | null
  readonly gpu: GpuConfig
  readonly edge: EdgeConfig
  readonly site: SiteConfig
  /** Milliseconds. */
  readonly probe: { readonly every: number; readonly timeout: number }
}
