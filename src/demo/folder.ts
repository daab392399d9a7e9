import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where the demo's two hosts and their keys lie: one folder, gone with the demo. All paths absolute. */
export type DemoFolder = {
  readonly root: string
  /** What `papergen --config` takes: with it every command works on this world from any terminal. */
  readonly config: string
  readonly identity: string
  readonly knownHosts: string
  readonly ca: string
  /** The login's home on the GPU host. */
  readonly home: string
  readonly project: string
  readonly state: string
  readonly units: string
  /** The login's home on the edge. */
  readonly edgeHome: string
  readonly snippets: string
  readonly index: string
  readonly errorLog: string
  readonly accessLog: string
}

export const demoFolder = (root: string): DemoFolder => {
  const home = join(root, 'gpu/home')
  const edge = join(root, 'edge')
  return {
    root,
    config: join(root, 'config.toml'),
    identity: join(root, 'operator/id_ed25519'),
    knownHosts: join(root, 'operator/known_hosts'),
    ca: join(root, 'operator/ca.pem'),
    home,
    project: join(home, 'prj/thesis'),
    state: join(home, 'prj/thesis/state'),
    units: join(home, '.config/systemd/user'),
    edgeHome: join(edge, 'home'),
    snippets: join(edge, 'nginx/snippets/learn-papers'),
    index: join(edge, 'www/thesis/index.html'),
    errorLog: join(edge, 'log/error.log'),
    accessLog: join(edge, 'log/access.log'),
  }
}

export const makeFolders = ({
  identity,
  project,
  state,
  units,
  edgeHome,
  snippets,
  index,
  errorLog,
}: DemoFolder): void => {
  const marimo = join(project, '.venv/bin')
  const papers = join(project, 'papers')
  const parents = [identity, index, errorLog].map(file => join(file, '..'))
  for (const folder of [...parents, marimo, papers, state, units, edgeHome, snippets])
    mkdirSync(folder, { recursive: true, mode: 0o700 })
}
