import { stringify } from 'smol-toml'
import type { Config, Reach } from './config.ts'
import { shown } from './config-rules.ts'

/** The values in force as a TOML file that `readConfig` reads back to the same config. */
export const showConfig = ({ gpu, edge, site, probe, console }: Config): string =>
  stringify({
    gpu: {
      name: gpu.name,
      ...reachKeys(gpu.reach),
      address: gpu.address,
      project: gpu.project,
      marimo: gpu.marimo,
      notebooks: gpu.notebooks,
      state: gpu.state,
      ports: [...gpu.ports],
      systemd: gpu.systemd,
      run_as: gpu.runAs,
      release: gpu.release,
      nvidia_smi: gpu.nvidiaSmi,
    },
    edge: {
      name: edge.name,
      ...reachKeys(edge.reach),
      address: edge.address,
      snippets: edge.snippets,
      index: edge.index,
      error_log: edge.errorLog,
      access_log: edge.accessLog,
    },
    site: { url: site.url, connect: site.connect ?? '', ca: site.ca ?? '' },
    probe: { every: shown(probe.every), timeout: shown(probe.timeout) },
    console: { columns: [...console.columns], theme: console.theme, bell: console.bell, notify: console.notify },
  })

const reachKeys = (reach: Reach) =>
  reach.via === 'local'
    ? { via: 'local' }
    : { via: 'ssh', port: reach.port, user: reach.user, identity: reach.identity, known_hosts: reach.knownHosts }
